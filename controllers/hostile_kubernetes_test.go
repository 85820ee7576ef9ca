package controllers_test

import (
	"encoding/json"
	"slices"

	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// driveOn is what the rest of Kubernetes does when it is left in peace: Jobs complete, Deployments roll out. It says
// whether there was anything to do.
func (w *world) driveOn() bool {
	drove := false
	for _, job := range jobs(w.namespace) {
		if len(job.Status.Conditions) == 0 && job.DeletionTimestamp == nil && !ptr.Deref(job.Spec.Suspend, false) {
			w.endJob(&job, batchv1.JobComplete, w.lastWords(&job))
			drove = true
		}
	}
	deployments := &appsv1.DeploymentList{}
	Expect(admin.List(ctx, deployments, client.InNamespace(w.namespace))).To(Succeed())
	for i := range deployments.Items {
		if d := &deployments.Items[i]; !w.rolledOut(d) {
			n := ptr.Deref(d.Spec.Replicas, 1)
			d.Status = appsv1.DeploymentStatus{
				ObservedGeneration: d.Generation, Replicas: n, UpdatedReplicas: n, ReadyReplicas: n, AvailableReplicas: n,
				Conditions: []appsv1.DeploymentCondition{{
					Type: appsv1.DeploymentProgressing, Status: corev1.ConditionTrue, Reason: "NewReplicaSetAvailable",
					LastUpdateTime: metav1.Now(), LastTransitionTime: metav1.Now(),
				}},
			}
			Expect(admin.Status().Update(ctx, d)).To(Succeed())
			drove = true
		}
	}
	return drove
}

func (w *world) rolledOut(d *appsv1.Deployment) bool {
	n := ptr.Deref(d.Spec.Replicas, 1)
	return d.Status.ObservedGeneration == d.Generation && d.Status.AvailableReplicas == n && d.Status.UpdatedReplicas == n && d.Status.Replicas == n
}

// lastWords are the report that the program of a Job leaves.
func (w *world) lastWords(job *batchv1.Job) string {
	var words any
	switch command := job.Spec.Template.Spec.Containers[0].Args; {
	case command[0] == "canary":
		words = config.CanaryReport{Canary: config.CanaryPassed}
	case command[0] == "rekey":
		words = config.RekeyReport{Rekeyed: true}
	case slices.Contains(command, "--plan"):
		words = config.MigrationReport{Reason: config.Planned, Plan: packedPlan(w.random.IntN(2))}
	default:
		words = config.MigrationReport{Reason: config.Migrated, SchemaHash: "5c6e3a"}
	}
	text, err := json.Marshal(words)
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

// endJob makes the Job's pod, ends it with last words, and the Job with it.
func (w *world) endJob(job *batchv1.Job, kind batchv1.JobConditionType, words string) {
	pod := podOf(job)
	pod.Spec.InitContainers = nil
	if admin.Create(ctx, pod) == nil {
		pod.Status.Phase = corev1.PodSucceeded
		if kind == batchv1.JobFailed {
			pod.Status.Phase = corev1.PodFailed
		}
		pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
			Name:  pod.Spec.Containers[0].Name,
			State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Message: words}},
		}}
		Expect(admin.Status().Update(ctx, pod)).To(Succeed())
	}
	now := metav1.NewTime(w.clock.now())
	job.Status.StartTime = &now
	if kind == batchv1.JobComplete {
		job.Status.CompletionTime, job.Status.Succeeded = &now, 1
		job.Status.Conditions = jobConditions(batchv1.JobSuccessCriteriaMet, batchv1.JobComplete)
	} else {
		job.Status.Failed = 1
		job.Status.Conditions = jobConditions(batchv1.JobFailureTarget, batchv1.JobFailed)
	}
	for i := range job.Status.Conditions {
		job.Status.Conditions[i].LastTransitionTime = now
	}
	Expect(admin.Status().Update(ctx, job)).To(Succeed())
}

// failAJob ends a Job badly, with a report, with nothing, or with nonsense.
func (w *world) failAJob() {
	for _, job := range jobs(w.namespace) {
		if len(job.Status.Conditions) == 0 && job.DeletionTimestamp == nil {
			words := pickOf(w.random, "", "panic: nonsense", `{"reason":"DatabaseUnreachable","message":"no"}`, `{"reason":"MigrationFailed"}`,
				`{"reason":"Unheard"}`, `{"canary":"Failed","message":"sign-in: no"}`, `{"rekeyed":false,"message":"no"}`, report(config.PlanChanged, "other"))
			w.endJob(&job, batchv1.JobFailed, words)
			return
		}
	}
}

// stickRollout lets the pods of the Deployment fail.
func (w *world) stickRollout() {
	deployment := &appsv1.Deployment{}
	if admin.Get(ctx, client.ObjectKey{Namespace: w.namespace, Name: "login"}, deployment) != nil {
		return
	}
	deployment.Status = appsv1.DeploymentStatus{
		ObservedGeneration: deployment.Generation, Replicas: 2, UpdatedReplicas: 1, UnavailableReplicas: 1,
		Conditions: []appsv1.DeploymentCondition{{
			Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse, Reason: "ProgressDeadlineExceeded",
			LastUpdateTime: metav1.Now(), LastTransitionTime: metav1.Now(),
		}},
	}
	Expect(admin.Status().Update(ctx, deployment)).To(Succeed())
}

// packedPlan is a plan of so many statements.
func packedPlan(count int) string {
	plan := config.MigrationPlan{Hash: "0011223344556677", Count: count}
	for range count {
		plan.Statements = append(plan.Statements, config.PlannedStatement{Reason: "Create a table", SQL: "CREATE TABLE x ()"})
	}
	return config.PackPlan(plan)
}
