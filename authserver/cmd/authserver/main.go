// Command authserver is the auth server: serve, migrate, check and version.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

// version is set by the linker.
var version = "dev"

// process is what the commands have of the operating system.
type process struct {
	getenv         func(string) string
	stdout, stderr io.Writer
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], process{getenv: os.Getenv, stdout: os.Stdout, stderr: os.Stderr})
	stop()
	os.Exit(code)
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, p process) int {
	root := &cobra.Command{
		Use:           "authserver",
		Short:         "Gatehouse's auth server, compatible with Better-Auth",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(serveCommand(p), versionCommand(p))
	root.SetArgs(args)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(p.stderr, "authserver:", err)
		return 1
	}
	return 0
}
