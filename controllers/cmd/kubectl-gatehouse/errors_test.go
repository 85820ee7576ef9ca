package main

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestErrorsSayWhatToDo(t *testing.T) {
	t.Parallel()
	result{api.without.code, "", api.without.stderr}.wants(t, 2, "this cluster knows no AuthServices", "helm install gatehouse charts/gatehouse")
	namespace := newNamespace(t)
	execute(t.Context(), namespace, "status", "shop").wants(t, 2, "there is no AuthService in namespace "+namespace, "kubectl gatehouse init")
	for _, name := range []string{"shop", "blog"} {
		auth := shop(namespace)
		auth.Name = name
		must(t, api.admin.Create(t.Context(), auth))
	}
	for _, command := range []string{"status", "plan", "approve", "rotate", "check", "logs"} {
		execute(t.Context(), namespace, command, "shpo").wants(t, 2, `no AuthService "shpo" in namespace `+namespace+", but there is blog, shop;")
		execute(t.Context(), namespace, command, "shop", "--as=nobody").wants(t, 2, `cannot get resource "authservices"`, "ask for a Role with this verb")
	}
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	execute(t.Context(), namespace, "status", "shop", "--server="+closed.URL).wants(t, 2, "see whether the cluster is running and reachable")
	execute(t.Context(), namespace, "status", "shop", "--kubeconfig=/dev/null", "--context=none").wants(t, 2, "context \"none\" does not exist")
	execute(t.Context(), namespace, "status", "--bogus").wants(t, 2, "unknown flag")
}

func TestNamesAreCompleted(t *testing.T) {
	t.Parallel()
	auth := shop(newNamespace(t))
	must(t, api.admin.Create(t.Context(), auth))
	for _, command := range []string{"status", "plan", "approve", "rotate", "check", "logs"} {
		// kubectl and shells give the flags behind __complete.
		args := []any{"__complete", command, "--kubeconfig=" + api.kubeconfig, "--namespace=" + auth.Namespace, ""}
		completed := executeAlone(t.Context(), args...).wants(t, 0)
		if lines := strings.Split(completed.stdout, "\n"); lines[0] != "shop" || lines[1] != ":4" {
			t.Errorf("%s: %q", command, completed.stdout)
		}
	}
}

func TestVersion(t *testing.T) {
	t.Parallel()
	execute(t.Context(), "", "--version").wants(t, 0, "kubectl gatehouse version dev")
}
