package cluster

import (
	"context"
	"fmt"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// writeProcess records a process by its id and start time, which together are never used again.
func writeProcess(file string, pid int) error {
	started, err := startTime(pid)
	if err != nil {
		return err
	}
	return os.WriteFile(file, fmt.Appendf(nil, "%d %s\n", pid, started), 0o600)
}

// readProcess is the recorded process, or 0 when it has ended.
func readProcess(file string) int {
	content, err := os.ReadFile(file)
	if err != nil {
		return 0
	}
	var pid int
	var started string
	if _, err := fmt.Sscan(string(content), &pid, &started); err != nil {
		return 0
	}
	if now, err := startTime(pid); err != nil || now != started {
		return 0
	}
	return pid
}

// startTime is field 22 of proc(5) stat; it fails for a process that has ended.
func startTime(pid int) (string, error) {
	fields, err := statOf(pid)
	if err != nil {
		return "", err
	}
	return fields[19], nil
}

// statOf has the fields of proc(5) stat from the third, the state, on; it fails for a process that has ended, also when
// nobody has waited for it.
func statOf(pid int) ([]string, error) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return nil, err
	}
	_, rest, _ := strings.Cut(string(content), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 20 || fields[0] == "Z" || fields[0] == "X" {
		return nil, fmt.Errorf("process %d has ended", pid)
	}
	return fields, nil
}

// Node is the process that all others of the cluster descend from, PID 1 of their namespace; 0 when it is not running.
func (c *Cluster) Node() int { return readProcess(c.path("node.pid")) }

func (c *Cluster) running() bool { return c.Node() != 0 }

// Dial connects to an IP address and port from the node, as a client inside the cluster does: to a ClusterIP or a pod.
func (c *Cluster) Dial(ctx context.Context, network, address string) (net.Conn, error) {
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result, 1)
	go func() {
		// Never unlocked: the thread that entered the node's network ends with this goroutine.
		runtime.LockOSThread()
		conn, err := c.dialFromNode(ctx, network, address)
		done <- result{conn, err}
	}()
	r := <-done
	return r.conn, r.err
}

func (c *Cluster) dialFromNode(ctx context.Context, network, address string) (net.Conn, error) {
	namespace, err := os.Open(fmt.Sprintf("/proc/%d/ns/net", c.Node()))
	if err != nil {
		return nil, err
	}
	defer namespace.Close()
	if err := unix.Setns(int(namespace.Fd()), syscall.CLONE_NEWNET); err != nil {
		return nil, fmt.Errorf("enter the network of cluster %s: %w", c.Name, err)
	}
	var dialer net.Dialer
	return dialer.DialContext(ctx, network, address)
}
