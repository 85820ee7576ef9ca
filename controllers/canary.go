package controllers

import (
	"context"

	batchv1 "k8s.io/api/batch/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// expectCanaries finds out which canaries the rollout has to pass. None is needed where nobody is served: with no replicas,
// and before a rollout where no pod is ready. Pods of a version that has served are not tried out again, so that
// the way back is short.
func (s *observed) expectCanaries(auth *v1alpha1.AuthService, objects *resources.Objects) {
	if objects.Probe == nil || resources.Replicas(auth) == 0 {
		return
	}
	s.probe = workOf(objects.Probe, resources.LabelProbe)
	deployment, canary := s.deployment(), workOf(objects.Canary, resources.LabelCanary)
	if deployment != nil && deployment.Status.ReadyReplicas > 0 && !s.urgent && !s.complete(s.probe) &&
		deployment.Annotations[resources.AnnotationVersion] != canary.hash {
		s.canary = canary
	}
}

// tryOut returns nil when the new version may take over.
func (r *Reconciler) tryOut(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, canary *batchv1.Job) error {
	if seen.canary.hash == "" {
		return nil
	}
	return r.run(ctx, auth, seen, seen.canary, canary)
}

// probeService returns nil when the canary has passed through the Service, or there are no pods yet that it could reach.
func (r *Reconciler) probeService(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, probe *batchv1.Job) error {
	if deployment := seen.deployment(); seen.probe.hash == "" || !serves(deployment) {
		return nil
	}
	return r.run(ctx, auth, seen, seen.probe, probe)
}

// needsCanary keeps the Job that decides about the version that is wanted.
func (s *observed) needsCanary(job *batchv1.Job, objects *resources.Objects) bool {
	return !s.complete(s.probe) && s.needsAttempt(workOf(objects.Canary, resources.LabelCanary), job)
}

// needsProbe keeps the record of the version that is wanted, and until there is one, that of the version to go back to.
func (s *observed) needsProbe(job *batchv1.Job, objects *resources.Objects) bool {
	probe := workOf(objects.Probe, resources.LabelProbe)
	return s.needsAttempt(probe, job) ||
		probe.hash != "" && job.Labels[probe.label] != probe.hash && jobCondition(job, batchv1.JobComplete) != nil && !s.complete(probe)
}
