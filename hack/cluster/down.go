package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// Down ends the cluster and removes all it has left. It is no error when there is none.
func (c *Cluster) Down(ctx context.Context) error {
	if pid := c.Node(); pid != 0 {
		// The kernel ends the whole PID namespace, and with it the mounts and the network, before PID 1 is gone.
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("end node %d of cluster %s: %w", pid, c.Name, err)
		}
	}
	if err := c.retry(ctx, "its processes are still ending", func() error {
		if c.running() {
			return syscall.EBUSY
		}
		return nil
	}); err != nil {
		return err
	}
	// A cgroup is busy for a moment after its last process has ended.
	if err := c.retry(ctx, "its cgroups cannot be removed", c.removeCgroups); err != nil {
		return err
	}
	if err := os.RemoveAll(c.Dir); err != nil {
		return err
	}
	return removeEmpty(filepath.Dir(c.Dir))
}

// retry repeats while the error is EBUSY.
func (c *Cluster) retry(ctx context.Context, complaint string, step func() error) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		err := step()
		if !errors.Is(err, syscall.EBUSY) {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("cluster %s: %s after %s", c.Name, complaint, patience)
		case <-ticker.C:
		}
	}
}

// removeEmpty removes the directory that clusters share, after the last of them.
func removeEmpty(dir string) error {
	err := os.Remove(dir)
	if errors.Is(err, syscall.ENOTEMPTY) || errors.Is(err, syscall.EEXIST) || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
