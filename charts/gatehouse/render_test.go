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
	var want map[string]any
	if err := yaml.Unmarshal(data, &want); err != nil {
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
		if diff := cmp.Diff(want["spec"], crd.Object["spec"]); diff != "" {
			t.Errorf("the chart's CRD differs from config/crd, run `make generate`:\n%s", diff)
		}
	}
	if strings.Contains(render(t, "--set", "crds.install=false"), "CustomResourceDefinition") {
		t.Error("crds.install=false still installs the CRD")
	}
}

func TestValuesAreChecked(t *testing.T) {
	for set, want := range map[string]string{
		"replica=2":                               "additional properties 'replica' not allowed",
		"replicas=-1":                             "minimum",
		"replicas=two":                            "want integer",
		"image.tag=a b":                           "does not match pattern",
		"image.digest=sha1:12":                    "does not match pattern",
		"image.name=operator":                     "additional properties 'name' not allowed",
		"image.pullPolicy=Sometimes":              "value must be one of",
		"logLevel=trace":                          "value must be one of",
		"watchNamespaces={Team_A}":                "does not match pattern",
		"watchNamespaces={a,a}":                   "are equal",
		"maxConcurrentReconciles=0":               "minimum",
		"metrics.serviceMonitor.interval=1":       "want string",
		"imagePullSecrets={registry}":             "want object",
		"fullnameOverride=1st":                    "does not match pattern",
		"test.baseURL=auth.team-a.svc":            "does not match pattern",
		"replicas=2,leaderElection.enabled=false": "set leaderElection.enabled to true for two or more replicas",
		"serviceAccount.create=false":             "set serviceAccount.name to an existing service account",
	} {
		t.Run(set, func(t *testing.T) {
			_, err := run(t, "HELM", "template", release, ".", "--set", set)
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("want an error with %q, got %v", want, err)
			}
		})
	}
}
