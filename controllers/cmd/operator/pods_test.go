package main

import (
	"context"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// report is what every Job's pod leaves behind: a migration, a canary and the rest each read their part of it.
const report = `{"reason":"Migrated","schemaHash":"5c6e3a","canary":"Passed","rekeyed":true}`

// runPods is the rest of Kubernetes, until ctx ends: each Job completes, and each Deployment rolls out. What fails, as by a
// conflict, is tried again.
func runPods(ctx context.Context, admin client.Client) {
	for tick := time.NewTicker(20 * time.Millisecond); ; {
		jobs, deployments := &batchv1.JobList{}, &appsv1.DeploymentList{}
		_ = admin.List(ctx, jobs, client.InNamespace(namespace))
		for i := range jobs.Items {
			if job := &jobs.Items[i]; len(job.Status.Conditions) == 0 {
				_ = complete(ctx, admin, job)
			}
		}
		_ = admin.List(ctx, deployments, client.InNamespace(namespace))
		for i := range deployments.Items {
			if deployment := &deployments.Items[i]; deployment.Status.ObservedGeneration < deployment.Generation {
				rolledOut(deployment)
				_ = admin.Status().Update(ctx, deployment)
			}
		}
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		}
	}
}

func complete(ctx context.Context, admin client.Client, job *batchv1.Job) error {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{GenerateName: job.Name + "-", Namespace: job.Namespace, Labels: job.Spec.Template.Labels},
		Spec:       job.Spec.Template.Spec,
	}
	if err := admin.Create(ctx, pod); err != nil {
		return err
	}
	pod.Status.Phase = corev1.PodSucceeded
	for _, container := range pod.Spec.Containers {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
			Name:  container.Name,
			State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Message: report}},
		})
	}
	if err := admin.Status().Update(ctx, pod); err != nil {
		return err
	}
	now := metav1.Now()
	job.Status = batchv1.JobStatus{StartTime: &now, CompletionTime: &now, Succeeded: 1}
	for _, kind := range []batchv1.JobConditionType{batchv1.JobSuccessCriteriaMet, batchv1.JobComplete} {
		job.Status.Conditions = append(job.Status.Conditions, batchv1.JobCondition{
			Type: kind, Status: corev1.ConditionTrue, LastTransitionTime: now, Reason: "Test",
		})
	}
	return admin.Status().Update(ctx, job)
}

func rolledOut(deployment *appsv1.Deployment) {
	n := *deployment.Spec.Replicas
	deployment.Status = appsv1.DeploymentStatus{
		ObservedGeneration: deployment.Generation,
		Replicas:           n, UpdatedReplicas: n, ReadyReplicas: n, AvailableReplicas: n,
		Conditions: []appsv1.DeploymentCondition{{
			Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: "NewReplicaSetAvailable",
			LastUpdateTime: metav1.Now(), LastTransitionTime: metav1.Now(),
		}},
	}
}
