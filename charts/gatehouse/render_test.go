package gatehouse_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"sigs.k8s.io/yaml"
)

// cases are the values files in testdata, by name.
func cases(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.values.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no values files in testdata: %v", err)
	}
	found := map[string]string{}
	for _, path := range paths {
		found[strings.TrimSuffix(filepath.Base(path), ".values.yaml")] = path
	}
	return found
}

func TestRenderings(t *testing.T) {
	for name, values := range cases(t) {
		t.Run(name, func(t *testing.T) {
			// The CRD is large and the same in all of them; it has a test of its own.
			golden(t, "testdata/"+name+".golden.yaml", render(t, "--values", values, "--set", "crds.install=false"))
		})
	}
}

// TestOnlyTestsAreHooks: Argo CD and Flux render without helm's hooks, and leave out those of `helm test`.
func TestOnlyTestsAreHooks(t *testing.T) {
	for name, values := range cases(t) {
		for _, object := range objects(t, render(t, "--values", values)) {
			if hook, there := object.GetAnnotations()["helm.sh/hook"]; there && hook != "test" {
				t.Errorf("%s: %s %s is a hook: %s", name, object.GetKind(), object.GetName(), hook)
			}
		}
	}
}

func TestLint(t *testing.T) {
	for name, values := range cases(t) {
		t.Run(name, func(t *testing.T) { mustRun(t, "HELM", "lint", "--strict", "--values", values, ".") })
	}
}

func TestCRDIsTheGeneratedOne(t *testing.T) {
	data, err := os.ReadFile("../../config/crd/bases/gatehouse.dev_authservices.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var generated map[string]any
	if err := yaml.Unmarshal(data, &generated); err != nil {
		t.Fatal(err)
	}
	for _, keep := range []bool{true, false} {
		arguments := []string{"--show-only", "templates/crds.yaml"}
		if !keep {
			arguments = append(arguments, "--set", "crds.keep=false")
		}
		crd := objects(t, render(t, arguments...))[0]
		if crd.GetAnnotations()["helm.sh/resource-policy"] == "keep" != keep {
			t.Errorf("crds.keep=%v: annotations are %v", keep, crd.GetAnnotations())
		}
		want := map[bool]string{true: "ServerSideApply=true,Prune=false,Delete=false", false: "ServerSideApply=true"}[keep]
		if got := crd.GetAnnotations()["argocd.argoproj.io/sync-options"]; got != want {
			t.Errorf("crds.keep=%v: Argo CD is told %q, want %q", keep, got, want)
		}
		if diff := cmp.Diff(generated["spec"], crd.Object["spec"]); diff != "" {
			t.Errorf("the chart's CRD differs from config/crd, run `make generate`:\n%s", diff)
		}
	}
	if strings.Contains(render(t, "--set", "crds.install=false"), "CustomResourceDefinition") {
		t.Error("crds.install=false still installs the CRD")
	}
}

func TestValuesAreChecked(t *testing.T) {
	for set, want := range map[string]string{
		"replica=2":                                   "additional properties 'replica' not allowed",
		"image.name=operator":                         "at '/image': additional properties 'name' not allowed",
		"metrics.prometheusRule.rules={a}":            "at '/metrics/prometheusRule': additional properties 'rules' not allowed",
		"replicas=-1":                                 "at '/replicas': minimum: got -1, want 0",
		"replicas=11":                                 "at '/replicas': maximum: got 11, want 10",
		"replicas=two":                                "at '/replicas': got string, want integer",
		"revisionHistoryLimit=101":                    "at '/revisionHistoryLimit': maximum: got 101, want 100",
		"maxConcurrentReconciles=0":                   "at '/maxConcurrentReconciles': minimum: got 0, want 1",
		"image.tag=a b":                               "at '/image/tag': 'a b' does not match pattern",
		"image.repository=Registry/operator":          "at '/image/repository': 'Registry/operator' does not match pattern",
		"authserverImage.digest=sha1:12":              "at '/authserverImage/digest': 'sha1:12' does not match pattern",
		"fullnameOverride=1st":                        "at '/fullnameOverride': '1st' does not match pattern",
		"fullnameOverride=" + strings.Repeat("x", 47): "at '/fullnameOverride': maxLength: got 47, want 46",
		"watchNamespaces={Team_A}":                    "at '/watchNamespaces/0': 'Team_A' does not match pattern",
		"watchNamespaces={a,a}":                       "at '/watchNamespaces': items at 0 and 1 are equal",
		"watchNamespaces=team-a":                      "at '/watchNamespaces': got string, want array",
		"image.pullPolicy=Sometimes":                  "at '/image/pullPolicy': value must be one of 'IfNotPresent', 'Always', 'Never'",
		"logLevel=trace":                              "at '/logLevel': value must be one of 'debug', 'info', 'warn', 'error'",
		"metrics.enabled=yes":                         "at '/metrics/enabled': got string, want boolean",
		"metrics.serviceMonitor.interval=1":           "at '/metrics/serviceMonitor/interval': got number, want string",
		"metrics.serviceMonitor.interval=1 minute":    "at '/metrics/serviceMonitor/interval': '1 minute' does not match pattern",
		"metrics.clientCASecretName=CA":               "at '/metrics/clientCASecretName': 'CA' does not match pattern",
		"metrics.grafanaDashboard.labels.a=1":         "at '/metrics/grafanaDashboard/labels/a': got number, want string",
		"podLabels={a}":                               "at '/podLabels': got array, want object",
		"tolerations={a}":                             "at '/tolerations/0': got string, want object",
		"networkPolicy.egress={any}":                  "at '/networkPolicy/egress/0': got string, want object",
		"topologySpreadConstraints[0].maxSkew=1":      "at '/topologySpreadConstraints/0': missing properties 'topologyKey', 'whenUnsatisfiable'",
		"imagePullSecrets={registry}":                 "at '/imagePullSecrets/0': got string, want object",
		"test.baseURL=auth.team-a.svc":                "at '/test/baseURL': 'auth.team-a.svc' does not match pattern",
		"replicas=2,leaderElection.enabled=false":     "set leaderElection.enabled to true for two or more replicas",
		"serviceAccount.create=false":                 "set serviceAccount.name to an existing service account",
		"metrics.clientCASecretName=a,metrics.serviceMonitor.enabled=true": "set metrics.serviceMonitor.clientCertSecretName to the secret",
	} {
		t.Run(set, func(t *testing.T) {
			_, err := run(t, "HELM", "template", release, ".", "--set", set)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("want an error with %q, got %v", want, err)
			}
		})
	}
}
