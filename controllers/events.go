package controllers

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// announced are the conditions whose changes are events. Ready only repeats the others while it is not True.
var announced = []string{
	v1alpha1.ConditionSecretsReady, v1alpha1.ConditionDatabaseReachable, v1alpha1.ConditionSchemaMigrated,
	v1alpha1.ConditionAvailable, v1alpha1.ConditionExposed, v1alpha1.ConditionMonitored, v1alpha1.ConditionBrowserTopology,
	v1alpha1.ConditionClientIPResolvable, v1alpha1.ConditionReady,
}

// +kubebuilder:rbac:groups=events.k8s.io,resources=events,verbs=create;patch

// announce makes one event of each condition that was decided anew.
func (r *Reconciler) announce(auth *v1alpha1.AuthService, before, after []metav1.Condition) {
	for _, kind := range announced {
		then, now := meta.FindStatusCondition(before, kind), meta.FindStatusCondition(after, kind)
		switch {
		case now == nil || then != nil && then.Status == now.Status && then.Reason == now.Reason:
		case now.Reason == v1alpha1.ReasonApprovalNeeded && kind != v1alpha1.ConditionReady:
			r.Events.Eventf(auth, nil, corev1.EventTypeNormal, now.Reason, "Reconcile", "%s", now.Message)
		case now.Status == metav1.ConditionUnknown:
		case now.Status == metav1.ConditionTrue:
			r.Events.Eventf(auth, nil, corev1.EventTypeNormal, now.Reason, "Reconcile", "%s", now.Message)
		case kind != v1alpha1.ConditionReady:
			r.Events.Eventf(auth, nil, corev1.EventTypeWarning, now.Reason, "Reconcile", "%s", now.Message)
		}
	}
}
