package resources

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// MetricsService is what the ServiceMonitor looks for: the ops ports of all replicas, those included that are not ready, of
// which metrics tell most; nil without a ServiceMonitor.
func MetricsService(auth *v1alpha1.AuthService) *corev1.Service {
	if auth.Spec.Monitoring.ServiceMonitor == nil {
		return nil
	}
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: objectMeta(auth, metricsName(auth), componentMetrics),
		Spec: corev1.ServiceSpec{
			Type:                     corev1.ServiceTypeClusterIP,
			ClusterIP:                corev1.ClusterIPNone,
			PublishNotReadyAddresses: true,
			Selector:                 PodSelector(auth),
			Ports: []corev1.ServicePort{{
				Name: PortOps, Port: portOps, TargetPort: intstr.FromString(PortOps), Protocol: corev1.ProtocolTCP,
			}},
		},
	}
}

// ServiceMonitor tells Prometheus to scrape the replicas; nil without the section.
func ServiceMonitor(auth *v1alpha1.AuthService) *unstructured.Unstructured {
	spec := auth.Spec.Monitoring.ServiceMonitor
	if spec == nil {
		return nil
	}
	endpoint := map[string]any{"port": PortOps, "path": "/metrics", "scheme": "http"}
	if spec.Interval != "" {
		endpoint["interval"] = spec.Interval
	}
	selected := map[string]any{}
	for key, value := range selectorLabels(auth, componentMetrics) {
		selected[key] = value
	}
	return KindServiceMonitor.object(auth, componentMetrics, spec.Labels, nil, map[string]any{
		"selector":  map[string]any{"matchLabels": selected},
		"endpoints": []any{endpoint},
	})
}

// PrometheusRule has the alerts; nil without the section.
func PrometheusRule(auth *v1alpha1.AuthService) *unstructured.Unstructured {
	spec := auth.Spec.Monitoring.PrometheusRule
	if spec == nil {
		return nil
	}
	var rules []any
	for _, a := range alerts(auth) {
		rules = append(rules, map[string]any{
			"alert": a.name, "expr": a.expr, "for": a.wait,
			"labels":      map[string]any{"severity": a.severity, "authservice": auth.Name, "namespace": auth.Namespace},
			"annotations": map[string]any{"summary": a.summary, "description": a.advice},
		})
	}
	return KindPrometheusRule.object(auth, componentMetrics, spec.Labels, nil, map[string]any{
		"groups": []any{map[string]any{"name": "gatehouse-" + auth.Namespace + "-" + auth.Name, "rules": rules}},
	})
}
