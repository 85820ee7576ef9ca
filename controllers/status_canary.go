package controllers

import (
	"cmp"
	"fmt"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// Names of the canaries in messages.
const (
	canaryOfVersion = "canary of the new version"
	canaryOfService = "canary through the Service"
)

// pending says whether there is a canary that has not passed.
func (s *observed) pending(canary work) bool { return canary.hash != "" && !s.complete(canary) }

// canaryVerdict is that of a pending canary; rest is what else its message says. A failure stands while the next attempt is
// at work.
func (s *observed) canaryVerdict(auth *v1alpha1.AuthService, canary work, what, rest string) verdict {
	v := verdict{v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonCanaryRunning, "The " + what + " is about to begin" + rest}
	newest := s.newestJob(canary)
	if newest == nil {
		return v
	}
	v.message = "The " + what + " is at work in Job " + newest.Name + rest
	pods := s.podsOf(canary)
	failed, crash, cause := s.lastFailed(canary), crashing(pods), notStarting(pods)
	switch {
	case failed != nil:
		v.status, v.reason = metav1.ConditionFalse, v1alpha1.ReasonCanaryFailed
		v.message = s.canaryFailure(auth, failed, canary, what, rest)
	case crash != "":
		v.status, v.reason = metav1.ConditionFalse, v1alpha1.ReasonCanaryFailed
		v.message = "The " + what + " failed: " + crash + rest
	case cause != "":
		v.status, v.reason = metav1.ConditionFalse, v1alpha1.ReasonPodNotStarting
		v.message = "The " + what + " cannot start: " + cause + rest
	}
	return v
}

// crashing is why the server beside a canary does not stay up, once it was started a third time; empty when it does. Its
// pod would only end with its time.
func crashing(pods []corev1.Pod) string {
	for _, pod := range pods {
		for _, server := range pod.Status.InitContainerStatuses {
			if server.Name != resources.ContainerName || server.RestartCount < 2 || ptr.Deref(server.Started, false) {
				continue
			}
			ended := cmp.Or(server.State.Terminated, server.LastTerminationState.Terminated, &corev1.ContainerStateTerminated{})
			cause, _ := resources.ParseStartReport(ended.Message)
			return "pod " + pod.Name + ": " + cmp.Or(cause, fmt.Sprintf("the server ends with exit code %d before it is ready", ended.ExitCode))
		}
	}
	return ""
}

// canaryFailure is what the pod reported. One that had no time for that is deleted when its time is over; why it could not
// start is then in the condition only.
func (s *observed) canaryFailure(auth *v1alpha1.AuthService, failed *batchv1.Job, canary work, what, rest string) string {
	report, ok := resources.ParseCanaryReport(lastWords(s.podsOf(canary), corev1.PodFailed, resources.CanaryContainer))
	if ok && report.Message != "" {
		return "The " + what + " failed: " + report.Message + rest
	}
	said := standing(auth, verdict{kind: v1alpha1.ConditionAvailable})
	if said.reason == v1alpha1.ReasonPodNotStarting || said.reason == v1alpha1.ReasonCanaryFailed {
		return said.message
	}
	return unexplained(what, failed) + rest
}

// lastFailed is the newest Job of the work that failed, or is about to, when its pods are already being deleted; nil when none
// did.
func (s *observed) lastFailed(w work) *batchv1.Job {
	var last *batchv1.Job
	for _, job := range s.jobsOf(w) {
		failed := cmp.Or(jobCondition(job, batchv1.JobFailed), jobCondition(job, batchv1.JobFailureTarget))
		if failed != nil && (last == nil || resources.Attempt(job) > resources.Attempt(last)) {
			last = job
		}
	}
	return last
}

// goOn says how many replicas still serve.
func goOn(seen *observed) string {
	deployment := seen.deployment()
	if deployment == nil || deployment.Status.ReadyReplicas == 0 {
		return ""
	}
	return fmt.Sprintf("; %d replicas go on in the previous configuration", deployment.Status.ReadyReplicas)
}

// setClientIP keeps the condition about the addresses of clients, which is there where they come through a proxy that the
// canary can come through too. What the last canary saw stands until the next one has seen it.
func setClientIP(auth *v1alpha1.AuthService, seen *observed, status *v1alpha1.AuthServiceStatus) {
	kind := v1alpha1.ConditionClientIPResolvable
	if !resources.Exposed(auth) || !ptr.Deref(auth.Spec.Rollout.Canary, true) {
		meta.RemoveStatusCondition(&status.Conditions, kind)
		return
	}
	v := verdict{kind, metav1.ConditionUnknown, v1alpha1.ReasonPending, "No canary has come through the public URL yet"}
	report, seenIt := seen.clientIPReport()
	switch {
	case !seenIt && meta.FindStatusCondition(status.Conditions, kind) != nil:
		return
	case report.ClientIP == resources.ClientIPResolvable:
		v.status, v.reason, v.message = metav1.ConditionTrue, v1alpha1.ReasonResolvable, "The rate limit sees the addresses of clients"
	case report.ClientIP == resources.ClientIPUnresolvable:
		v.status, v.reason = metav1.ConditionFalse, v1alpha1.ReasonUnresolvable
	}
	v.message = cmp.Or(report.ClientIPMessage, v.message)
	set(auth, seen, status, v)
}

func (s *observed) clientIPReport() (resources.CanaryReport, bool) {
	pods := s.podsOf(s.probe)
	for _, phase := range []corev1.PodPhase{corev1.PodSucceeded, corev1.PodFailed} {
		if report, ok := resources.ParseCanaryReport(lastWords(pods, phase, resources.CanaryContainer)); ok {
			return report, true
		}
	}
	return resources.CanaryReport{}, false
}
