package cluster

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// Processes are those of a pod, by its UID, or of one of its containers, by the id that the pod's status has
// (containerd://...). There are none when it has ended.
func (c *Cluster) Processes(id string) ([]int, error) {
	id = strings.TrimPrefix(id, "containerd://")
	if id == "" {
		return nil, errors.New("a container that has not started has no processes")
	}
	return processes(func(pid int) (bool, error) {
		content, err := os.ReadFile(fmt.Sprintf("/proc/%d/cgroup", pid))
		return bytes.Contains(content, []byte(c.cgroupRoot()+"/")) && bytes.Contains(content, []byte(id)), err
	})
}

// Program is the process of a program of the node, such as kube-apiserver, which is started again when it ends.
func (c *Cluster) Program(name string) (int, error) {
	node := c.Node()
	found, err := processes(func(pid int) (bool, error) {
		if parentOf(pid) != node {
			return false, nil
		}
		content, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		first, _, _ := bytes.Cut(content, []byte{0})
		return string(first) == name, err
	})
	if err == nil && len(found) != 1 {
		err = fmt.Errorf("cluster %s runs %d processes of %s", c.Name, len(found), name)
	}
	if err != nil {
		return 0, err
	}
	return found[0], nil
}

// parentOf a process; 0 when it has ended.
func parentOf(pid int) (parent int) {
	if fields, err := statOf(pid); err == nil {
		parent, _ = strconv.Atoi(fields[1])
	}
	return parent
}

// processes of the machine that are wanted. One that ends meanwhile is not.
func processes(wanted func(pid int) (bool, error)) ([]int, error) {
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var found []int
	for _, entry := range entries {
		var pid int
		if _, err := fmt.Sscan(filepath.Base(entry), &pid); err != nil {
			return nil, err
		}
		if _, err := startTime(pid); err != nil {
			continue
		}
		ok, err := wanted(pid)
		if err != nil && !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ESRCH) {
			return nil, err
		}
		if ok {
			found = append(found, pid)
		}
	}
	return found, nil
}
