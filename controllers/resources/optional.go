package resources

import (
	"maps"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// OptionalKind is a kind that a cluster may lack, because its definition comes with another product.
type OptionalKind struct {
	schema.GroupVersionKind
	// Plural is the name of the resource.
	Plural string
	// Product is what has to be installed for it.
	Product string
}

// The optional kinds.
var (
	KindHTTPRoute = OptionalKind{
		schema.GroupVersionKind{Group: "gateway.networking.k8s.io", Version: "v1", Kind: "HTTPRoute"}, "httproutes", "the Gateway API",
	}
	KindServiceMonitor = OptionalKind{
		schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "ServiceMonitor"}, "servicemonitors", "the Prometheus Operator",
	}
	KindPrometheusRule = OptionalKind{
		schema.GroupVersionKind{Group: "monitoring.coreos.com", Version: "v1", Kind: "PrometheusRule"}, "prometheusrules", "the Prometheus Operator",
	}
	OptionalKinds = []OptionalKind{KindHTTPRoute, KindServiceMonitor, KindPrometheusRule}
)

// Empty is an object of the kind.
func (k OptionalKind) Empty() *unstructured.Unstructured {
	object := &unstructured.Unstructured{}
	object.SetGroupVersionKind(k.GroupVersionKind)
	return object
}

// List is the kind of lists of them.
func (k OptionalKind) List() schema.GroupVersionKind {
	return k.GroupVersion().WithKind(k.Kind + "List")
}

// NeededKinds are the optional kinds that a spec has objects of.
func NeededKinds(auth *v1alpha1.AuthService) []OptionalKind {
	var needed []OptionalKind
	for _, object := range optional(auth) {
		for _, kind := range OptionalKinds {
			if object.GetObjectKind().GroupVersionKind() == kind.GroupVersionKind {
				needed = append(needed, kind)
			}
		}
	}
	return needed
}

// object of the kind; its spec has only what JSON has: maps, lists, strings, int64.
func (k OptionalKind) object(auth *v1alpha1.AuthService, component string, labels, annotations map[string]string, spec map[string]any) *unstructured.Unstructured {
	meta := objectMeta(auth, Name(auth), component)
	object := k.Empty()
	object.SetName(meta.Name)
	object.SetNamespace(meta.Namespace)
	object.SetLabels(withLabels(labels, meta.Labels))
	if len(annotations) > 0 {
		object.SetAnnotations(annotations)
	}
	object.SetOwnerReferences(meta.OwnerReferences)
	object.Object["spec"] = spec
	return object
}

// withLabels adds ours to the user's. Ours win: they are how the object is found.
func withLabels(given, ours map[string]string) map[string]string {
	all := maps.Clone(given)
	if all == nil {
		return ours
	}
	maps.Copy(all, ours)
	return all
}
