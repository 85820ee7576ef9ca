package resources

import (
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// PodDisruptionBudget keeps all replicas but one up during drains, or what the spec says; nil when there may be fewer than
// two, where it could only block drains. Pods that are not ready anyway may always be evicted, so that a broken rollout does
// not block them either.
func PodDisruptionBudget(auth *v1alpha1.AuthService) *policyv1.PodDisruptionBudget {
	budget := ptr.Deref(auth.Spec.PodDisruptionBudget, v1alpha1.PodDisruptionBudgetSpec{})
	if leastReplicas(auth) < 2 || !ptr.Deref(budget.Enabled, true) {
		return nil
	}
	if budget.MinAvailable == nil && budget.MaxUnavailable == nil {
		budget.MaxUnavailable = ptr.To(intstr.FromInt32(1))
	}
	return &policyv1.PodDisruptionBudget{
		TypeMeta:   metav1.TypeMeta{APIVersion: "policy/v1", Kind: "PodDisruptionBudget"},
		ObjectMeta: objectMeta(auth, Name(auth), componentServer),
		Spec: policyv1.PodDisruptionBudgetSpec{
			MinAvailable:               budget.MinAvailable,
			MaxUnavailable:             budget.MaxUnavailable,
			Selector:                   &metav1.LabelSelector{MatchLabels: PodSelector(auth)},
			UnhealthyPodEvictionPolicy: ptr.To(policyv1.AlwaysAllow),
		},
	}
}
