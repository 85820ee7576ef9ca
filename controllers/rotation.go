package controllers

import (
	"context"
	"fmt"
	"maps"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// rotate takes the step that is due of the generated keys, at most one. What is known of a rotation is in the secret alone: a
// step changes keys and notes in one write, which fails when the secret is no longer as it was read.
func (r *Reconciler) rotate(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, ring *resources.Ring) error {
	progress := progressOf(auth, seen)
	step, settles := ring.Next(progress)
	if step != resources.StepNone {
		may, err := r.mayTake(ctx, auth, seen, step, settles)
		if err != nil {
			return err
		}
		if !may {
			step = resources.StepNone
		}
	}
	if step != resources.StepNone {
		if err := r.take(ctx, auth, seen, ring, step, progress); err != nil {
			return err
		}
		progress = progressOf(auth, seen)
	}
	seen.keys, seen.rotating = ring.Status(progress), ring.Awaits()
	seen.wakeAt(ring.Due(progress))
	seen.scheduleRekeying(ring)
	if seen.urgent = ring.Revoking(); !seen.urgent {
		return nil
	}
	return r.replacePods(ctx, seen)
}

func progressOf(auth *v1alpha1.AuthService, seen *observed) resources.Progress {
	progress := resources.Progress{
		Now: seen.now, Life: resources.KeyLife(auth), Requests: resources.RequestsOf(auth), Rekeyed: seen.rekeyReport(),
	}
	if interval := auth.Spec.Secrets.Rotation.Interval; interval != nil {
		progress.Interval = interval.Duration
	}
	return progress
}

// mayTake asks the API server about what the cache may not know yet: pods, and that a request is no former one that was met
// already.
func (r *Reconciler) mayTake(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, step resources.Step, settles bool) (bool, error) {
	if settles {
		if settled, err := r.keysSettled(ctx, auth, seen); err != nil || !settled {
			return false, err
		}
	}
	if step != resources.StepPublish && step != resources.StepRevoke {
		return true, nil
	}
	fresh := &v1alpha1.AuthService{}
	if err := r.Live.Get(ctx, client.ObjectKeyFromObject(auth), fresh); err != nil {
		return false, client.IgnoreNotFound(err)
	}
	return maps.Equal(resources.RequestsOf(fresh), resources.RequestsOf(auth)), nil
}

// take makes a step and writes it.
func (r *Reconciler) take(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, ring *resources.Ring,
	step resources.Step, progress resources.Progress) error {
	reason, message := "", ""
	switch step {
	case resources.StepNote:
		ring.Note(progress, seen.generated.CreationTimestamp.Time)
	case resources.StepRevoke:
		keys, err := r.newKeys()
		if err != nil {
			return err
		}
		ring.Revoke(progress, keys)
		reason, message = "KeysRevoked", "All keys were replaced; everybody has to sign in again"
	case resources.StepEndRevocation:
		ring.EndRevocation()
	case resources.StepPublish:
		value, err := r.newKey()
		if err != nil {
			return err
		}
		if err := ring.Publish(progress, value); err != nil {
			return invalid(auth, seen.keys, err)
		}
		reason, message = "KeyPublished", "A new key is on its way to all replicas; the old one signs until they know it"
	case resources.StepActivate:
		ring.Activate(progress)
		reason, message = "KeyActivated", "All replicas know the new key, so it signs from now on"
	case resources.StepRetire:
		ring.Retire(progress)
	case resources.StepRemove:
		reason, message = "KeyRemoved", fmt.Sprintf("Nothing depended any more on the keys with the versions %v", ring.Remove(progress))
	}
	if err := r.writeKeys(ctx, seen, ring.Write(seen.generated)); err != nil {
		return err
	}
	if reason != "" {
		r.Events.Eventf(auth, nil, corev1.EventTypeNormal, reason, "Reconcile", "%s", message)
	}
	return nil
}

// +kubebuilder:rbac:groups="",resources=secrets,verbs=patch

// writeKeys writes what was made of the secret that was read.
func (r *Reconciler) writeKeys(ctx context.Context, seen *observed, written *corev1.Secret) error {
	patch := client.MergeFromWithOptions(seen.generated, client.MergeFromWithOptimisticLock{})
	err := r.Writer.Patch(ctx, written, patch, client.FieldOwner(fieldOwner))
	switch {
	case apierrors.IsConflict(err), apierrors.IsNotFound(err):
		return &waitingError{after: time.Second} // somebody else wrote or deleted it: what is there now decides
	case err != nil:
		// Only the kind of the error: its text may quote what was sent.
		return fmt.Errorf("patch Secret %s: %s", written.Name, apierrors.ReasonForError(err))
	}
	seen.generated, seen.secrets = written, resources.SecretsVersion(written)
	return nil
}

// keysSettled says whether no pod is left that may have other keys than the secret has now. A pod that is ending may still
// answer, and the cache may lag behind, so the API server is asked.
func (r *Reconciler) keysSettled(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) (bool, error) {
	deployment := seen.deployment()
	if deployment == nil || !rolledOut(deployment) {
		return false, nil
	}
	if secret, version := resources.KeysOf(deployment); secret != "" || version != seen.secrets {
		return false, nil
	}
	pods := &corev1.PodList{}
	if err := r.Live.List(ctx, pods, client.InNamespace(auth.Namespace), client.MatchingLabels(resources.PodSelector(auth))); err != nil {
		return false, err
	}
	for i := range pods.Items {
		pod := &pods.Items[i]
		ended := pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed
		if !ended && resources.KeysVersion(pod) != seen.secrets {
			return false, nil // its end comes through the watch
		}
	}
	return true, nil
}

// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=patch

// replacePods ends the pods with revoked keys. It does so before and apart from what else the spec wants, which may have to
// wait for a migration or a missing secret.
func (r *Reconciler) replacePods(ctx context.Context, seen *observed) error {
	deployment := seen.deployment()
	if deployment == nil {
		return nil
	}
	if _, version := resources.KeysOf(deployment); version == seen.secrets {
		return nil
	}
	urgent := deployment.DeepCopy()
	resources.Revoke(urgent, seen.secrets)
	if err := r.Writer.Patch(ctx, urgent, client.MergeFrom(deployment), client.FieldOwner(fieldOwner)); err != nil {
		return client.IgnoreNotFound(err)
	}
	seen.record(urgent)
	return nil
}

// wakeAt makes the reconcile come back at a time, if nothing does so earlier.
func (s *observed) wakeAt(at time.Time) {
	if !at.IsZero() && (s.wake.IsZero() || at.Before(s.wake)) {
		s.wake = at
	}
}
