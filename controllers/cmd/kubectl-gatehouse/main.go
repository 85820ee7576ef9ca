package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/go-logr/logr"
	"golang.org/x/term"
	"k8s.io/klog/v2"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

// version is stamped by the linker.
var version = "dev"

// errNo is the answer no, which has been given already: exit code 1.
var errNo = errors.New("no")

// process is what the commands have of the operating system.
type process struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	// width of the terminal, in characters.
	width  int
	now    func() time.Time
	random func() string
}

func main() {
	quieten()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], process{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr, getenv: os.Getenv,
		width: terminalWidth(os.Stdout), now: time.Now, random: rand.Text,
	})
	stop()
	os.Exit(code)
}

// quieten keeps libraries from writing between the lines; their errors are returned too.
func quieten() {
	ctrl.SetLogger(logr.Discard())
	klog.SetLogger(logr.Discard())
}

// terminalWidth is 100 where there is no terminal.
func terminalWidth(file *os.File) int {
	if width, _, err := term.GetSize(int(file.Fd())); err == nil && width > 0 {
		return width
	}
	return 100
}

// run executes one command line and returns its exit code.
func run(ctx context.Context, args []string, p process) int {
	p.stdout, p.stderr = plugin.Printable(p.stdout), plugin.Printable(p.stderr)
	root := rootCommand(p)
	root.SetArgs(args)
	root.SetIn(p.stdin)
	root.SetOut(p.stdout)
	root.SetErr(p.stderr)
	err := root.ExecuteContext(ctx)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, errNo):
		return 1
	}
	fmt.Fprintln(p.stderr, "error:", plugin.Explain(err))
	if errors.Is(err, plugin.ErrTimeout) {
		return 1
	}
	return 2
}
