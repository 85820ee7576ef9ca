package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

var update = flag.Bool("update", false, "rewrite the goldens and what README.md shows of them")

// api is a real API server, without controllers; its node is a kubelet of the tests.
var api struct {
	admin      client.Client
	kubeconfig string
	// without is what status says while the CRD is not installed.
	without struct {
		code   int
		stderr string
	}
}

func TestMain(m *testing.M) {
	if os.Getenv(asPlugin) != "" {
		main()
		return
	}
	quieten()
	flag.Parse()
	code, err := withServer(m.Run)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func withServer(tests func() int) (code int, err error) {
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	if _, err := os.Stat(filepath.Join(assets, "kube-apiserver")); assets == "" || err != nil {
		return 1, fmt.Errorf("KUBEBUILDER_ASSETS does not name a folder with kube-apiserver and etcd: run `make test`, which builds them")
	}
	env := &envtest.Environment{}
	config, err := env.Start()
	if err != nil {
		return 1, err
	}
	defer func() {
		if stopErr := env.Stop(); err == nil {
			err = stopErr
		}
	}()
	folder, err := os.MkdirTemp("", "kubectl-gatehouse-")
	if err != nil {
		return 1, err
	}
	defer os.RemoveAll(folder)
	api.kubeconfig = filepath.Join(folder, "kubeconfig")
	if err := os.WriteFile(api.kubeconfig, env.KubeConfig, 0o600); err != nil {
		return 1, err
	}
	before := execute(context.Background(), "", "status", "shop")
	api.without.code, api.without.stderr = before.code, before.stderr

	crds := envtest.CRDInstallOptions{Paths: []string{filepath.Join("..", "..", "..", "config", "crd", "bases")}, ErrorIfPathMissing: true}
	if _, err := envtest.InstallCRDs(config, crds); err != nil {
		return 1, err
	}
	scheme, err := plugin.NewScheme()
	if err != nil {
		return 1, err
	}
	config.QPS = -1
	if api.admin, err = client.New(config, client.Options{Scheme: scheme}); err != nil {
		return 1, err
	}
	return tests(), nil
}

// result is how a command line ended.
type result struct {
	code           int
	stdout, stderr string
}

// at changes what a command has of the operating system.
type at func(*process)

func width(columns int) at { return func(p *process) { p.width = columns } }

func clock(now time.Time) at { return func(p *process) { p.now = func() time.Time { return now } } }

func input(text string) at { return func(p *process) { p.stdin = strings.NewReader(text) } }

func variables(all map[string]string) at {
	return func(p *process) { p.getenv = func(name string) string { return all[name] } }
}

// kubectlTime is when commands run that are not told another time.
func kubectlTime() time.Time { return time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC) }

// execute runs a command line of texts, with changes of what it has of the operating system in between.
func execute(ctx context.Context, namespace string, args ...any) result {
	line := []any{"--kubeconfig=" + api.kubeconfig, "--cache-dir=" + filepath.Join(filepath.Dir(api.kubeconfig), "cache")}
	if namespace != "" {
		line = append(line, "--namespace="+namespace)
	}
	return executeAlone(ctx, append(line, args...)...)
}

// executeAlone is told no cluster.
func executeAlone(ctx context.Context, args ...any) result {
	var stdout, stderr bytes.Buffer
	p := process{
		stdin: strings.NewReader(""), stdout: &stdout, stderr: &stderr, getenv: func(string) string { return "" },
		width: 100, now: kubectlTime, random: func() string { return "RANDOMRANDOMRANDOM" },
	}
	var line []string
	for _, arg := range args {
		switch arg := arg.(type) {
		case string:
			line = append(line, arg)
		case at:
			arg(&p)
		}
	}
	code := run(ctx, line, p)
	return result{code, stdout.String(), stderr.String()}
}

// wants fails the test unless the command ended with the code, and showed each text.
func (r result) wants(t *testing.T, code int, texts ...string) result {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d\n%s%s", r.code, code, r.stdout, r.stderr)
	}
	// Where a line breaks is not what these tests are about.
	all := strings.Join(strings.Fields(r.stdout+" "+r.stderr), " ")
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Errorf("does not show %q:\n%s%s", text, r.stdout, r.stderr)
		}
	}
	return r
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func newNamespace(t *testing.T) string {
	t.Helper()
	namespace := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{GenerateName: "t-"}}
	must(t, api.admin.Create(t.Context(), namespace))
	return namespace.Name
}

// secretNames are the secrets of a namespace.
func secretNames(t *testing.T, namespace string) []string {
	t.Helper()
	list := &corev1.SecretList{}
	must(t, api.admin.List(t.Context(), list, client.InNamespace(namespace)))
	var names []string
	for _, secret := range list.Items {
		names = append(names, secret.Name)
	}
	return names
}

// kubectl runs the real one.
func kubectl(t *testing.T, args ...string) (string, error) {
	t.Helper()
	program := os.Getenv("KUBECTL")
	if program == "" {
		t.Fatal("KUBECTL does not name kubectl: run `make test`, which builds it")
	}
	output, err := exec.CommandContext(t.Context(), program, append([]string{"--kubeconfig=" + api.kubeconfig}, args...)...).CombinedOutput()
	return string(output), err
}
