package controllers

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// ensureSecrets sees to the generated secret, unless the user has one: then it is left as it is, and what the status records of
// it is forgotten when pods no longer use it.
func (r *Reconciler) ensureSecrets(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) error {
	if auth.Spec.Secrets.SecretRef != nil {
		if deployment := seen.deployment(); deployment == nil || !resources.HasOwnKeys(deployment) {
			seen.keys = auth.Status.Keys
		}
		return nil
	}
	if err := keepsKeys(auth, seen); err != nil {
		return err
	}
	return r.ensureGenerated(ctx, auth, seen)
}

// ensureGenerated makes the generated secret when there never was one. It does not replace one that is lost, which would end
// all sessions, unless that is accepted.
func (r *Reconciler) ensureGenerated(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) error {
	secret := seen.generated
	if secret == nil {
		if len(seen.keys) > 0 && !acceptsNewSecrets(auth, seen.keys) {
			return lost(auth, seen.keys, "is gone")
		}
		return r.createSecret(ctx, auth, seen)
	}
	ring, err := resources.ReadRing(secret)
	if !resources.Belongs(secret, auth) && (err != nil || len(seen.keys) == 0 || !ring.Covers(seen.keys)) {
		conflict := nameConflict("Secret", secret.Name, fmt.Sprintf(
			", or let this AuthService use its keys: kubectl -n %s label secret %s %s",
			auth.Namespace, secret.Name, strings.ReplaceAll(resources.Labels(auth).String(), ",", " ")))
		conflict.condition = v1alpha1.ConditionSecretsReady
		return conflict
	}
	if err != nil {
		return invalid(auth, seen.keys, err)
	}
	if !ring.Covers(seen.keys) && !acceptsNewSecrets(auth, seen.keys) {
		return lost(auth, seen.keys, "holds other keys than those that the sessions are signed with")
	}
	if wereNoted(seen.keys) {
		ring.Forget(resources.RequestsOf(auth))
	}
	seen.secrets = resources.SecretsVersion(secret)
	if err := r.rotate(ctx, auth, seen, ring); err != nil {
		return err
	}
	return r.apply(ctx, auth, seen, resources.GeneratedSecretMetadata(auth), seen.generated)
}

// +kubebuilder:rbac:groups="",resources=secrets,verbs=create

func (r *Reconciler) createSecret(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) error {
	keys, err := r.newKeys()
	if err != nil {
		return err
	}
	metadata, err := applicable(resources.GeneratedSecretMetadata(auth))
	if err != nil {
		return err
	}
	progress := progressOf(auth, seen)
	secret, ring, err := resources.NewRing(resources.GeneratedSecret(auth, keys), progress)
	if err != nil {
		return err
	}
	for key, value := range metadata.GetAnnotations() { // as applied, so that nothing differs later
		metav1.SetMetaDataAnnotation(&secret.ObjectMeta, key, value)
	}
	if err := r.Writer.Create(ctx, secret, client.FieldOwner(fieldOwner)); err != nil {
		// Only the kind of the error: its text may quote what was sent.
		return fmt.Errorf("create Secret %s: %s", secret.Name, apierrors.ReasonForError(err))
	}
	seen.generated, seen.secrets, seen.keys = secret, resources.SecretsVersion(secret), ring.Status(progress)
	seen.wakeAt(ring.Due(progress))
	return nil
}

func (r *Reconciler) newKeys() (keys resources.Keys, err error) {
	if keys.BetterAuth, err = r.newKey(); err != nil {
		return keys, err
	}
	keys.JWT, err = r.newKey()
	return keys, err
}

func (r *Reconciler) newKey() (string, error) {
	value := make([]byte, 32)
	if _, err := io.ReadFull(r.Random, value); err != nil {
		return "", fmt.Errorf("read random bytes: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(value), nil
}

// wereNoted says whether a secret with notes was seen before.
func wereNoted(keys []v1alpha1.KeyStatus) bool {
	return slices.ContainsFunc(keys, func(key v1alpha1.KeyStatus) bool { return key.State != "" })
}

// signing is the fingerprint of the key that the status records as the one that signs.
func signing(keys []v1alpha1.KeyStatus) string {
	for _, key := range keys {
		if key.State == v1alpha1.KeyActive {
			return key.Fingerprint
		}
	}
	return keys[0].Fingerprint
}

// keepsKeys stops the step from a secret of the user's to the generated one until somebody says that the keys are the same, or
// need not be: the operator does not know those of the user.
func keepsKeys(auth *v1alpha1.AuthService, seen *observed) error {
	deployment := seen.deployment()
	if deployment == nil {
		return nil
	}
	name, version := resources.KeysOf(deployment)
	if !resources.HasOwnKeys(deployment) || auth.Annotations[v1alpha1.AnnotationAcceptNewSecrets] == version {
		return nil
	}
	return &stalledError{condition: v1alpha1.ConditionSecretsReady, reason: v1alpha1.ReasonKeysWouldChange, message: fmt.Sprintf(
		"The sessions are signed with the keys of Secret %[1]s, which spec.secrets.secretRef no longer names. Name it again, or copy "+
			"its keys into the Secret %[2]s with the labels %[3]s, or accept the end of all sessions; after either of the last two: "+
			"kubectl -n %[4]s annotate --overwrite authservices.gatehouse.dev %[5]s %[6]s=%[7]s",
		name, resources.SecretName(auth), resources.Labels(auth), auth.Namespace, auth.Name, v1alpha1.AnnotationAcceptNewSecrets, version)}
}

// acceptsNewSecrets is true for the keys that were lost and not for those that replace them: an annotation that stays
// does not accept the next loss.
func acceptsNewSecrets(auth *v1alpha1.AuthService, keys []v1alpha1.KeyStatus) bool {
	return auth.Annotations[v1alpha1.AnnotationAcceptNewSecrets] == signing(keys)
}

func lost(auth *v1alpha1.AuthService, keys []v1alpha1.KeyStatus, what string) error {
	return &stalledError{condition: v1alpha1.ConditionSecretsReady, reason: v1alpha1.ReasonGeneratedSecretLost, message: fmt.Sprintf(
		"Secret %[1]s %[2]s. Restore the Secret %[1]s from a backup, or accept the end of all sessions: "+
			"kubectl -n %[3]s annotate --overwrite authservices.gatehouse.dev %[4]s %[5]s=%[6]s",
		resources.SecretName(auth), what, auth.Namespace, auth.Name, v1alpha1.AnnotationAcceptNewSecrets, signing(keys))}
}

func invalid(auth *v1alpha1.AuthService, keys []v1alpha1.KeyStatus, problem error) error {
	wayOut := "Correct it, or delete it and new keys are made."
	if len(keys) > 0 {
		wayOut = fmt.Sprintf("Restore it from a backup, or accept the end of all sessions: delete it and run "+
			"kubectl -n %s annotate --overwrite authservices.gatehouse.dev %s %s=%s",
			auth.Namespace, auth.Name, v1alpha1.AnnotationAcceptNewSecrets, signing(keys))
	}
	return &stalledError{condition: v1alpha1.ConditionSecretsReady, reason: v1alpha1.ReasonGeneratedSecretInvalid, message: fmt.Sprintf(
		"Secret %s %v. %s", resources.SecretName(auth), problem, wayOut)}
}

// nameConflict is about an object that has the name of one of ours but is not ours. Nothing is adopted: its owner does not
// expect it to change. Its deletion cannot be watched, because only objects with our labels are.
func nameConflict(kind, name, otherWayOut string) *stalledError {
	return &stalledError{reason: v1alpha1.ReasonNameConflict, recheck: time.Minute, message: fmt.Sprintf(
		"%s %s exists and does not belong to this AuthService. Delete it, or give the AuthService another name%s",
		kind, name, otherWayOut)}
}
