package resources

import (
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Replicas that the spec wants; without meaning when they are Autoscaled.
func Replicas(auth *v1alpha1.AuthService) int32 { return ptr.Deref(auth.Spec.Replicas, 2) }

// Autoscaled says whether the number of replicas is the autoscaler's. It is not while the service is stopped, because an
// autoscaler starts nothing.
func Autoscaled(auth *v1alpha1.AuthService) bool {
	return auth.Spec.Autoscaling != nil && Replicas(auth) > 0
}

// WithinLimits is the number of replicas nearest to the given one that the autoscaler may choose.
func WithinLimits(auth *v1alpha1.AuthService, replicas int32) int32 {
	return min(max(replicas, minReplicas(auth.Spec.Autoscaling)), auth.Spec.Autoscaling.MaxReplicas)
}

func minReplicas(autoscaling *v1alpha1.AutoscalingSpec) int32 {
	return ptr.Deref(autoscaling.MinReplicas, 2)
}

func leastReplicas(auth *v1alpha1.AuthService) int32 {
	if Autoscaled(auth) {
		return minReplicas(auth.Spec.Autoscaling)
	}
	return Replicas(auth)
}
