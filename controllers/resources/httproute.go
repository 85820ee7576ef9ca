package resources

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// HTTPRoute leads its hosts to the Service; nil without the section. It says what the API defaults too, so that it reads
// the same wherever it is shown.
func HTTPRoute(auth *v1alpha1.AuthService) *unstructured.Unstructured {
	spec := auth.Spec.HTTPRoute
	if spec == nil {
		return nil
	}
	var parents, hostnames []any
	for i := range spec.ParentRefs {
		parents = append(parents, parentRef(&spec.ParentRefs[i]))
	}
	for _, name := range RouteHosts(auth) {
		hostnames = append(hostnames, name)
	}
	return KindHTTPRoute.object(auth, componentServer, nil, spec.Annotations, map[string]any{
		"parentRefs": parents,
		"hostnames":  hostnames,
		"rules": []any{map[string]any{
			"matches": []any{map[string]any{"path": map[string]any{"type": "PathPrefix", "value": "/"}}},
			"backendRefs": []any{map[string]any{
				"group": "", "kind": "Service", "name": Name(auth), "port": int64(portService), "weight": int64(1),
			}},
		}},
	})
}

func parentRef(parent *v1alpha1.ParentReference) map[string]any {
	ref := map[string]any{"group": KindHTTPRoute.Group, "kind": "Gateway", "name": parent.Name}
	if parent.Namespace != "" {
		ref["namespace"] = parent.Namespace
	}
	if parent.SectionName != "" {
		ref["sectionName"] = parent.SectionName
	}
	if parent.Port != 0 {
		ref["port"] = int64(parent.Port)
	}
	return ref
}

// RouteHosts are the hosts of the HTTPRoute.
func RouteHosts(auth *v1alpha1.AuthService) []string {
	if hosts := auth.Spec.HTTPRoute.Hostnames; len(hosts) > 0 {
		return hosts
	}
	return []string{hostOf(auth.Spec.BaseURL)}
}
