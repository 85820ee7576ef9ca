package bench

import (
	"bytes"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

const patience = 30 * time.Second

// process is a server that runs until the test ends, or stop.
type process struct {
	name string
	pid  int
	// took is the time from the start of the process to its first good answer.
	took time.Duration
	// log is the file of its output.
	log    string
	exited chan error
}

// start runs a command until it answers ready with 200.
func start(t *testing.T, name string, command *exec.Cmd, ready string) *process {
	t.Helper()
	log, err := os.Create(filepath.Join(t.TempDir(), "log"))
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	command.Stdout, command.Stderr = log, log
	command.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p := &process{name: name, log: log.Name(), exited: make(chan error, 1)}
	started := make(chan error, 1)
	begin := time.Now()
	go func() {
		// The parent-death signal is sent when the starting thread ends, so the thread has to stay.
		runtime.LockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			p.exited <- command.Wait()
		}
	}()
	if err := <-started; err != nil {
		t.Fatalf("start %s: %v", name, err)
	}
	p.pid = command.Process.Pid
	t.Cleanup(func() { p.stop(t) })
	p.await(t, ready)
	p.took = time.Since(begin)
	return p
}

// await asks until the answer is good. A refused connection costs next to nothing, so asking is not what takes the time.
func (p *process) await(t *testing.T, ready string) {
	t.Helper()
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: time.Second}
	for deadline := time.Now().Add(patience); ; time.Sleep(time.Millisecond) {
		response, err := client.Get(ready)
		if err == nil {
			_ = response.Body.Close()
			if response.StatusCode == http.StatusOK {
				return
			}
		}
		select {
		case err := <-p.exited:
			p.exited <- err
			t.Fatalf("%s ended at its start (%v):\n%s", p.name, err, p.tail())
		default:
		}
		if time.Now().After(deadline) {
			t.Fatalf("%s was not ready after %s:\n%s", p.name, patience, p.tail())
		}
	}
}

// stop ends the process by SIGTERM. It may be called again.
func (p *process) stop(t *testing.T) {
	t.Helper()
	_ = syscall.Kill(p.pid, syscall.SIGTERM)
	select {
	case err := <-p.exited:
		p.exited <- nil
		if err != nil {
			t.Errorf("%s did not end well: %v\n%s", p.name, err, p.tail())
		}
	case <-time.After(patience):
		_ = syscall.Kill(p.pid, syscall.SIGKILL)
		t.Errorf("%s did not end within %s of SIGTERM:\n%s", p.name, patience, p.tail())
	}
}

// tail is the end of the log.
func (p *process) tail() string {
	text, err := os.ReadFile(p.log)
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-4096):])
}

// ticks a second, in which the kernel counts for /proc.
const ticks = 100

// cpuOf is the user and system time of a process, with that of its ended children where they are asked for, in seconds.
func cpuOf(pid int, children bool) (float64, error) {
	fields, err := stat(pid)
	if err != nil {
		return 0, err
	}
	last := 13
	if children {
		last = 15
	}
	sum := 0
	for _, field := range fields[11:last] {
		number, err := strconv.Atoi(field)
		if err != nil {
			return 0, err
		}
		sum += number
	}
	return float64(sum) / ticks, nil
}

// stat are the fields of /proc/PID/stat from the third on: what is before is the name, which may hold anything.
func stat(pid int) ([]string, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	fields := strings.Fields(string(content[bytes.LastIndexByte(content, ')')+1:]))
	if len(fields) < 15 {
		return nil, fmt.Errorf("/proc/%d/stat has %d fields", pid, len(fields))
	}
	return fields, nil
}

// familyCPU is the time of a process and all its children, those that ended included.
func familyCPU(parent int) (float64, error) {
	sum, err := cpuOf(parent, true)
	if err != nil {
		return 0, err
	}
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, err
	}
	for _, entry := range entries {
		pid, err := strconv.Atoi(entry.Name())
		if err != nil {
			continue
		}
		fields, err := stat(pid)
		if err != nil || fields[1] != strconv.Itoa(parent) {
			continue
		}
		if own, err := cpuOf(pid, true); err == nil {
			sum += own
		}
	}
	return sum, nil
}

// memory is a line of /proc/PID/status, such as VmHWM, in MiB.
func (p *process) memory(t *testing.T, line string) float64 {
	t.Helper()
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", p.pid))
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`(?m)^` + line + `:\s*(\d+) kB$`).FindSubmatch(content)
	if found == nil {
		t.Fatal(errors.New("no " + line + " in the status of " + p.name))
	}
	kibibytes, err := strconv.Atoi(string(found[1]))
	if err != nil {
		t.Fatal(err)
	}
	return float64(kibibytes) / 1024
}

// forgetPeak makes VmHWM the memory of now.
func (p *process) forgetPeak(t *testing.T) {
	t.Helper()
	if err := os.WriteFile(fmt.Sprintf("/proc/%d/clear_refs", p.pid), []byte("5"), 0o600); err != nil {
		t.Fatal(err)
	}
}
