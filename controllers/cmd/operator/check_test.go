package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"sigs.k8s.io/controller-runtime/pkg/envtest"
	"sigs.k8s.io/controller-runtime/pkg/healthz"
)

func TestCheck(t *testing.T) {
	environment := startAPIServer(t)
	ready := httptest.NewServer(http.StripPrefix("/readyz", &healthz.Handler{}))
	t.Cleanup(ready.Close)

	checkFails(t, "install the CRD", "--url", ready.URL+"/readyz")
	_, err := envtest.InstallCRDs(environment.Config, envtest.CRDInstallOptions{Paths: []string{"../../../config/crd/bases"}})
	if err != nil {
		t.Fatal(err)
	}
	checkFails(t, "connection refused", "--url", "http://127.0.0.1:1/readyz", "--timeout", "1s")
	checkFails(t, "not ready: HTTP 404", "--url", ready.URL, "--timeout", "1s")
	checkFails(t, "not the name of a namespace", "--watch-namespaces", "Team A")

	var output bytes.Buffer
	if err := run(t.Context(), []string{"check", "--url", ready.URL + "/readyz", "--watch-namespaces", "team-a,team-b"}, &output); err != nil {
		t.Fatal(err)
	}
	if strings.Count(output.String(), "ok  ") != 2 {
		t.Errorf("two things are checked, it says:\n%s", output.String())
	}
}

func checkFails(t *testing.T, want string, args ...string) {
	t.Helper()
	var output bytes.Buffer
	err := run(t.Context(), append([]string{"check"}, args...), &output)
	if err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("check %q: want an error with %q, got %v", args, want, err)
	}
}

func startAPIServer(t *testing.T) *envtest.Environment {
	t.Helper()
	if os.Getenv("KUBEBUILDER_ASSETS") == "" {
		t.Fatal("KUBEBUILDER_ASSETS must name the directory of kube-apiserver and etcd; run `make test`, which builds them")
	}
	environment := &envtest.Environment{}
	if _, err := environment.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := environment.Stop(); err != nil {
			t.Error(err)
		}
	})
	kubeconfig := filepath.Join(t.TempDir(), "kubeconfig")
	if err := os.WriteFile(kubeconfig, environment.KubeConfig, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("KUBECONFIG", kubeconfig)
	return environment
}
