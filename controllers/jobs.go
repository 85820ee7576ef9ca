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

// What failed is tried again after firstRetry, then after twice as long each time, up to lastRetry.
const (
	firstRetry = time.Minute
	lastRetry  = 10 * time.Minute
)

// work is what Jobs do, once for each inputs: a label of theirs, and of their pods, has the hash of these. Without a hash
// there is nothing to do.
type work struct{ label, hash string }

// workOf a Job that the operator wants; no work when it wants none.
func workOf(wanted *batchv1.Job, label string) work {
	if wanted == nil {
		return work{label: label}
	}
	return work{label, wanted.Labels[label]}
}

// run makes the Job that does the work and returns nil when it is complete. Wanted is its first attempt: when that failed
// there is another one after a while. Their count is in the Jobs, so it survives the operator.
func (r *Reconciler) run(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, w work, wanted *batchv1.Job) error {
	attempt, retryIn := seen.attempt(w, wanted)
	resources.SetAttempt(wanted, attempt)
	job, err := r.ensureJob(ctx, auth, seen, wanted)
	if err != nil {
		return err
	}
	if seen.failedAt(w, job) == nil && jobCondition(job, batchv1.JobComplete) != nil {
		return nil
	}
	return &waitingError{after: retryIn}
}

// ensureJob returns the Job that is there, and makes it when there is none, which is worth a wait.
func (r *Reconciler) ensureJob(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, wanted *batchv1.Job) (*batchv1.Job, error) {
	found, err := r.known(ctx, auth, seen, wanted)
	if err != nil {
		return nil, err
	}
	if found == nil {
		if found, err = r.createJob(ctx, auth, seen, wanted); err != nil {
			return nil, err
		}
	}
	if !resources.Belongs(found, auth) {
		return nil, nameConflict("Job", wanted.Name, "")
	}
	job := found.(*batchv1.Job)
	seen.record(job)
	if tampered(job, wanted) {
		// A Job can hardly be changed, so one that was changed by hand is replaced. Without its labels it is not watched.
		return nil, cmp.Or[error](r.delete(ctx, job), &waitingError{after: time.Second})
	}
	return job, nil
}

// +kubebuilder:rbac:groups=batch,resources=jobs,verbs=create

// createJob uses a plain create: two operators that both see no Job make one. It returns the one that is in its place.
func (r *Reconciler) createJob(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, job *batchv1.Job) (client.Object, error) {
	err := r.Writer.Create(ctx, job, client.FieldOwner(fieldOwner))
	switch {
	case apierrors.IsAlreadyExists(err):
		r.recall.block(auth, job)
		found, err := r.find(ctx, job)
		if err == nil && found == nil {
			err = &waitingError{after: time.Second} // it has just gone
		}
		return found, err
	case err != nil:
		return nil, fmt.Errorf("create Job %s: %w", job.Name, err)
	}
	r.recall.make(auth, seen.now)
	seen.record(job)
	return nil, &waitingError{}
}

// attempt that the Jobs at hand call for. When it is too early for the next one it is the last one, with the wait.
func (s *observed) attempt(w work, wanted *batchv1.Job) (int, time.Duration) {
	job := s.newestJob(w)
	if job == nil {
		return 1, 0
	}
	attempt := resources.Attempt(job)
	failed := s.failedAt(w, job)
	if failed == nil {
		return attempt, 0
	}
	wait := failed.Add(retryDelay(attempt)).Sub(s.now)
	if wait > 0 && job.Annotations[resources.AnnotationApprovedPlan] == wanted.Annotations[resources.AnnotationApprovedPlan] {
		return attempt, wait
	}
	return attempt + 1, 0
}

// failedAt is when the Job ended without what it was made for; nil when it did not. One that left no report counts by its
// condition, but a plan that nobody can read is none.
func (s *observed) failedAt(w work, job *batchv1.Job) *metav1.Time {
	ended := jobCondition(job, batchv1.JobFailed)
	if ended == nil && w.label == resources.LabelPlan && s.plan == nil {
		ended = jobCondition(job, batchv1.JobComplete)
	}
	if ended == nil {
		return nil
	}
	return &ended.LastTransitionTime
}

func retryDelay(attempt int) time.Duration {
	delay := firstRetry
	for ; attempt > 1 && delay < lastRetry; attempt-- {
		delay *= 2
	}
	return min(delay, lastRetry)
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

func (s *observed) jobsOf(w work) []*batchv1.Job {
	return slices.DeleteFunc(childrenOf[*batchv1.Job](s), func(job *batchv1.Job) bool {
		return w.hash == "" || job.Labels[w.label] != w.hash
	})
}

// newestJob of the work; nil when there is none.
func (s *observed) newestJob(w work) *batchv1.Job {
	jobs := s.jobsOf(w)
	if len(jobs) == 0 {
		return nil
	}
	return slices.MaxFunc(jobs, func(a, b *batchv1.Job) int { return resources.Attempt(a) - resources.Attempt(b) })
}

func (s *observed) complete(w work) bool {
	job := s.newestJob(w)
	return job != nil && jobCondition(job, batchv1.JobComplete) != nil
}

// needsAttempt keeps the newest Job of the work, and its failed predecessor, which shows the cause, until it has finished.
func (s *observed) needsAttempt(w work, job *batchv1.Job) bool {
	if w.hash == "" || job.Labels[w.label] != w.hash {
		return false
	}
	newest := s.newestJob(w)
	return job.UID == newest.UID || !finished(newest)
}

func finished(job *batchv1.Job) bool {
	return jobCondition(job, batchv1.JobComplete) != nil || jobCondition(job, batchv1.JobFailed) != nil
}

func jobCondition(job *batchv1.Job, kind batchv1.JobConditionType) *batchv1.JobCondition {
	for i := range job.Status.Conditions {
		if c := &job.Status.Conditions[i]; c.Type == kind && c.Status == corev1.ConditionTrue {
			return c
		}
	}
	return nil
}

// podsOf are the pods of all attempts at the work.
func (s *observed) podsOf(w work) []corev1.Pod {
	return slices.DeleteFunc(slices.Clone(s.pods), func(pod corev1.Pod) bool {
		return w.hash == "" || pod.Labels[w.label] != w.hash
	})
}

// newestPod that ended so; nil when there is none.
func newestPod(pods []corev1.Pod, phase corev1.PodPhase) *corev1.Pod {
	var newest *corev1.Pod
	for i := range pods {
		if pod := &pods[i]; pod.Status.Phase == phase && (newest == nil || newer(pod, newest)) {
			newest = pod
		}
	}
	return newest
}

func newer(a, b *corev1.Pod) bool {
	if byAttempt := resources.Attempt(a) - resources.Attempt(b); byAttempt != 0 {
		return byAttempt > 0
	}
	return b.CreationTimestamp.Before(&a.CreationTimestamp)
}

// lastWords are what the container of the newest pod that ended so left behind; empty when there is nothing.
func lastWords(pods []corev1.Pod, phase corev1.PodPhase, container string) string {
	pod := newestPod(pods, phase)
	if pod == nil {
		return ""
	}
	for _, status := range pod.Status.ContainerStatuses {
		if status.Name == container && status.State.Terminated != nil {
			return status.State.Terminated.Message
		}
	}
	return ""
}
