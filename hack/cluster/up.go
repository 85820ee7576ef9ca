package cluster

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"time"
)

// Up brings the cluster up and waits until its node and its DNS are ready. It does nothing when it is up already.
func (c *Cluster) Up(ctx context.Context) error {
	if err := c.validate(); err != nil {
		return err
	}
	if c.running() && c.apiReady(ctx) == nil {
		c.logf("cluster %s is up already", c.Name)
		return nil
	}
	if err := c.Down(ctx); err != nil {
		return err
	}
	begin := time.Now()
	for _, stage := range []struct {
		name string
		run  func(context.Context) error
	}{
		{"files and certificates written", c.prepare},
		{"node started", c.start},
		{"containerd is up", c.runtimeReady},
		{"images loaded", func(ctx context.Context) error { return c.Load(ctx, c.Images...) }},
		{"API server is ready", func(ctx context.Context) error { return c.wait(ctx, "the API server", c.apiReady) }},
		{"node is ready", c.nodeReady},
		{"DNS is ready", c.dnsReady},
	} {
		if err := stage.run(ctx); err != nil {
			return fmt.Errorf("cluster %s: %w (logs are in %s)", c.Name, err, c.path("logs"))
		}
		c.logf("%5.1fs  %s", time.Since(begin).Seconds(), stage.name)
	}
	return nil
}

// prepare writes all that the node reads.
func (c *Cluster) prepare(context.Context) error {
	for _, dir := range []string{"logs", "sysctl", "pki", "files/cni", "var/lib/kubelet", "var/log", "var/tmp"} {
		if err := os.MkdirAll(c.path(dir), 0o755); err != nil {
			return err
		}
	}
	if err := os.Symlink("/run", c.path("var", "run")); err != nil {
		return err
	}
	if err := c.save(); err != nil {
		return err
	}
	if err := c.writeCertificates(); err != nil {
		return err
	}
	if err := c.createCgroups(); err != nil {
		return err
	}
	return c.writeFiles()
}

// start runs this program again as PID 1 of the node's namespaces. The listener is made here, on the side of
// the host, and accepts there: a socket keeps the network namespace that it was made in.
func (c *Cluster) start(context.Context) error {
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		return err
	}
	defer listener.Close()
	if err := c.writeKubeconfig(c.Kubeconfig(), "admin", listener.Addr().String()); err != nil {
		return err
	}
	socket, err := listener.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	defer socket.Close()
	log, err := os.Create(c.path("logs", "node.log"))
	if err != nil {
		return err
	}
	defer log.Close()
	node := exec.Command("/proc/self/exe")
	node.Args = []string{nodeProgram, c.Dir}
	node.Dir = "/"
	node.Env = []string{"PATH=" + c.Programs + ":/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root"}
	node.Stdout, node.Stderr = log, log
	node.ExtraFiles = []*os.File{socket}
	node.SysProcAttr = &syscall.SysProcAttr{
		Setsid:     true,
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWNET,
	}
	if err := node.Start(); err != nil {
		return fmt.Errorf("start the node: %w", err)
	}
	// Whoever calls Up may outlive the node, which must not stay a zombie then.
	go func() { _ = node.Wait() }()
	return writeProcess(c.path("node.pid"), node.Process.Pid)
}

func (c *Cluster) runtimeReady(ctx context.Context) error {
	return c.wait(ctx, "containerd", func(ctx context.Context) error {
		return c.ctr(ctx, "version")
	})
}

// Load imports image archives into the node's containerd.
func (c *Cluster) Load(ctx context.Context, archives ...string) error {
	for _, archive := range archives {
		if _, err := os.Stat(archive); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("image archive %s does not exist: `make images` builds those of this project", archive)
		}
		if err := c.ctr(ctx, "images", "import", archive); err != nil {
			return fmt.Errorf("load %s: %w", filepath.Base(archive), err)
		}
	}
	return nil
}

func (c *Cluster) ctr(ctx context.Context, arguments ...string) error {
	arguments = append([]string{"--address", c.path("containerd.sock"), "--namespace", "k8s.io"}, arguments...)
	return command(ctx, "ctr", arguments...)
}
