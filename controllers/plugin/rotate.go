package plugin

import (
	"fmt"
	"slices"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// Rotatable says why the keys of an AuthService cannot be rotated by an annotation, if they cannot.
func Rotatable(auth *v1alpha1.AuthService) error {
	if ref := auth.Spec.Secrets.SecretRef; ref != nil {
		return fmt.Errorf("the keys of %s are yours, in the secret %s: put the new one in front of the old one there, BETTER_AUTH_SECRETS=2:<new>,1:<old>", auth.Name, ref.Name)
	}
	if auth.Spec.Suspend {
		return fmt.Errorf("%s is suspended, so the operator would not rotate its keys; set spec.suspend to false first", auth.Name)
	}
	return nil
}

// Rotated says whether cookies are signed with a key that was not among earlier ones.
func Rotated(auth *v1alpha1.AuthService, earlier []v1alpha1.KeyStatus) bool {
	return slices.ContainsFunc(auth.Status.Keys, func(key v1alpha1.KeyStatus) bool {
		return key.Name == resources.KeyBetterAuthSecret && key.State == v1alpha1.KeyActive && !among(earlier, key)
	})
}

// Revoked says whether none of the earlier keys is left, and the replicas have the new ones.
func Revoked(auth *v1alpha1.AuthService, earlier []v1alpha1.KeyStatus) bool {
	return len(auth.Status.Keys) > 0 && Ready(auth) &&
		!slices.ContainsFunc(auth.Status.Keys, func(key v1alpha1.KeyStatus) bool { return among(earlier, key) })
}

func among(keys []v1alpha1.KeyStatus, key v1alpha1.KeyStatus) bool {
	return slices.ContainsFunc(keys, func(k v1alpha1.KeyStatus) bool { return k.Fingerprint == key.Fingerprint })
}
