package resources

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	kjson "sigs.k8s.io/json"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// TemplateError says why the spec's template cannot be laid over the pod template, and what to change.
type TemplateError struct{ Message string }

func (e *TemplateError) Error() string { return e.Message }

// overlaid lays the overlay over base by a strategic merge and checks that what the service relies on is still there.
func overlaid(base *corev1.PodTemplateSpec, overlay *v1alpha1.PodTemplateOverlay) (*corev1.PodTemplateSpec, error) {
	if overlay == nil {
		return base, nil
	}
	original, err := json.Marshal(base)
	if err != nil {
		return nil, err
	}
	patch, err := json.Marshal(overlay)
	if err != nil {
		return nil, &TemplateError{Message: "spec.template is not valid JSON: " + err.Error()}
	}
	merged, err := strategicpatch.StrategicMergePatch(original, patch, corev1.PodTemplateSpec{})
	if err != nil {
		return nil, &TemplateError{Message: "spec.template cannot be merged: " + err.Error()}
	}
	template := &corev1.PodTemplateSpec{}
	unknown, err := kjson.UnmarshalStrict(merged, template)
	if err != nil {
		return nil, &TemplateError{Message: "spec.template has a value of a wrong type: " + err.Error()}
	}
	if len(unknown) > 0 {
		return nil, &TemplateError{Message: "spec.template: " + unknown[0].Error() + "; remove it or correct its spelling"}
	}
	if broken := brokenGuarantees(base, template); len(broken) > 0 {
		return nil, &TemplateError{Message: "spec.template breaks what the service relies on: " + strings.Join(broken, "; ")}
	}
	setAtomicDefaults(&template.Spec)
	return template, nil
}

// migrationOverlay is the part of the overlay that a migration's pod takes: everything about where and as what a pod
// runs, nothing that would keep it from ending (other containers, probes).
func migrationOverlay(overlay *v1alpha1.PodTemplateOverlay) (*v1alpha1.PodTemplateOverlay, error) {
	if overlay == nil || overlay.Spec == nil || len(overlay.Spec.Raw) == 0 {
		return overlay, nil
	}
	spec := map[string]any{}
	if err := json.Unmarshal(overlay.Spec.Raw, &spec); err != nil {
		return nil, &TemplateError{Message: "spec.template.spec is not an object: " + err.Error()}
	}
	for _, field := range []string{"initContainers", "topologySpreadConstraints", "terminationGracePeriodSeconds"} {
		delete(spec, field)
	}
	if affinity, ok := spec["affinity"].(map[string]any); ok {
		onlyKeys(affinity, "nodeAffinity") // the rest is about how replicas keep apart
	}
	if containers, ok := spec["containers"].([]any); ok {
		var kept []any
		for _, item := range containers {
			if container, ok := item.(map[string]any); ok && container["name"] == ContainerName {
				onlyKeys(container, "name", "env", "imagePullPolicy", "resources", "securityContext", "volumeMounts")
				kept = append(kept, container)
			}
		}
		spec["containers"] = kept
	}
	raw, err := json.Marshal(spec)
	if err != nil {
		return nil, fmt.Errorf("marshal spec.template.spec: %w", err)
	}
	return &v1alpha1.PodTemplateOverlay{Metadata: overlay.Metadata, Spec: &runtime.RawExtension{Raw: raw}}, nil
}

func onlyKeys(object map[string]any, keys ...string) {
	maps.DeleteFunc(object, func(key string, _ any) bool { return !slices.Contains(keys, key) })
}
