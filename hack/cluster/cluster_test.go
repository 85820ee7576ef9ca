package cluster

import (
	"crypto/x509"
	"encoding/pem"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/yaml"
)

func TestClustersThatCannotWorkAreRefused(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Fatal("clusters need root, and so does this test: sudo make test")
	}
	for _, test := range []struct{ name, dir, want string }{
		{"demo", "/home/me/state", ""},
		{"Demo", "/home/me/state", "DNS label"},
		{"demo-", "/home/me/state", "DNS label"},
		{strings.Repeat("a", 31), "/home/me/state", "DNS label"},
		{"demo", "/var/lib/me", "XDG_STATE_HOME"},
		{"demo", "/run/me", "XDG_STATE_HOME"},
	} {
		err := (&Cluster{Name: test.name, Dir: test.dir, Programs: "/opt/kubernetes"}).validate()
		if test.want == "" && err != nil || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("%s in %s: error is %v, want %q", test.name, test.dir, err, test.want)
		}
	}
}

func TestFilesAreComplete(t *testing.T) {
	c := &Cluster{Name: "demo", Dir: t.TempDir()}
	for _, dir := range []string{"pki", "files/cni"} {
		if err := os.MkdirAll(c.path(dir), 0o750); err != nil {
			t.Fatal(err)
		}
	}
	if err := c.writeCertificates(); err != nil {
		t.Fatal(err)
	}
	if err := c.writeFiles(); err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{"kubelet.yaml", "kube-proxy.yaml", "kube-scheduler.yaml"} {
		content, err := os.ReadFile(c.path("files", file))
		if err != nil {
			t.Fatal(err)
		}
		var object map[string]any
		if err := yaml.UnmarshalStrict(content, &object); err != nil || object["kind"] == nil {
			t.Errorf("%s has kind %v: %v", file, object["kind"], err)
		}
	}
	config, err := clientcmd.BuildConfigFromFlags("", c.path("files", "kubelet.kubeconfig"))
	if err != nil {
		t.Fatal(err)
	}
	verify(t, config.CAData, config.CertData, "system:node:"+nodeName)
}

func verify(t *testing.T, authority, certificate []byte, name string) {
	t.Helper()
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(authority)
	block, _ := pem.Decode(certificate)
	leaf, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := leaf.Verify(x509.VerifyOptions{Roots: roots, KeyUsages: []x509.ExtKeyUsage{x509.ExtKeyUsageClientAuth}}); err != nil {
		t.Error(err)
	}
	if leaf.Subject.CommonName != name {
		t.Errorf("certificate is of %q, want %q", leaf.Subject.CommonName, name)
	}
}

func TestRecordedProcessIsFoundWhileItRuns(t *testing.T) {
	process := exec.Command("sleep", "600")
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "pid")
	if err := writeProcess(file, process.Process.Pid); err != nil {
		t.Fatal(err)
	}
	if pid := readProcess(file); pid != process.Process.Pid {
		t.Errorf("found %d, want %d", pid, process.Process.Pid)
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := process.Wait(); err == nil {
		t.Error("the process ended by itself")
	}
	if pid := readProcess(file); pid != 0 {
		t.Errorf("found %d after the process has ended", pid)
	}
}

// A later process may get the same id.
func TestRecordedProcessIsNotMistakenForAnother(t *testing.T) {
	file := filepath.Join(t.TempDir(), "pid")
	if err := writeProcess(file, os.Getpid()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, append([]byte(strings.Fields(string(content))[0]), " 1\n"...), 0o600); err != nil {
		t.Fatal(err)
	}
	if pid := readProcess(file); pid != 0 {
		t.Errorf("found %d, which began at another time", pid)
	}
}

func TestProgramsAreFoundAmongTheChildrenOfTheNode(t *testing.T) {
	c := &Cluster{Name: "demo", Dir: t.TempDir()}
	if err := writeProcess(c.path("node.pid"), os.Getpid()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Program("sleep"); err == nil {
		t.Error("a program was found before it ran")
	}
	process := exec.Command("sleep", "600")
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	if pid, err := c.Program("sleep"); err != nil || pid != process.Process.Pid {
		t.Errorf("found %d, want %d: %v", pid, process.Process.Pid, err)
	}
	if err := process.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if err := process.Wait(); err == nil {
		t.Error("the process ended by itself")
	}
	if _, err := c.Program("sleep"); err == nil {
		t.Error("a program was found after it has ended")
	}
	if found, err := c.Processes("containerd://0123"); err != nil || len(found) > 0 {
		t.Errorf("a container that never was has the processes %d: %v", found, err)
	}
	if _, err := c.Processes(""); err == nil {
		t.Error("a container without an id was looked for")
	}
}

func TestDownWithoutACluster(t *testing.T) {
	c := &Cluster{Name: "none", Dir: filepath.Join(t.TempDir(), "gatehouse", "none")}
	if err := c.Down(t.Context()); err != nil {
		t.Error(err)
	}
}
