package resources

import (
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// HorizontalPodAutoscaler chooses the number of replicas; nil where the spec does. It looks at the container of the auth
// server alone: a sidecar without requests would make the use of the whole pod unknown.
func HorizontalPodAutoscaler(auth *v1alpha1.AuthService) *autoscalingv2.HorizontalPodAutoscaler {
	if !Autoscaled(auth) {
		return nil
	}
	spec := auth.Spec.Autoscaling
	metrics := []autoscalingv2.MetricSpec{utilization(corev1.ResourceCPU, ptr.Deref(spec.TargetCPUUtilization, 80))}
	if spec.TargetMemoryUtilization != nil {
		metrics = append(metrics, utilization(corev1.ResourceMemory, *spec.TargetMemoryUtilization))
	}
	return &autoscalingv2.HorizontalPodAutoscaler{
		TypeMeta:   metav1.TypeMeta{APIVersion: "autoscaling/v2", Kind: "HorizontalPodAutoscaler"},
		ObjectMeta: objectMeta(auth, Name(auth), componentServer),
		Spec: autoscalingv2.HorizontalPodAutoscalerSpec{
			ScaleTargetRef: autoscalingv2.CrossVersionObjectReference{APIVersion: "apps/v1", Kind: "Deployment", Name: Name(auth)},
			MinReplicas:    ptr.To(minReplicas(spec)),
			MaxReplicas:    spec.MaxReplicas,
			Metrics:        metrics,
		},
	}
}

func utilization(resource corev1.ResourceName, percent int32) autoscalingv2.MetricSpec {
	return autoscalingv2.MetricSpec{
		Type: autoscalingv2.ContainerResourceMetricSourceType,
		ContainerResource: &autoscalingv2.ContainerResourceMetricSource{
			Name:      resource,
			Container: ContainerName,
			Target:    autoscalingv2.MetricTarget{Type: autoscalingv2.UtilizationMetricType, AverageUtilization: ptr.To(percent)},
		},
	}
}
