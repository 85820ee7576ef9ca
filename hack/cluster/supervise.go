package cluster

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// restartDelay keeps a program that cannot start from taking the whole machine.
const restartDelay = time.Second

// exited is one ended process of the node.
type exited struct {
	pid    int
	status syscall.WaitStatus
}

// supervise starts the programs and starts each again when it ends. As PID 1 it also waits for the orphans of
// containerd, which is why the processes are not waited for one by one.
func (c *Cluster) supervise(programs []program) error {
	running := map[int]program{}
	ends := make(chan exited)
	restarts := make(chan program)
	for _, p := range programs {
		if err := c.launch(p, running); err != nil {
			return err
		}
	}
	go reap(ends)
	for {
		select {
		case end := <-ends:
			p, ours := running[end.pid]
			if !ours {
				continue
			}
			delete(running, end.pid)
			fmt.Fprintf(os.Stderr, "%s %s ended: %s\n", time.Now().Format(time.TimeOnly), p.name, describe(end.status))
			time.AfterFunc(restartDelay, func() { restarts <- p })
		case p := <-restarts:
			if err := c.launch(p, running); err != nil {
				return err
			}
		}
	}
}

func (c *Cluster) launch(p program, running map[int]program) error {
	path, err := exec.LookPath(p.name)
	if err != nil {
		return fmt.Errorf("%w: `make tools` builds or installs it", err)
	}
	log, err := os.OpenFile(c.path("logs", p.name+".log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	process, err := os.StartProcess(path, append([]string{p.name}, p.arguments...), &os.ProcAttr{
		Env:   os.Environ(),
		Files: []*os.File{nil, log, log},
	})
	if err != nil {
		return err
	}
	running[process.Pid] = p
	return process.Release()
}

// reap waits for any child. Without a child it looks again soon: one is always about to be started.
func reap(ends chan<- exited) {
	for {
		var status syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &status, 0, nil)
		if err != nil {
			time.Sleep(restartDelay / 10)
			continue
		}
		ends <- exited{pid, status}
	}
}

func describe(status syscall.WaitStatus) string {
	if status.Signaled() {
		return status.Signal().String()
	}
	return fmt.Sprintf("exit status %d", status.ExitStatus())
}
