package main

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

const (
	databasePassword = "a-password-to-look-for"
	databaseURL      = "postgresql://shop:" + databasePassword + "@db:5432/shop"
)

// hides fails the test if a secret was shown.
func (r result) hides(t *testing.T) result {
	t.Helper()
	if strings.Contains(r.stdout+r.stderr, databasePassword) {
		t.Errorf("shows the password:\n%s%s", r.stdout, r.stderr)
	}
	return r
}

// The flags of the brief's setup_auth.py.
func TestInitWritesAManifest(t *testing.T) {
	t.Parallel()
	full := execute(t.Context(), "", "init", "--project-name", "shop", "--custom-fields", "role:string tier:string", "--port", "3002",
		"--allowed-origins", "https://app.example.com,http://localhost:*", "--database-url", databaseURL).wants(t, 0, "kubectl port-forward service/shop 3002:80", "in the history of your shell").hides(t)
	golden(t, "init.yaml", "default", full.stdout)
	minimal := execute(t.Context(), "team-a", "init").wants(t, 0, "kubectl apply --namespace team-a -f <the manifest>", "--from-file=uri=/dev/stdin")
	golden(t, "init-minimal.yaml", "default", minimal.stdout)
	execute(t.Context(), "", "init", variables(map[string]string{"ALLOWED_ORIGINS": "http://localhost:3000,http://localhost:8000", "DATABASE_URL": databaseURL})).
		wants(t, 0, "- http://localhost:3000 - http://localhost:8000 ").hides(t)
	execute(t.Context(), "", "init", "--database-secret", "saas-app").wants(t, 0, "name: saas-app # Columns of your own")
}

// Every manifest passes the validation of the CRD, with unknown fields as errors, as it is and with its comments taken up.
func TestManifestsAreValid(t *testing.T) {
	t.Parallel()
	for name, args := range map[string][]any{
		"minimal": {},
		"fields": {
			"--custom-fields", "role:string softwareBackground:string age:number born:date on:boolean tags:string[] sizes:number[] prefs:json", "--base-url", "https://auth.example.com",
			"--allowed-origins", "https://app.example.com,https://*.example.com,*.example.org,http://[::1]:3000", "--database-secret", "x.y/some_key",
		},
		"names": {"--project-name", "on", "--custom-fields", "yes:string no:boolean null:number"},
	} {
		for _, comments := range []bool{false, true} {
			namespace := newNamespace(t)
			manifest := execute(t.Context(), namespace, append([]any{"init"}, args...)...).wants(t, 0).stdout
			if comments {
				manifest = strings.NewReplacer("# input: false", "input: false", "# default: user", "default: user",
					"# allowedOrigins:", "allowedOrigins:", "# customFields:", "customFields:").Replace(manifest)
			}
			file := filepath.Join(t.TempDir(), "manifest.yaml")
			must(t, os.WriteFile(file, []byte(manifest), 0o600))
			if output, err := kubectl(t, "apply", "--validate=strict", "--filename", file); err != nil {
				t.Errorf("%s, with its comments taken up %v: %v: %s\n%s", name, comments, err, output, manifest)
			}
		}
	}
}

func TestInitApplies(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "url")
	must(t, os.WriteFile(file, []byte(databaseURL+"\n"), 0o600))
	for name, source := range map[string][]any{
		"file": {"--database-url-file", file}, "standard input": {"--database-url-file", "-", input(databaseURL + "\n")},
		"environment": {variables(map[string]string{"DATABASE_URL": databaseURL})}, "flag": {"--database-url", databaseURL},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			namespace := newNamespace(t)
			written := filepath.Join(t.TempDir(), "shop.yaml")
			line := append([]any{"init", "--project-name", "shop", "--apply", "--output", written}, source...)
			execute(t.Context(), namespace, line...).wants(t, 0, "secret/shop-db created", "authservice.gatehouse.dev/shop applied", "status shop").hides(t)
			secret := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "shop-db", Namespace: namespace}}
			must(t, api.admin.Get(t.Context(), client.ObjectKeyFromObject(secret), secret))
			if string(secret.Data["uri"]) != databaseURL {
				t.Errorf("the secret has %q", secret.Data)
			}
			must(t, api.admin.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: "shop"}, &v1alpha1.AuthService{}))
			manifest, err := os.ReadFile(written)
			must(t, err)
			if strings.Contains(string(manifest), databasePassword) || !strings.Contains(string(manifest), "name: shop-db") {
				t.Errorf("wrote\n%s", manifest)
			}
			// Again: what exists is left alone, and can be named.
			execute(t.Context(), namespace, append([]any{"init", "--project-name", "shop", "--apply"}, source...)...).wants(t, 2, "--database-secret shop-db/uri").hides(t)
			execute(t.Context(), namespace, "init", "--project-name", "shop", "--apply", "--database-secret", "shop-db/uri").wants(t, 0, "shop applied")
		})
	}
}

// What somebody else has set is not taken over.
func TestInitLeavesWhatOthersApplied(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t)
	must(t, api.admin.Create(t.Context(), shop(namespace)))
	execute(t.Context(), namespace, "init", "--project-name", "shop", "--apply", "--database-url", databaseURL).
		wants(t, 2, ".spec.baseURL", "the AuthService exists already").hides(t)
	if names := secretNames(t, namespace); len(names) != 0 {
		t.Errorf("left the secrets %q", names)
	}
}

// What the API server refuses leaves nothing behind.
func TestInitAppliesBothOrNothing(t *testing.T) {
	t.Parallel()
	namespace := newNamespace(t)
	execute(t.Context(), namespace, "init", "--apply", "--database-url", databaseURL, "--custom-fields", "email:string").
		wants(t, 2, "choose another name: this one is a column that every user has").hides(t)
	if names := secretNames(t, namespace); slices.Contains(names, "auth-service-db") {
		t.Errorf("left the secrets %q", names)
	}
	execute(t.Context(), namespace, "init", "--apply").wants(t, 2, "--apply needs the database")
}

func TestInitRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	many := filepath.Join(t.TempDir(), "many")
	must(t, os.WriteFile(many, []byte(databaseURL+"\n"+databaseURL+"\n"), 0o600))
	for want, args := range map[string][]any{
		"begin with a letter":                        {"--project-name", "1shop"},
		"--port 0":                                   {"--port", "0"},
		`custom field "role:": give it one of`:       {"--custom-fields", "role"},
		`custom field "a-b:string": write name:type`: {"--custom-fields", "a-b:string"},
		"make it an enum with its values":            {"--custom-fields", "tier:enum"},
		"it is there twice":                          {"--custom-fields", "tier:string Tier:string"},
		"allowed origin \"https://a.example/\"":      {"--allowed-origins", "https://a.example/"},
		"write it as an origin":                      {"--base-url", "auth.example.com"},
		"not one of PostgreSQL":                      {"--database-url", "mysql://shop:" + databasePassword + "@db/shop"},
		"percent-encoded":                            {"--database-url", "postgres://shop:" + databasePassword + "%zz@db/shop"},
		"more than one line":                         {"--database-url-file", many},
		"exists already; remove it":                  {"--output", many},
		"DATABASE_URL: the database URL is not":      {variables(map[string]string{"DATABASE_URL": databasePassword})},
		"it is empty":                                {"--database-url-file", "-"},
		"no such file":                               {"--database-url-file", filepath.Join(t.TempDir(), "none")},
		"none of the others can be":                  {"--database-url-file", "-", "--database-secret", "x"},
	} {
		refused := execute(t.Context(), "", append([]any{"init"}, args...)...).wants(t, 2, want).hides(t)
		if refused.stdout != "" {
			t.Errorf("%q: wrote %s", args, refused.stdout)
		}
	}
}
