package gatehouse_test

import (
	"errors"
	"io"
	"maps"
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

// TestKustomizeMakesTheSameObjects: whoever installs without Helm gets what the chart makes.
func TestKustomizeMakesTheSameObjects(t *testing.T) {
	for name, same := range map[string]struct {
		values   []string
		overlays []string
	}{
		"default":    {nil, []string{"default"}},
		"namespaced": {[]string{"--values", "testdata/single-namespace.values.yaml", "--set", "metrics.enabled=false"}, []string{"namespaced"}},
		"monitoring": {
			[]string{"--set", "metrics.serviceMonitor.enabled=true,metrics.prometheusRule.enabled=true,metrics.grafanaDashboard.enabled=true"},
			[]string{"default", "prometheus", "grafana"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			chart := byName(objects(t, render(t, append([]string{"--no-hooks"}, same.values...)...)))
			kustomize := map[string]any{}
			for _, overlay := range same.overlays {
				maps.Copy(kustomize, byName(objects(t, mustRun(t, "KUBECTL", "kustomize", "../../config/"+overlay))))
			}
			if _, there := kustomize["Namespace "+namespace]; there != (name != "namespaced") {
				t.Errorf("%q make the namespace: %v", same.overlays, there)
			}
			// With Helm, the namespace is the user's (--create-namespace).
			delete(kustomize, "Namespace "+namespace)
			if diff := cmp.Diff(chart, kustomize); diff != "" {
				t.Errorf("config/%q differs from the chart (-chart +kustomize):\n%s", same.overlays, diff)
			}
		})
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
		delete(annotations, "argocd.argoproj.io/sync-options")
		object.SetLabels(labels)
		object.SetAnnotations(annotations)
		found[object.GetKind()+" "+object.GetName()] = object.Object
	}
	return found
}
