package plugin

import (
	"fmt"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// podState is the phase, or what keeps the pod from it.
func podState(pod *corev1.Pod) string {
	words := string(pod.Status.Phase)
	restarts := int32(0)
	containers := append(append([]corev1.ContainerStatus{}, pod.Status.InitContainerStatuses...), pod.Status.ContainerStatuses...)
	for _, container := range containers {
		restarts += container.RestartCount
		switch waiting, ended := container.State.Waiting, container.State.Terminated; {
		case waiting != nil && waiting.Reason != "" && waiting.Reason != "PodInitializing":
			words = container.Name + ": " + waiting.Reason
		case ended != nil && ended.ExitCode != 0:
			words = fmt.Sprintf("%s: %s with exit code %d", container.Name, ended.Reason, ended.ExitCode)
		}
	}
	if pod.Status.Phase == corev1.PodRunning && !ready(pod) {
		words += ", not ready"
	}
	if restarts > 0 {
		words += fmt.Sprintf(", restarts: %d", restarts)
	}
	return words
}

func ready(pod *corev1.Pod) bool {
	for _, condition := range pod.Status.Conditions {
		if condition.Type == corev1.PodReady {
			return condition.Status == corev1.ConditionTrue
		}
	}
	return false
}

func jobState(job *batchv1.Job, now time.Time) string {
	for _, condition := range job.Status.Conditions {
		if condition.Status != corev1.ConditionTrue {
			continue
		}
		switch condition.Type {
		case batchv1.JobComplete:
			return "Complete" + took(job, " after ", condition.LastTransitionTime.Time)
		case batchv1.JobFailed:
			return "Failed: " + condition.Reason + took(job, " after ", condition.LastTransitionTime.Time)
		case batchv1.JobSuspended:
			return "Suspended"
		}
	}
	return "Running" + took(job, " for ", now)
}

func took(job *batchv1.Job, words string, end time.Time) string {
	if job.Status.StartTime == nil {
		return ""
	}
	return words + age(job.Status.StartTime.Time, end)
}
