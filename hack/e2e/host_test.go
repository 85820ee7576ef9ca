package e2e

import (
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// host is what a cluster could change on the machine.
type host struct {
	Sysctls    map[string]string
	Interfaces []string
	// Exist are the places where Kubernetes keeps files by default.
	Exist map[string]bool
}

func observeHost(t *testing.T) host {
	t.Helper()
	h := host{Sysctls: map[string]string{}, Exist: map[string]bool{}}
	for _, name := range []string{
		"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys",
		"kernel/keys/root_maxbytes", "net/ipv4/ip_forward", "net/ipv4/conf/all/route_localnet",
	} {
		value, err := os.ReadFile("/proc/sys/" + name)
		if err != nil {
			t.Fatal(err)
		}
		h.Sysctls[name] = string(value)
	}
	interfaces, err := net.Interfaces()
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range interfaces {
		h.Interfaces = append(h.Interfaces, i.Name)
	}
	for _, path := range []string{
		"/var/lib/kubelet", "/var/lib/containerd", "/var/lib/cni", "/var/lib/etcd", "/var/log/pods", "/var/log/containers",
		"/run/containerd", "/run/netns", "/run/runc", "/etc/cni/net.d", "/etc/kubernetes", "/usr/libexec/kubernetes",
	} {
		_, err := os.Lstat(path)
		h.Exist[path] = err == nil
	}
	return h
}

func (d *demo) leavesNothing(t *testing.T, before host) {
	processes := descendants(t, d.cluster.Node())
	if len(processes) < 7 {
		t.Fatalf("the node had only the processes %v", processes)
	}
	if _, err := d.script(t.Context(), "down.sh", "CLUSTER=current", "KUBECONFIG="+d.cluster.Kubeconfig()); err != nil {
		t.Fatal(err)
	}
	if output, err := d.kube(t.Context(), "kubectl", "get", "namespaces,customresourcedefinitions", "--output=name"); err != nil ||
		strings.Contains(output, "gatehouse") {
		t.Errorf("left in the cluster: %s%v", output, err)
	}
	if _, err := d.script(t.Context(), "down.sh"); err != nil {
		t.Fatal(err)
	}
	for pid, started := range processes {
		if _, now := stat(pid); now == started {
			command, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
			t.Errorf("process %d is still there: %q", pid, command)
		}
	}
	if difference := cmp.Diff(before, observeHost(t)); difference != "" {
		t.Errorf("the machine has changed (-before +after):\n%s", difference)
	}
	d.noFiles(t)
}

// noFiles looks for the cluster's name where the kernel and the scripts keep state.
func (d *demo) noFiles(t *testing.T) {
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		if strings.Contains(line, d.cluster.Name) {
			t.Errorf("left mounted: %s", line)
		}
	}
	for _, root := range []string{"/sys/fs/cgroup", filepath.Dir(d.cluster.Dir)} {
		err := filepath.WalkDir(root, func(path string, _ fs.DirEntry, err error) error {
			if os.IsNotExist(err) {
				return nil
			}
			if strings.Contains(filepath.Base(path), d.cluster.Name) {
				t.Errorf("left: %s", path)
				return fs.SkipDir
			}
			return err
		})
		if err != nil {
			t.Error(err)
		}
	}
}

// descendants are the processes below pid, and itself, with their start times.
func descendants(t *testing.T, pid int) map[int]string {
	t.Helper()
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	children := map[int][]int{}
	for _, entry := range entries {
		var child int
		if _, err := fmt.Sscan(filepath.Base(entry), &child); err != nil {
			continue
		}
		parent, _ := stat(child)
		children[parent] = append(children[parent], child)
	}
	found := map[int]string{}
	for queue := []int{pid}; len(queue) > 0; queue = queue[1:] {
		if _, started := stat(queue[0]); started != "" {
			found[queue[0]] = started
		}
		queue = append(queue, children[queue[0]]...)
	}
	return found
}

// stat is the parent and the start time of a process, zero when it has ended.
func stat(pid int) (int, string) {
	content, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return 0, ""
	}
	_, rest, _ := strings.Cut(string(content), ") ")
	fields := strings.Fields(rest)
	var parent int
	// Z has ended, and waits for init to take note.
	if _, err := fmt.Sscan(fields[1], &parent); err != nil || fields[0] == "Z" {
		return 0, ""
	}
	return parent, fields[19]
}
