// Command cluster brings a throw-away Kubernetes up and down.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/gatehouse-auth/gatehouse/hack/cluster"
)

const usage = `usage:
  cluster up   --name NAME --programs DIR IMAGE.tar...   start it, with these images beside its own
  cluster load --name NAME IMAGE.tar...                  load images into it
  cluster dir  --name NAME                               print where its kubeconfig and logs are
  cluster down --name NAME                               end it and remove all it left`

func main() {
	cluster.RunNode()
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if len(arguments) == 0 {
		return errors.New(usage)
	}
	flags := flag.NewFlagSet("cluster", flag.ContinueOnError)
	name := flags.String("name", "demo", "name of the cluster")
	programs := flags.String("programs", "", "directory of kube-apiserver and its siblings, etcd and kubectl")
	if err := flags.Parse(arguments[1:]); err != nil {
		return err
	}
	dir, err := cluster.Dir(*name)
	if err != nil {
		return err
	}
	c := &cluster.Cluster{Name: *name, Dir: dir, Programs: *programs, Images: flags.Args(), Log: os.Stdout}
	switch arguments[0] {
	case "up":
		return c.Up(ctx)
	case "load":
		return c.Load(ctx, flags.Args()...)
	case "dir":
		_, err := fmt.Println(dir)
		return err
	case "down":
		return c.Down(ctx)
	default:
		return errors.New(usage)
	}
}
