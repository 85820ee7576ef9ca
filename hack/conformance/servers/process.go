package servers

import (
	"bufio"
	"errors"
	"io"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

const (
	startTimeout = time.Minute
	stopTimeout  = 30 * time.Second
)

// process is a server's process. Its output is kept, to be shown when something goes wrong.
type process struct {
	command *exec.Cmd
	name    string
	exited  chan error
	// good says which results of Wait are a good end after SIGTERM.
	good func(error) bool

	mu     sync.Mutex
	output strings.Builder
}

// launch starts the command and returns the address that announced finds in a line of its output.
// The process ends with the test: by SIGTERM, upon which it must exit with status 0.
func launch(tb testing.TB, command *exec.Cmd, announced func(line string) (address string, ok bool)) string {
	tb.Helper()
	return launchUntil(tb, command, announced, func(err error) bool { return err == nil })
}

// endedBySignal also takes the end of a program that does nothing about SIGTERM.
func endedBySignal(err error) bool {
	var exit *exec.ExitError
	if !errors.As(err, &exit) {
		return err == nil
	}
	status, ok := exit.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGTERM
}

func launchUntil(tb testing.TB, command *exec.Cmd, announced func(line string) (address string, ok bool), good func(error) bool) string {
	tb.Helper()
	read, write := io.Pipe()
	command.Stdout, command.Stderr = write, write
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p := &process{command: command, name: strings.Join(command.Args, " "), exited: make(chan error, 1), good: good}
	address := make(chan string, 1)
	started := make(chan error, 1)
	go p.watch(read, announced, address)
	go func() {
		// The parent-death signal is sent when the starting thread ends, so the thread has to stay.
		runtime.LockOSThread()
		if err := command.Start(); err != nil {
			started <- err
			return
		}
		started <- nil
		p.exited <- command.Wait()
		_ = write.Close()
	}()
	if err := <-started; err != nil {
		tb.Fatalf("start %s: %v", p.name, err)
	}
	select {
	case found := <-address:
		tb.Cleanup(func() { p.stop(tb) })
		return found
	case err := <-p.exited:
		tb.Fatalf("%s ended at its start (%v):\n%s", p.name, err, p.log())
	case <-time.After(startTimeout):
		_ = command.Process.Kill()
		tb.Fatalf("%s was not ready after %s:\n%s", p.name, startTimeout, p.log())
	}
	return ""
}

func (p *process) watch(output io.Reader, announced func(string) (string, bool), address chan<- string) {
	lines := bufio.NewReader(output)
	for {
		line, err := lines.ReadString('\n')
		p.mu.Lock()
		p.output.WriteString(line)
		p.mu.Unlock()
		if found, ok := announced(line); ok {
			select {
			case address <- found:
			default:
			}
		}
		if err != nil {
			return
		}
	}
}

func (p *process) stop(tb testing.TB) {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	select {
	case err := <-p.exited:
		if !p.good(err) {
			tb.Errorf("%s did not end well: %v\n%s", p.name, err, p.log())
		}
	case <-time.After(stopTimeout):
		_ = p.command.Process.Kill()
		tb.Errorf("%s did not end within %s of SIGTERM:\n%s", p.name, stopTimeout, p.log())
	}
	if tb.Failed() {
		tb.Logf("end of the output of %s:\n%s", p.name, p.log())
	}
}

// log is the end of the output.
func (p *process) log() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	const most = 8 << 10
	text := p.output.String()
	return text[max(0, len(text)-most):]
}
