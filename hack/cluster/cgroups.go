package cluster

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

const cgroupMount = "/sys/fs/cgroup"

// cgroupRoot keeps the pods of clusters that run side by side apart.
func (c *Cluster) cgroupRoot() string { return "/gatehouse-" + c.Name }

// hierarchies are the mounts in which a cgroup of that name must exist: one for each controller in version 1, one in all in version 2.
func hierarchies() ([]string, error) {
	if _, err := os.Stat(filepath.Join(cgroupMount, "cgroup.controllers")); err == nil {
		return []string{cgroupMount}, nil
	}
	entries, err := os.ReadDir(cgroupMount)
	if err != nil {
		return nil, err
	}
	var mounts []string
	for _, entry := range entries {
		if entry.IsDir() {
			mounts = append(mounts, filepath.Join(cgroupMount, entry.Name()))
		}
	}
	return mounts, nil
}

// createCgroups makes the root, which the kubelet requires to exist.
func (c *Cluster) createCgroups() error {
	mounts, err := hierarchies()
	if err != nil {
		return err
	}
	for _, mount := range mounts {
		root := filepath.Join(mount, c.cgroupRoot())
		if err := os.Mkdir(root, 0o755); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		if err := delegate(mount, root); err != nil {
			return err
		}
	}
	return inheritCPUs(c.cgroupRoot())
}

// delegate passes all controllers on to the children, as version 2 wants it at every level.
func delegate(levels ...string) error {
	for _, level := range levels {
		controllers, err := os.ReadFile(filepath.Join(level, "cgroup.controllers"))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		for controller := range strings.FieldsSeq(string(controllers)) {
			control := filepath.Join(level, "cgroup.subtree_control")
			if err := os.WriteFile(control, []byte("+"+controller), 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// inheritCPUs fills the cpuset of the root: in version 1 it begins empty, and no process can live in it.
func inheritCPUs(root string) error {
	for _, file := range []string{"cpuset.cpus", "cpuset.mems"} {
		content, err := os.ReadFile(filepath.Join(cgroupMount, "cpuset", file))
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(cgroupMount, "cpuset", root, file), content, 0); err != nil {
			return err
		}
	}
	return nil
}

// removeCgroups removes the root and all below it, the deepest first.
func (c *Cluster) removeCgroups() error {
	mounts, err := hierarchies()
	if err != nil {
		return err
	}
	for _, mount := range mounts {
		if err := removeTree(filepath.Join(mount, c.cgroupRoot())); err != nil {
			return err
		}
	}
	return nil
}

func removeTree(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, entry := range entries {
		if entry.IsDir() {
			if err := removeTree(filepath.Join(dir, entry.Name())); err != nil {
				return err
			}
		}
	}
	if err := os.Remove(dir); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
