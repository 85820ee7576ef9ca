package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/check"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// fields are required, of every type; answers do not carry the last one.
func fields() []config.CustomField {
	fields := []config.CustomField{
		{Name: "company", Type: "string", Unique: true}, {Name: "age", Type: "number"}, {Name: "on", Type: "boolean"}, {Name: "born", Type: "date"},
		{Name: "tags", Type: "string[]"}, {Name: "sizes", Type: "number[]"}, {Name: "prefs", Type: "json"}, {Name: "plan", Type: "enum", Values: []string{"free", "pro"}},
		{Name: "taxNumber", Type: "string", Returned: ptr.To(false)},
	}
	for i := range fields {
		fields[i].Required = true
	}
	return fields
}

// serve makes an AuthService and a server as its pods would be, behind the kubelet.
func serve(t *testing.T, change func(*v1alpha1.AuthServiceSpec)) *instance {
	t.Helper()
	auth := shop(newNamespace(t))
	for _, field := range fields() {
		auth.Spec.CustomFields = append(auth.Spec.CustomFields, v1alpha1.CustomField{
			Name: field.Name, Type: v1alpha1.CustomFieldType(field.Type), Values: field.Values, Required: true, Unique: field.Unique, Returned: field.Returned,
		})
	}
	change(&auth.Spec)
	shop := newInstance(t, auth)
	shop.ready()
	server := servers.Gatehouse(t, servers.Settings{
		Database: pgtest.Database(t), BaseURL: "https://auth.example.com", BasePath: auth.Spec.BasePath, Fields: fields(), DeleteUser: auth.Spec.User.DeleteUser.Enabled,
	})
	k := theKubelet(t)
	k.set(func() { k.server[auth.Namespace] = strings.TrimPrefix(server.Address, "http://") })
	return shop
}

func TestCheckGoesThroughAPortForward(t *testing.T) {
	t.Parallel()
	shop := serve(t, func(spec *v1alpha1.AuthServiceSpec) { spec.BasePath = "/auth/v2" })
	checked := execute(t.Context(), shop.auth.Namespace, "check", "shop", "--email", "one@example.com").
		wants(t, 0, "https://auth.example.com, at pod shop-7d9f5c6b8-4xq2m", "8 passed, 0 failed, 0 skipped", "The user one@example.com stays in the database")
	if !strings.Contains(checked.stdout, "age, born, company, on, plan, prefs, sizes, tags") {
		t.Errorf("custom fields:\n%s", checked.stdout)
	}
	file := filepath.Join(t.TempDir(), "password")
	must(t, os.WriteFile(file, []byte(databasePassword+"\n"), 0o600))
	execute(t.Context(), shop.auth.Namespace, "check", "shop", "--email", "one@example.com", "--password-file", file, "--custom-fields", `{"plan":"pro"}`).
		wants(t, 1, "FAIL sign-in", "--password-file").hides(t)
	execute(t.Context(), shop.auth.Namespace, "check", "shop", "--password-file", "-", input(databasePassword), "--custom-fields", `{"company":"mine"}`).wants(t, 0).hides(t)
	execute(t.Context(), shop.auth.Namespace, "check", "shop", "--custom-fields", "plan:pro").wants(t, 2, "--custom-fields must be a JSON object")
}

func TestCheckDeletesItsUser(t *testing.T) {
	t.Parallel()
	shop := serve(t, func(spec *v1alpha1.AuthServiceSpec) { spec.User.DeleteUser.Enabled = true })
	for range 2 {
		checked := execute(t.Context(), shop.auth.Namespace, "check", "shop", "--email", "gone@example.com", "--json").wants(t, 0)
		var report check.Report
		must(t, json.Unmarshal([]byte(checked.stdout), &report))
		if len(report.Steps) != 9 || report.Steps[1].Result != check.Passed || report.Steps[8].Result != check.Passed {
			t.Errorf("%+v", report)
		}
	}
}

func TestCheckNeedsAPodThatServes(t *testing.T) {
	t.Parallel()
	shop := newInstance(t, shop(newNamespace(t)))
	for _, pod := range shop.pods {
		pod.Status.Conditions[0].Status = corev1.ConditionFalse
		shop.status(pod)
	}
	execute(t.Context(), shop.auth.Namespace, "check", "shop").wants(t, 2, "none of the 2 pods of shop is ready; see kubectl gatehouse status shop")
}

// The first pod has no server: a port-forward that leads nowhere ends the check with what to do.
func TestCheckOfAPodThatDoesNotListen(t *testing.T) {
	t.Parallel()
	shop := newInstance(t, shop(newNamespace(t)))
	shop.ready()
	k := theKubelet(t)
	k.set(func() { k.server[shop.auth.Namespace] = "127.0.0.1:1" })
	execute(t.Context(), shop.auth.Namespace, "check", "shop").wants(t, 1, "FAIL health", "fix: see kubectl gatehouse logs shop", "https://auth.example.com/api/auth: 0 passed")
}
