package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/go-logr/logr"
	"k8s.io/apimachinery/pkg/runtime"
	clientgoscheme "k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client"
	ctrllog "sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/hack/cluster"
)

const (
	namespace = "gatehouse-demo"
	system    = "gatehouse-system"
	name      = "demo"
	operator  = "gatehouse-operator"

	// patience bounds waits. On two busy cores a rollout takes about 20 s; a failed migration is tried again after a minute.
	patience = 5 * time.Minute
	poll     = 200 * time.Millisecond
)

// demo is the demo on a cluster of its own.
type demo struct {
	root    string
	bin     string
	cluster *cluster.Cluster
	port    string
	config  *rest.Config
	scheme  *runtime.Scheme
	client  client.Client
	figures *figures
	result  result
	crowd   *crowd
	jobs    *jobs
}

// result is what client.mjs writes.
type result struct {
	Email, Password string
	User            map[string]any
	JWT             map[string]any
	Cookies         map[string]string
}

// newDemo removes what a run that was killed has left, and is removed itself when the test ends.
func newDemo(t *testing.T) *demo {
	t.Helper()
	bin := os.Getenv("KUBE_BIN")
	if bin == "" {
		t.Fatal("this test needs Kubernetes, images and scripts that make builds: run `make e2e`")
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	lock(t, filepath.Join(root, "bin", "e2e.lock"))
	sum := sha256.Sum256([]byte(root))
	name := "e2e-" + hex.EncodeToString(sum[:4])
	dir, err := cluster.Dir(name)
	if err != nil {
		t.Fatal(err)
	}
	d := &demo{root: root, bin: bin, cluster: &cluster.Cluster{Name: name, Dir: dir}, port: freePort(t), figures: newFigures(t, root)}
	d.down(t)
	t.Cleanup(func() { d.down(t) })
	return d
}

// lock keeps two runs in one checkout apart.
func lock(t *testing.T, file string) {
	t.Helper()
	f, err := os.OpenFile(file, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		t.Fatalf("another end-to-end test runs in this checkout (%s: %v): wait for it to end", file, err)
	}
}

func freePort(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	return port
}

// script runs one of the demo's scripts as make does.
func (d *demo) script(ctx context.Context, script string, environment ...string) (string, error) {
	return d.run(ctx, filepath.Join("hack", "demo", script), nil, append([]string{
		"CLUSTER=throw-away", "CLUSTER_NAME=" + d.cluster.Name, "PORT=" + d.port, "KUBE_BIN=" + d.bin}, environment...)...)
}

func (d *demo) run(ctx context.Context, program string, arguments []string, environment ...string) (string, error) {
	var output bytes.Buffer
	command := exec.CommandContext(ctx, program, arguments...)
	command.Dir = d.root
	command.Env = append(os.Environ(), environment...)
	command.Stdout, command.Stderr = &output, &output
	if err := command.Run(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", program, strings.Join(arguments, " "), err, output.String())
	}
	return output.String(), nil
}

func (d *demo) kubectl(t *testing.T, arguments ...string) string {
	t.Helper()
	output, err := d.kube(t.Context(), "kubectl", arguments...)
	if err != nil {
		t.Fatal(err)
	}
	return output
}

// kube runs kubectl or helm.
func (d *demo) kube(ctx context.Context, program string, arguments ...string) (string, error) {
	return d.run(ctx, filepath.Join(d.bin, program), arguments, "KUBECONFIG="+d.cluster.Kubeconfig())
}

func (d *demo) down(t *testing.T) {
	t.Helper()
	if _, err := d.script(context.Background(), "down.sh"); err != nil {
		t.Fatal(err)
	}
}

func (d *demo) connect(t *testing.T) {
	t.Helper()
	c, err := cluster.Open(d.cluster.Dir)
	if err != nil {
		t.Fatal(err)
	}
	d.cluster = c
	config, err := clientcmd.BuildConfigFromFlags("", c.Kubeconfig())
	if err != nil {
		t.Fatal(err)
	}
	scheme := runtime.NewScheme()
	for _, add := range []func(*runtime.Scheme) error{clientgoscheme.AddToScheme, v1alpha1.AddToScheme} {
		if err := add(scheme); err != nil {
			t.Fatal(err)
		}
	}
	ctrllog.SetLogger(logr.Discard())
	if d.client, err = client.New(config, client.Options{Scheme: scheme}); err != nil {
		t.Fatal(err)
	}
	d.config, d.scheme = config, scheme
}

func (d *demo) readResult(t *testing.T, file string) {
	t.Helper()
	content, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(content, &d.result); err != nil {
		t.Fatal(err)
	}
}

// reference of an image that make has built.
func (d *demo) reference(t *testing.T, image string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join(d.root, "bin", "images", image+".ref"))
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(string(content))
}

// eventually polls until check is satisfied.
func eventually(t *testing.T, check func(context.Context) error) {
	t.Helper()
	within(t, patience, check)
}

func within(t *testing.T, patience time.Duration, check func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(poll)
	defer ticker.Stop()
	for {
		err := check(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatalf("not after %s: %v", patience, err)
		case <-ticker.C:
		}
	}
}

// explain shows what a person would look at after a failure.
func (d *demo) explain(t *testing.T) {
	for _, arguments := range [][]string{
		{"get", "pods,jobs", "--all-namespaces", "--output=wide"},
		{"--namespace=" + namespace, "describe", "authservices.gatehouse.dev"},
		{"get", "events", "--all-namespaces", "--field-selector=type=Warning"},
		{"--namespace=" + system, "logs", "--selector=app.kubernetes.io/name=gatehouse", "--tail=20"},
		{"--namespace=" + namespace, "logs", "--selector=app.kubernetes.io/instance=" + name, "--tail=10", "--prefix"},
	} {
		output, err := d.kube(context.Background(), "kubectl", arguments...)
		t.Logf("kubectl %s\n%s%v", strings.Join(arguments, " "), output, err)
	}
}
