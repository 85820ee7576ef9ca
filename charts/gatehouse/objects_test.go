package gatehouse_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/yaml"
)

// objects are those of a stream of YAML documents, in its order.
func objects(t *testing.T, stream string) []*unstructured.Unstructured {
	t.Helper()
	var found []*unstructured.Unstructured
	decoder := yaml.NewYAMLOrJSONDecoder(strings.NewReader(stream), 4096)
	for {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(&object.Object); errors.Is(err, io.EOF) {
			return found
		} else if err != nil {
			t.Fatal(err)
		}
		if len(object.Object) > 0 {
			found = append(found, object)
		}
	}
}

// TestKustomizeMakesTheSameObjects: whoever installs without Helm gets what the chart makes by default.
func TestKustomizeMakesTheSameObjects(t *testing.T) {
	chart := byName(objects(t, render(t, "--no-hooks")))
	kustomize := byName(objects(t, mustRun(t, "KUBECTL", "kustomize", "../../config/default")))

	if _, there := kustomize["Namespace "+namespace]; !there {
		t.Errorf("config/default makes no namespace %s", namespace)
	}
	// With Helm, the namespace is the user's (--create-namespace).
	delete(kustomize, "Namespace "+namespace)
	if diff := cmp.Diff(chart, kustomize); diff != "" {
		t.Errorf("config/default differs from the chart (-chart +kustomize):\n%s", diff)
	}
}

// byName indexes objects by kind and name, without what only Helm writes.
func byName(all []*unstructured.Unstructured) map[string]any {
	found := map[string]any{}
	for _, object := range all {
		labels, annotations := object.GetLabels(), object.GetAnnotations()
		for _, label := range []string{"helm.sh/chart", "app.kubernetes.io/managed-by", "app.kubernetes.io/version"} {
			delete(labels, label)
		}
		delete(annotations, "helm.sh/resource-policy")
		object.SetLabels(labels)
		object.SetAnnotations(annotations)
		found[object.GetKind()+" "+object.GetName()] = object.Object
	}
	return found
}
