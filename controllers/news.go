package controllers

import (
	"maps"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
)

// Most of what Kubernetes writes into the objects of a rollout decides nothing, so it causes no reconcile.
var (
	ofSpec = onlyNews(newSpec)
	ofJob  = onlyNews(func(before, after client.Object) bool {
		return newSpec(before, after) || newEnd(before.(*batchv1.Job), after.(*batchv1.Job))
	})
	ofPod = onlyNews(func(before, after client.Object) bool {
		return newSpec(before, after) || newState(&before.(*corev1.Pod).Status, &after.(*corev1.Pod).Status)
	})
)

func onlyNews(news func(before, after client.Object) bool) builder.Predicates {
	return builder.WithPredicates(predicate.Funcs{UpdateFunc: func(e event.UpdateEvent) bool { return news(e.ObjectOld, e.ObjectNew) }})
}

// newSpec is anything but a new status.
func newSpec(before, after client.Object) bool {
	return before.GetUID() != after.GetUID() || before.GetGeneration() != after.GetGeneration() ||
		!before.GetDeletionTimestamp().Equal(after.GetDeletionTimestamp()) ||
		!maps.Equal(before.GetLabels(), after.GetLabels()) || !maps.Equal(before.GetAnnotations(), after.GetAnnotations()) ||
		!equality.Semantic.DeepEqual(before.GetOwnerReferences(), after.GetOwnerReferences())
}

// newEnd of a Job: until then it only counts pods, which are watched themselves.
func newEnd(before, after *batchv1.Job) bool {
	return !equality.Semantic.DeepEqual(before.Status.Conditions, after.Status.Conditions)
}

// newState of a pod is that of its containers, or that no node takes it.
func newState(before, after *corev1.PodStatus) bool {
	return before.Phase != after.Phase || !equality.Semantic.DeepEqual(before.ContainerStatuses, after.ContainerStatuses) ||
		!equality.Semantic.DeepEqual(before.InitContainerStatuses, after.InitContainerStatuses) ||
		unscheduled(before) != unscheduled(after)
}

// unscheduled is why no node takes a pod; empty when one does.
func unscheduled(status *corev1.PodStatus) string {
	for _, condition := range status.Conditions {
		if condition.Type == corev1.PodScheduled && condition.Status == corev1.ConditionFalse {
			return condition.Reason + ": " + condition.Message
		}
	}
	return ""
}
