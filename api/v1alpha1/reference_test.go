package v1alpha1_test

import (
	"flag"
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

var update = flag.Bool("update", false, "write api/README.md instead of comparing it")

const referencePath = "../README.md"

// TestReference keeps api/README.md, which is made from the CRD: it holds the descriptions of the fields, their
// bounds and the messages of the rules.
func TestReference(t *testing.T) {
	data, err := os.ReadFile(crdDirectory + "/gatehouse.dev_authservices.yaml")
	if err != nil {
		t.Fatal(err)
	}
	crd := apiextensionsv1.CustomResourceDefinition{}
	if err := yaml.UnmarshalStrict(data, &crd); err != nil {
		t.Fatal(err)
	}
	got := reference(crd)
	if *update {
		if err := os.WriteFile(referencePath, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(referencePath)
	if err != nil {
		t.Fatalf("%v; write it with `make generate`", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("api/README.md is not that of the CRD (-file +now), run `make generate`:\n%s", diff)
	}
}
