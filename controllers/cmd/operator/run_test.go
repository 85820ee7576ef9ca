package main

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	coordinationv1 "k8s.io/api/coordination/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	utilyaml "k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers"
)

// The operator as it is shipped, with the permissions of config/rbac and no others.
func TestRun(t *testing.T) {
	assets := os.Getenv("KUBEBUILDER_ASSETS")
	if _, err := os.Stat(filepath.Join(assets, "kube-apiserver")); assets == "" || err != nil {
		t.Fatal("KUBEBUILDER_ASSETS does not name a folder with kube-apiserver and etcd: run `make test`, which builds them")
	}
	root := filepath.Join("..", "..", "..", "config")
	env := &envtest.Environment{CRDDirectoryPaths: []string{filepath.Join(root, "crd", "bases")}, ErrorIfCRDPathMissing: true}
	config, err := env.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Stop(); err != nil {
			t.Error(err)
		}
	})
	admin := newAdmin(t, config)
	for _, file := range []string{"role.yaml", "leader_election.yaml", "metrics.yaml"} {
		createRoles(t, admin, filepath.Join(root, "rbac", file))
	}

	t.Setenv("KUBECONFIG", kubeconfig(t, env))
	metrics, probes := freeAddress(t), freeAddress(t)
	log := &syncBuffer{}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- run(ctx, []string{
			"--leader-elect", "--leader-election-namespace=default",
			"--metrics-bind-address=" + metrics, "--health-probe-bind-address=" + probes,
			"--watch-namespaces=default", "--authserver-image=docker.io/gatehouse/authserver:run",
		}, log)
	}()

	for _, path := range []string{"/healthz", "/readyz"} {
		eventually(t, func() error { return answers(probes, path) })
	}
	auth := &v1alpha1.AuthService{
		ObjectMeta: metav1.ObjectMeta{Name: "login", Namespace: "default"},
		Spec:       v1alpha1.AuthServiceSpec{Database: v1alpha1.DatabaseSpec{SecretRef: v1alpha1.DatabaseSecretReference{Name: "db"}}},
	}
	must(t, admin.Create(ctx, auth))
	eventually(t, func() error {
		if err := admin.Get(ctx, client.ObjectKeyFromObject(auth), auth); err != nil || len(auth.Status.Conditions) == 0 {
			return fmt.Errorf("no status yet: %w", err)
		}
		return admin.Get(ctx, client.ObjectKeyFromObject(auth), &corev1.Service{})
	})
	lease := &coordinationv1.Lease{ObjectMeta: metav1.ObjectMeta{Name: "operator.gatehouse.dev", Namespace: "default"}}
	must(t, admin.Get(ctx, client.ObjectKeyFromObject(lease), lease))
	if lease.Spec.HolderIdentity == nil || *lease.Spec.HolderIdentity == "" {
		t.Error("nobody holds the lease")
	}
	checkMetrics(t, admin, metrics)

	cancel()
	select {
	case err := <-done:
		must(t, err)
	case <-time.After(30 * time.Second):
		t.Fatal("the operator does not end")
	}
	must(t, admin.Get(t.Context(), client.ObjectKeyFromObject(lease), lease))
	if *lease.Spec.HolderIdentity != "" {
		t.Error("the lease was not given back, so a successor would wait for it to expire")
	}
	checkLog(t, log.String())
}

// checkMetrics: not for everybody, but for those whom config/rbac lets.
func checkMetrics(t *testing.T, admin client.Client, address string) {
	t.Helper()
	transport := &http.Transport{TLSClientConfig: &tls.Config{InsecureSkipVerify: true}}
	defer transport.CloseIdleConnections()
	scrape := func(token string) (int, string) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://"+address+"/metrics", nil)
		must(t, err)
		if token != "" {
			request.Header.Set("Authorization", "Bearer "+token)
		}
		response, err := transport.RoundTrip(request)
		must(t, err)
		defer response.Body.Close()
		body, err := io.ReadAll(response.Body)
		must(t, err)
		return response.StatusCode, string(body)
	}
	if status, _ := scrape(""); status != http.StatusUnauthorized {
		t.Errorf("metrics without a token: %d", status)
	}
	if status, _ := scrape(newToken(t, admin, "anybody")); status != http.StatusForbidden {
		t.Errorf("metrics for somebody without permission: %d", status)
	}
	bind(t, admin, "gatehouse-operator-metrics-reader", rbacv1.Subject{Kind: "ServiceAccount", Name: "prometheus", Namespace: "default"})
	status, body := scrape(newToken(t, admin, "prometheus"))
	if status != http.StatusOK || !strings.Contains(body, `gatehouse_authservice_ready{name="login",namespace="default"} 0`) {
		t.Errorf("metrics: %d\n%s", status, body)
	}
	checkMonitored(t, body)
}

func newToken(t *testing.T, admin client.Client, name string) string {
	t.Helper()
	account := &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: "default"}}
	must(t, admin.Create(t.Context(), account))
	token := &authenticationv1.TokenRequest{}
	must(t, admin.SubResource("token").Create(t.Context(), account, token))
	return token.Status.Token
}

// checkLog: every line is JSON, and nothing went wrong.
func checkLog(t *testing.T, log string) {
	t.Helper()
	for line := range strings.Lines(log) {
		var entry struct{ Level, Msg string }
		if err := json.Unmarshal([]byte(line), &entry); err != nil || entry.Level == "" {
			t.Errorf("not a line of JSON: %s", line)
		}
		// controller-runtime says so of every lease that it gives back.
		if entry.Level == "ERROR" && !strings.Contains(line, "leader election lost") {
			t.Errorf("error: %s", line)
		}
	}
}

func newAdmin(t *testing.T, config *rest.Config) client.Client {
	t.Helper()
	scheme, err := controllers.NewScheme()
	must(t, err)
	admin, err := client.New(config, client.Options{Scheme: scheme})
	must(t, err)
	return admin
}

// createRoles makes the roles of a file, and binds the user operator to them; the bindings of the file are for the cluster.
func createRoles(t *testing.T, admin client.Client, path string) {
	t.Helper()
	data, err := os.ReadFile(path)
	must(t, err)
	operator := rbacv1.Subject{APIGroup: rbacv1.GroupName, Kind: "User", Name: "operator"}
	decoder := utilyaml.NewYAMLOrJSONDecoder(bytes.NewReader(data), 1<<16)
	for {
		role := &rbacv1.ClusterRole{}
		err := decoder.Decode(role)
		if errors.Is(err, io.EOF) {
			return
		}
		must(t, err)
		switch role.Kind {
		case "ClusterRole":
			must(t, admin.Create(t.Context(), role))
			if !strings.HasSuffix(role.Name, "-reader") {
				bind(t, admin, role.Name, operator)
			}
		case "Role":
			meta := metav1.ObjectMeta{Name: role.Name, Namespace: "default"}
			must(t, admin.Create(t.Context(), &rbacv1.Role{ObjectMeta: meta, Rules: role.Rules}))
			must(t, admin.Create(t.Context(), &rbacv1.RoleBinding{ObjectMeta: meta, Subjects: []rbacv1.Subject{operator},
				RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: role.Name}}))
		}
	}
}

func bind(t *testing.T, admin client.Client, role string, subject rbacv1.Subject) {
	t.Helper()
	must(t, admin.Create(t.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: role + "-" + subject.Name},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
		Subjects:   []rbacv1.Subject{subject},
	}))
}

func kubeconfig(t *testing.T, env *envtest.Environment) string {
	t.Helper()
	user, err := env.AddUser(envtest.User{Name: "operator"}, nil)
	must(t, err)
	data, err := user.KubeConfig()
	must(t, err)
	path := filepath.Join(t.TempDir(), "kubeconfig")
	must(t, os.WriteFile(path, data, 0o600))
	return path
}

func freeAddress(t *testing.T) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	defer listener.Close()
	return listener.Addr().String()
}

func answers(address, path string) error {
	response, err := http.Get("http://" + address + path)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s: %s", path, response.Status)
	}
	return nil
}

func eventually(t *testing.T, try func() error) {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

type syncBuffer struct {
	mu     sync.Mutex
	buffer bytes.Buffer
}

func (b *syncBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.Write(data)
}

func (b *syncBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buffer.String()
}
