package controllers

import (
	"fmt"
	"slices"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// migrationVerdicts is what the migration tells about the database and its schema.
type migrationVerdicts struct {
	reachable, migrated verdict
	schemaHash          string
}

// migrationReport judges by the Job, and by what its pods said about themselves. While nobody knows which migration the
// spec needs, because a secret is missing, the last judgement stands.
func migrationReport(auth *v1alpha1.AuthService, seen *observed) migrationVerdicts {
	v := migrationVerdicts{
		reachable: verdict{v1alpha1.ConditionDatabaseReachable, metav1.ConditionUnknown, v1alpha1.ReasonPending, "A migration has not connected yet"},
		migrated:  verdict{v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonPending, "Waits for the secrets"},
	}
	if seen.migrationHash == "" {
		return migrationVerdicts{reachable: standing(auth, v.reachable), migrated: standing(auth, v.migrated)}
	}
	job := seen.migrationJob()
	if job == nil {
		v.migrated.message = "The migration is about to begin"
		return v
	}
	if jobCondition(job, batchv1.JobComplete) != nil {
		v.reachable = verdict{v.reachable.kind, metav1.ConditionTrue, v1alpha1.ReasonReachable, "The last migration connected"}
		v.migrated = verdict{v.migrated.kind, metav1.ConditionTrue, v1alpha1.ReasonMigrated, "The database has the schema of the spec"}
		if report, ok := seen.newestReport(corev1.PodSucceeded); ok {
			v.schemaHash = report.SchemaHash
		}
		return v
	}
	v.migrated.reason, v.migrated.message = v1alpha1.ReasonMigrating, "Job "+job.Name+" is at work"
	switch report, ok := seen.newestReport(corev1.PodFailed); {
	case ok:
		v.judge(report)
	case jobCondition(job, batchv1.JobFailed) != nil || seen.newestMigrationPod(corev1.PodFailed) != nil:
		v.migrated.status, v.migrated.reason = metav1.ConditionFalse, v1alpha1.ReasonMigrationFailed
		v.migrated.message = unexplained(job)
	default:
		if cause := notStarting(seen.migrationPods()); cause != "" {
			v.migrated.status, v.migrated.reason = metav1.ConditionFalse, v1alpha1.ReasonPodNotStarting
			v.migrated.message = cause
		}
	}
	return v
}

// judge a failed migration by its report.
func (v *migrationVerdicts) judge(report resources.MigrationReport) {
	failed := &v.migrated
	switch {
	case report.Connected:
		v.reachable.status, v.reachable.reason = metav1.ConditionTrue, v1alpha1.ReasonReachable
		v.reachable.message = "The last migration connected"
	case report.ReachedDatabase:
		failed = &v.reachable
	}
	failed.status, failed.reason, failed.message = metav1.ConditionFalse, report.Reason, report.Message
}

// unexplained is for a migration that left no report of ours: what it left instead may hold anything, and is not shown.
func unexplained(job *batchv1.Job) string {
	why := "failed without a report"
	if failed := jobCondition(job, batchv1.JobFailed); failed != nil && failed.Reason == batchv1.JobReasonDeadlineExceeded {
		why = "did not end in time"
	}
	return fmt.Sprintf("The migration %s. See kubectl -n %s logs job/%s", why, job.Namespace, job.Name)
}

func (s *observed) newestReport(phase corev1.PodPhase) (resources.MigrationReport, bool) {
	pod := s.newestMigrationPod(phase)
	if pod == nil {
		return resources.MigrationReport{}, false
	}
	for _, container := range pod.Status.ContainerStatuses {
		if container.Name == resources.ContainerName && container.State.Terminated != nil {
			return resources.ParseMigrationReport(container.State.Terminated.Message)
		}
	}
	return resources.MigrationReport{}, false
}

func (s *observed) newestMigrationPod(phase corev1.PodPhase) *corev1.Pod {
	var newest *corev1.Pod
	for _, pod := range s.migrationPods() {
		if pod.Status.Phase == phase && (newest == nil || newest.CreationTimestamp.Before(&pod.CreationTimestamp)) {
			newest = &pod
		}
	}
	return newest
}

// migrationPods are the pods of all attempts at the migration that the spec needs.
func (s *observed) migrationPods() []corev1.Pod {
	return slices.DeleteFunc(slices.Clone(s.pods), func(pod corev1.Pod) bool {
		return pod.Labels[resources.LabelMigration] != s.migrationHash
	})
}
