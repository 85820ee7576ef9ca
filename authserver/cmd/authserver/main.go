// Command authserver is the auth server: serve, migrate, check, canary, rekey and version.
package main

import (
	"context"
	"errors"
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
	root.AddCommand(serveCommand(p), migrateCommand(p), checkCommand(p), canaryCommand(p), rekeyCommand(p), versionCommand(p))
	root.SetArgs(args)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	return exitCode(root.ExecuteContext(ctx), p.stderr)
}

// exitCode is 2 for mistakes in the command line of check, so that a script can tell them from a server that fails.
func exitCode(err error, stderr io.Writer) int {
	if err == nil {
		return 0
	}
	if errors.Is(err, errCheckFailed) {
		return 1
	}
	fmt.Fprintln(stderr, "authserver:", err)
	if errors.As(err, new(usageError)) {
		return 2
	}
	return 1
}
