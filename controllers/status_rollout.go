package controllers

import (
	"fmt"
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// available judges whether the replicas that the spec wants, in the configuration that it wants, take requests.
func available(auth *v1alpha1.AuthService, seen *observed, out outcome) verdict {
	v := verdict{v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonPending, "Waits for the migration"}
	deployment := seen.deployment()
	switch {
	case out.stalled != nil && out.stalled.condition == "":
		v.status, v.reason, v.message = metav1.ConditionFalse, out.stalled.reason, out.stalled.message
	case out.failure != nil:
		v.reason, v.message = v1alpha1.ReasonRetrying, resources.OneLine(out.failure.Error())
	case seen.waits(auth, v):
		if seen.migration.hash == "" || seen.complete(seen.migration) {
			v.message = "Waits for the secrets"
		}
		v.message += goOn(seen)
	case seen.pending(seen.canary):
		return seen.canaryVerdict(auth, seen.canary, canaryOfVersion, goOn(seen))
	case serves(deployment) && seen.pending(seen.probe):
		return seen.canaryVerdict(auth, seen.probe, canaryOfService, "")
	case deployment != nil:
		v.status, v.reason, v.message = rollout(deployment, seen.serverPods(auth))
	}
	return v
}

// waits says whether the Deployment of the present spec was never made. Once it was, the loss of a secret does not end it.
func (s *observed) waits(auth *v1alpha1.AuthService, pending verdict) bool {
	if s.migration.hash == "" || s.complete(s.migration) && len(s.missing) > 0 {
		return standing(auth, pending).reason == pending.reason
	}
	return !s.complete(s.migration)
}

// rollout judges a Deployment of the present spec.
func rollout(deployment *appsv1.Deployment, pods []corev1.Pod) (metav1.ConditionStatus, string, string) {
	wanted := ptr.Deref(deployment.Spec.Replicas, 1)
	progress := fmt.Sprintf("%d of %d replicas take requests", updatedReady(deployment), wanted)
	cause := notStarting(pods)
	if cause != "" {
		progress += "; " + cause
	}
	switch {
	case deployment.Status.ObservedGeneration < deployment.Generation:
		return metav1.ConditionUnknown, v1alpha1.ReasonRollingOut, "The rollout is about to begin"
	case serves(deployment):
		return metav1.ConditionTrue, v1alpha1.ReasonAvailable, progress
	case wanted == 0 && rolledOut(deployment):
		return metav1.ConditionTrue, v1alpha1.ReasonScaledToZero, "No replicas are wanted"
	default:
		return unfinished(deployment, progress, cause != "")
	}
}

// unfinished tells a rollout that goes on from one that cannot, and from one that was complete before pods failed.
func unfinished(deployment *appsv1.Deployment, progress string, explained bool) (metav1.ConditionStatus, string, string) {
	progressing := deploymentCondition(deployment, appsv1.DeploymentProgressing)
	failure := deploymentCondition(deployment, appsv1.DeploymentReplicaFailure)
	switch {
	case failure.Status == corev1.ConditionTrue:
		return metav1.ConditionFalse, v1alpha1.ReasonRolloutFailed, resources.OneLine(progress + "; pods cannot be made: " + failure.Message)
	case progressing.Status == corev1.ConditionFalse && !explained:
		// Such as a key that a secret lacks: the kubelet tells only the events of the pod.
		return metav1.ConditionFalse, v1alpha1.ReasonRolloutFailed, fmt.Sprintf("%s; the events of the pods say why: kubectl -n %s describe pods -l %s",
			progress, deployment.Namespace, metav1.FormatLabelSelector(deployment.Spec.Selector))
	case progressing.Status == corev1.ConditionFalse:
		return metav1.ConditionFalse, v1alpha1.ReasonRolloutFailed, progress
	case progressing.Reason == "NewReplicaSetAvailable" && rolledOut(deployment):
		return metav1.ConditionFalse, v1alpha1.ReasonUnavailable, progress
	default:
		return metav1.ConditionUnknown, v1alpha1.ReasonRollingOut, progress
	}
}

// serves says whether all replicas, and no others, are of the present template and take requests.
func serves(deployment *appsv1.Deployment) bool {
	if deployment == nil || !rolledOut(deployment) {
		return false
	}
	wanted := ptr.Deref(deployment.Spec.Replicas, 1)
	return wanted > 0 && deployment.Status.AvailableReplicas >= wanted
}

// rolledOut says whether every pod is of the present template.
func rolledOut(deployment *appsv1.Deployment) bool {
	status := &deployment.Status
	return status.ObservedGeneration >= deployment.Generation &&
		status.UpdatedReplicas == ptr.Deref(deployment.Spec.Replicas, 1) &&
		status.Replicas == status.UpdatedReplicas
}

// updatedReady is a lower bound of the ready replicas in the present configuration: the Deployment counts ready ones over
// all revisions.
func updatedReady(deployment *appsv1.Deployment) int32 {
	former := deployment.Status.Replicas - deployment.Status.UpdatedReplicas
	return max(0, deployment.Status.AvailableReplicas-former)
}

// deploymentCondition is the condition, or a zero one.
func deploymentCondition(deployment *appsv1.Deployment, kind appsv1.DeploymentConditionType) appsv1.DeploymentCondition {
	for _, condition := range deployment.Status.Conditions {
		if condition.Type == kind {
			return condition
		}
	}
	return appsv1.DeploymentCondition{}
}

func (s *observed) serverPods(auth *v1alpha1.AuthService) []corev1.Pod {
	component := resources.PodSelector(auth)[resources.LabelComponent]
	return slices.DeleteFunc(slices.Clone(s.pods), func(pod corev1.Pod) bool {
		return pod.Labels[resources.LabelComponent] != component
	})
}

// notStarting is why the first pod that cannot start, or cannot stay up, does not; empty when there is none.
func notStarting(pods []corev1.Pod) string {
	for _, pod := range pods {
		for _, container := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
			if cause := startFailure(&container); cause != "" {
				return "pod " + pod.Name + ": " + cause
			}
			if waiting := container.State.Waiting; waiting != nil && !beginning[waiting.Reason] {
				return resources.OneLine(fmt.Sprintf("pod %s: %s: %s", pod.Name, waiting.Reason, whyWaiting(&container)))
			}
		}
		if cause := unscheduled(&pod.Status); cause != "" {
			return resources.OneLine("pod " + pod.Name + ": " + cause)
		}
	}
	return ""
}

// startFailure is what the auth server left behind when it could not start, until it is tried again.
func startFailure(container *corev1.ContainerStatus) string {
	if container.Name != resources.ContainerName || container.State.Running != nil {
		return ""
	}
	for _, state := range []corev1.ContainerState{container.State, container.LastTerminationState} {
		if state.Terminated != nil {
			cause, _ := resources.ParseStartReport(state.Terminated.Message)
			return cause
		}
	}
	return ""
}

// whyWaiting is what the kubelet says, but for how long it is going to wait: that is another time after each attempt, and no
// news.
func whyWaiting(container *corev1.ContainerStatus) string {
	if waiting := container.State.Waiting; waiting.Reason != "CrashLoopBackOff" {
		return waiting.Message
	}
	return "container " + container.Name + " ends again and again; its log says why"
}

// beginning are the reasons that every pod waits for at first.
var beginning = map[string]bool{"": true, "ContainerCreating": true, "PodInitializing": true}
