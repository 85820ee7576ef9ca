package cluster

import (
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
)

const (
	// nodeProgram is the name by which this program is called as PID 1 of a node.
	nodeProgram = "gatehouse-node"
	nodeName    = "node"
	// The addresses exist in the node's own network only, so that they are the same for every cluster.
	nodeIP      = "172.30.0.2"
	dnsIP       = "10.96.0.10"
	apiIP       = "10.96.0.1"
	serviceCIDR = "10.96.0.0/16"
	podCIDR     = "10.244.0.0/22"
	apiAddress  = "127.0.0.1:6443"
)

// RunNode must be called first in the main of every program that calls Up, and in its TestMain: it takes over and
// does not return when the program was started as a node.
func RunNode() {
	if len(os.Args) != 2 || os.Args[0] != nodeProgram {
		return
	}
	err := runNode(os.Args[1])
	fmt.Fprintln(os.Stderr, "node:", err)
	os.Exit(1)
}

func runNode(dir string) error {
	c, err := Open(dir)
	if err != nil {
		return err
	}
	listener, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		return err
	}
	if err := c.mountOwn(); err != nil {
		return err
	}
	if err := connectOwn(); err != nil {
		return err
	}
	go forward(listener, apiAddress)
	return c.supervise(c.programs())
}

// connectOwn makes the network of the node: loopback and a pair of interfaces with both ends inside. It has an address
// and a default route, which Kubernetes wants, and no way out.
func connectOwn() error {
	for line := range strings.Lines(`ip link set lo up
ip link add node0 type veth peer name node0-peer
ip address add ` + nodeIP + `/24 dev node0
ip link set node0 up
ip link set node0-peer up
ip route add default dev node0`) {
		words := strings.Fields(line)
		if output, err := exec.Command(words[0], words[1:]...).CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w: %s", strings.TrimSpace(line), err, output)
		}
	}
	return os.WriteFile("/proc/sys/net/ipv4/ip_forward", []byte("1"), 0)
}

// forward hands every connection of the host to the address in the node's network.
func forward(listener net.Listener, address string) {
	for {
		from, err := listener.Accept()
		if err != nil {
			fmt.Fprintln(os.Stderr, "forward:", err)
			return
		}
		go func() {
			defer from.Close()
			to, err := net.Dial("tcp4", address)
			if err != nil {
				return
			}
			defer to.Close()
			go func() {
				_, _ = io.Copy(to, from)
				_ = to.(*net.TCPConn).CloseWrite()
			}()
			_, _ = io.Copy(from, to)
		}()
	}
}

// mountOwn separates the node from the host's files where Kubernetes writes to fixed places.
func (c *Cluster) mountOwn() error {
	mounts := []struct {
		source, target, kind string
		flags                uintptr
	}{
		{"", "/", "", syscall.MS_PRIVATE | syscall.MS_REC},
		{"proc", "/proc", "proc", 0},
		{"tmpfs", "/run", "tmpfs", 0},
		{c.path("var"), "/var", "", syscall.MS_BIND},
	}
	for _, m := range mounts {
		if err := syscall.Mount(m.source, m.target, m.kind, m.flags, ""); err != nil {
			return fmt.Errorf("mount %s: %w", m.target, err)
		}
	}
	for _, name := range hostSysctls {
		if err := c.coverSysctl(name); err != nil {
			return err
		}
	}
	// The kubelet passes mounts on to containers, which works from a shared mount only.
	return syscall.Mount("", "/", "", syscall.MS_SHARED|syscall.MS_REC, "")
}

// hostSysctls are written by the kubelet and are no part of any namespace.
var hostSysctls = []string{
	"vm/overcommit_memory", "vm/panic_on_oom", "kernel/panic", "kernel/panic_on_oops", "kernel/keys/root_maxkeys", "kernel/keys/root_maxbytes",
}

// coverSysctl lets the kubelet write to a file in place of the host's kernel.
func (c *Cluster) coverSysctl(name string) error {
	value, err := os.ReadFile("/proc/sys/" + name)
	if err != nil {
		return err
	}
	cover := c.path("sysctl", strings.ReplaceAll(name, "/", "."))
	if err := os.WriteFile(cover, value, 0o644); err != nil {
		return err
	}
	if err := syscall.Mount(cover, "/proc/sys/"+name, "", syscall.MS_BIND, ""); err != nil {
		return fmt.Errorf("cover sysctl %s: %w", name, err)
	}
	return nil
}
