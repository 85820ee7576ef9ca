package controllers

import (
	"context"
	"slices"
	"time"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// rekeyAgain is when what a rekeying left is looked at again: mails wait for hours.
const rekeyAgain = time.Hour

// scheduleRekeying decides which Job is wanted, and when the next one will be.
func (s *observed) scheduleRekeying(ring *resources.Ring) {
	if !ring.NeedsRekeying(s.now) {
		return
	}
	s.rekeyAttempt = 1
	job := s.newestJob(s.rekeying())
	if job == nil {
		return
	}
	s.rekeyAttempt = resources.Attempt(job)
	ended, delay := jobCondition(job, batchv1.JobFailed), retryDelay(s.rekeyAttempt)
	if ended == nil {
		ended, delay = jobCondition(job, batchv1.JobComplete), rekeyAgain
	}
	if ended == nil {
		return
	}
	if again := ended.LastTransitionTime.Add(delay); again.After(s.now) {
		s.wakeAt(again)
		return
	}
	s.rekeyAttempt++
}

// rekey makes the Job that is wanted.
func (r *Reconciler) rekey(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, wanted *batchv1.Job) error {
	if wanted == nil {
		return nil
	}
	resources.SetAttempt(wanted, seen.rekeyAttempt)
	_, err := r.ensureJob(ctx, auth, seen, wanted)
	return err
}

// rekeying is the work for the keys of now.
func (s *observed) rekeying() work { return work{resources.LabelRekey, s.secrets} }

// rekeyReport is what the newest Job for the keys of now said at its end; nil while it said nothing.
func (s *observed) rekeyReport() *resources.RekeyReport {
	job := s.newestJob(s.rekeying())
	if job == nil || !finished(job) {
		return nil
	}
	pods := slices.DeleteFunc(s.podsOf(s.rekeying()), func(pod corev1.Pod) bool { return resources.Attempt(&pod) != resources.Attempt(job) })
	for _, phase := range []corev1.PodPhase{corev1.PodSucceeded, corev1.PodFailed} {
		if report, ok := resources.ParseRekeyReport(lastWords(pods, phase, resources.ContainerName)); ok {
			return &report
		}
	}
	return nil
}
