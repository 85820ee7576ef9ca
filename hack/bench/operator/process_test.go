package operator

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
)

// process is a program that runs until stop, or until the test ends however it ends.
type process struct {
	command *exec.Cmd
	ended   chan struct{}
}

// start writes what the program prints to a file.
func start(t *testing.T, log, program string, arguments ...string) *process {
	t.Helper()
	file, err := os.Create(log)
	if err != nil {
		t.Fatal(err)
	}
	p := &process{exec.Command(program, arguments...), make(chan struct{})}
	p.command.Stdout, p.command.Stderr = file, file
	p.command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	started := make(chan error)
	go func() {
		defer close(p.ended)
		defer file.Close()
		runtime.LockOSThread() // the signal comes with the end of the thread that started the process
		err := p.command.Start()
		started <- err
		if err == nil {
			_ = p.command.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.kill)
	return p
}

func (p *process) kill() {
	_ = p.command.Process.Kill()
	<-p.ended
}

// terminate lets the process end by itself.
func (p *process) terminate() {
	_ = p.command.Process.Signal(syscall.SIGTERM)
	<-p.ended
}

// memory is the most that the process had, and what it has now, in MiB.
func (p *process) memory(t *testing.T) (peak, now float64) {
	t.Helper()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.command.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	return mebibytes(t, status, "VmHWM:"), mebibytes(t, status, "VmRSS:")
}

func mebibytes(t *testing.T, status []byte, field string) float64 {
	t.Helper()
	_, rest, _ := bytes.Cut(status, []byte(field))
	var kilobytes float64
	if _, err := fmt.Sscan(string(rest), &kilobytes); err != nil {
		t.Fatalf("%s in the status of a process: %v", field, err)
	}
	return kilobytes / 1024
}

// processorSeconds is what the process has used of the processors.
func (p *process) processorSeconds(t *testing.T) float64 {
	t.Helper()
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.command.Process.Pid))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest) // from the third of proc(5) on
	var user, system float64
	if _, err := fmt.Sscan(fields[11]+" "+fields[12], &user, &system); err != nil {
		t.Fatal(err)
	}
	const ticks = 100 // a second, on Linux
	return (user + system) / ticks
}
