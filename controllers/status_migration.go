package controllers

import (
	"cmp"
	"fmt"

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
	// applied is nil when the migration did not say it.
	applied *v1alpha1.MigrationPlan
}

// migrationReport judges by the Job, and by what its pods said about themselves. While nobody knows which migration the
// spec needs, because a secret is missing, the last judgement stands.
func migrationReport(auth *v1alpha1.AuthService, seen *observed) migrationVerdicts {
	v := migrationVerdicts{
		reachable: verdict{v1alpha1.ConditionDatabaseReachable, metav1.ConditionUnknown, v1alpha1.ReasonPending, "A migration has not connected yet"},
		migrated:  verdict{v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonPending, "Waits for the secrets"},
	}
	if seen.migration.hash == "" {
		return migrationVerdicts{reachable: standing(auth, v.reachable), migrated: standing(auth, v.migrated)}
	}
	switch {
	case seen.complete(seen.migration):
		v.reachable = reached(v.reachable)
		v.migrated = verdict{v.migrated.kind, metav1.ConditionTrue, v1alpha1.ReasonMigrated, "The database has the schema of the spec"}
		report, _ := seen.lastReport(seen.migration, corev1.PodSucceeded)
		v.schemaHash, v.applied = report.SchemaHash, report.Plan
	case seen.unapproved():
		v.planned(auth, seen)
	default:
		v.atWork(seen, seen.migration, "migration", v1alpha1.ReasonMigrating)
	}
	return v
}

// atWork judges a Job that is not complete, which is for a migration or its plan.
func (v *migrationVerdicts) atWork(seen *observed, w work, what, reason string) {
	job := seen.newestJob(w)
	if job == nil {
		v.migrated.message = "The " + what + " is about to begin"
		return
	}
	v.migrated.reason, v.migrated.message = reason, "Job "+job.Name+" is at work"
	pods := seen.podsOf(w)
	switch report, ok := seen.lastReport(w, corev1.PodFailed); {
	case report.PlanChanged:
		// The plan that it names instead was approved since.
	case ok:
		v.judge(report)
	case seen.failedAt(w, job) != nil || newestPod(pods, corev1.PodFailed) != nil:
		v.migrated.status, v.migrated.reason = metav1.ConditionFalse, v1alpha1.ReasonMigrationFailed
		v.migrated.message = unexplained(what, job)
	default:
		if cause := notStarting(pods); cause != "" {
			v.migrated.status, v.migrated.reason = metav1.ConditionFalse, v1alpha1.ReasonPodNotStarting
			v.migrated.message = cause
		}
	}
}

// judge a failed migration by its report.
func (v *migrationVerdicts) judge(report resources.MigrationReport) {
	failed := &v.migrated
	switch {
	case report.Connected:
		v.reachable = reached(v.reachable)
	case report.ReachedDatabase:
		failed = &v.reachable
	}
	failed.status, failed.reason, failed.message = metav1.ConditionFalse, report.Reason, cmp.Or(report.Message, "The migration gave no cause")
}

// unexplained is for a Job that left no report of ours: what it left instead may hold anything, and is not shown.
func unexplained(what string, job *batchv1.Job) string {
	why := "failed without a report"
	if failed := jobCondition(job, batchv1.JobFailed); failed != nil && failed.Reason == batchv1.JobReasonDeadlineExceeded {
		why = "did not end in time"
	}
	return fmt.Sprintf("The %s %s. See kubectl -n %s logs job/%s", what, why, job.Namespace, job.Name)
}

func (s *observed) lastReport(w work, phase corev1.PodPhase) (resources.MigrationReport, bool) {
	return resources.ParseMigrationReport(lastWords(s.podsOf(w), phase, resources.ContainerName))
}
