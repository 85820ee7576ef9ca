package controllers

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// A failed migration is tried again after firstRetry, then after twice as long each time, up to lastRetry.
const (
	firstRetry = time.Minute
	lastRetry  = 10 * time.Minute
)

// migrationInputs are the inputs of the objects, with the attempt that the Jobs at hand call for. The count is in the Jobs,
// so it survives the operator. When it is too early for the next attempt, the wait for it is returned too.
func migrationInputs(auth *v1alpha1.AuthService, seen *observed, image string) (resources.Inputs, time.Duration, error) {
	inputs := resources.Inputs{Image: image, Secrets: seen.secrets, Mounts: seen.mounted, MigrationMounts: seen.migrating, Attempt: 1}
	if seen.database == nil || slices.ContainsFunc(seen.missing, func(r resources.Reference) bool { return r.Migrates }) {
		return inputs, 0, nil
	}
	inputs.DatabaseSecret = resources.Fingerprint([]byte(version(seen.database)))
	hash, err := resources.MigrationHash(auth, inputs)
	if err != nil {
		return inputs, 0, err
	}
	seen.migrationHash = hash
	job := seen.migrationJob()
	if job == nil {
		return inputs, 0, nil
	}
	inputs.Attempt = resources.Attempt(job)
	failed := jobCondition(job, batchv1.JobFailed)
	if failed == nil {
		return inputs, 0, nil
	}
	if wait := failed.LastTransitionTime.Add(retryDelay(inputs.Attempt)).Sub(seen.now); wait > 0 {
		return inputs, wait, nil
	}
	inputs.Attempt++
	return inputs, 0, nil
}

func retryDelay(attempt int) time.Duration {
	delay := firstRetry
	for ; attempt > 1 && delay < lastRetry; attempt-- {
		delay *= 2
	}
	return min(delay, lastRetry)
}

// migrate makes the migration Job and returns nil when it is complete.
func (r *Reconciler) migrate(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, wanted *batchv1.Job, retryIn time.Duration) error {
	if wanted == nil {
		return &waitingError{} // for the database secret
	}
	found, err := r.find(ctx, seen, wanted)
	if err != nil {
		return err
	}
	if found == nil {
		return r.createJob(ctx, seen, wanted)
	}
	if !resources.Belongs(found, auth) {
		return nameConflict("Job", wanted.Name, "")
	}
	job := found.(*batchv1.Job)
	seen.record(job)
	switch {
	case tampered(job, wanted):
		// A Job can hardly be changed, so one that was changed by hand is replaced. Without its labels it is not watched.
		return cmp.Or[error](r.delete(ctx, job), &waitingError{after: time.Second})
	case jobCondition(job, batchv1.JobComplete) != nil:
		return nil
	default:
		return &waitingError{after: retryIn}
	}
}

// +kubebuilder:rbac:groups=batch,resources=jobs,verbs=create

// createJob uses a plain create: two operators that both see no Job make one.
func (r *Reconciler) createJob(ctx context.Context, seen *observed, job *batchv1.Job) error {
	if err := r.Writer.Create(ctx, job, client.FieldOwner(fieldOwner)); err != nil && !apierrors.IsAlreadyExists(err) {
		return fmt.Errorf("create Job %s: %w", job.Name, err)
	}
	seen.record(job)
	return &waitingError{}
}

// tampered says whether somebody took the Job's labels or owner away, or suspended it.
func tampered(job, wanted *batchv1.Job) bool {
	for key, value := range wanted.Labels {
		if job.Labels[key] != value {
			return true
		}
	}
	return ptr.Deref(job.Spec.Suspend, false) || metav1.GetControllerOfNoCopy(job) == nil
}

// migrationJob is the newest Job of the migration that the spec needs; nil when there is none.
func (s *observed) migrationJob() *batchv1.Job {
	jobs := slices.DeleteFunc(childrenOf[*batchv1.Job](s), func(job *batchv1.Job) bool {
		return s.migrationHash == "" || job.Labels[resources.LabelMigration] != s.migrationHash
	})
	if len(jobs) == 0 {
		return nil
	}
	return slices.MaxFunc(jobs, func(a, b *batchv1.Job) int { return resources.Attempt(a) - resources.Attempt(b) })
}

func (s *observed) migrationComplete() bool {
	job := s.migrationJob()
	return job != nil && jobCondition(job, batchv1.JobComplete) != nil
}

func jobCondition(job *batchv1.Job, kind batchv1.JobConditionType) *batchv1.JobCondition {
	for i := range job.Status.Conditions {
		if c := &job.Status.Conditions[i]; c.Type == kind && c.Status == corev1.ConditionTrue {
			return c
		}
	}
	return nil
}
