package resources

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// minSecretLength is what the auth server demands of a secret.
const minSecretLength = 32

// FingerprintedKeys are the keys that must be there and stay the same. BETTER_AUTH_SECRETS is not among them: editing it
// is how keys are rotated.
var FingerprintedKeys = []string{KeyBetterAuthSecret, KeyJWTSecret}

// Keys are the values of a new generated secret.
type Keys struct{ BetterAuth, JWT string }

// GeneratedSecret is the secret that signs cookies and tokens. It is created once and its data never written again.
func GeneratedSecret(auth *v1alpha1.AuthService, keys Keys) *corev1.Secret {
	secret := GeneratedSecretMetadata(auth)
	secret.Type = corev1.SecretTypeOpaque
	secret.Data = map[string][]byte{
		KeyBetterAuthSecret:  []byte(keys.BetterAuth),
		KeyBetterAuthSecrets: []byte("1:" + keys.BetterAuth),
		KeyJWTSecret:         []byte(keys.JWT),
	}
	return secret
}

// GeneratedSecretMetadata is the generated secret without its data: what is kept right about one that exists.
func GeneratedSecretMetadata(auth *v1alpha1.AuthService) *corev1.Secret {
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: objectMeta(auth, SecretName(auth), componentServer),
	}
}

// Fingerprint identifies a key without revealing it: the first 16 hexadecimal digits of its SHA-256.
func Fingerprint(key []byte) string { return digest(key)[:16] }

// SecretsVersion changes when a value of the generated secret does, and pods roll.
func SecretsVersion(secret *corev1.Secret) string {
	var text strings.Builder
	for _, key := range slices.Sorted(maps.Keys(secret.Data)) {
		fmt.Fprintf(&text, "%q=%q\n", key, secret.Data[key])
	}
	return digest([]byte(text.String()))[:16]
}

// CheckGeneratedSecret says which key is missing or too short, without its value.
func CheckGeneratedSecret(secret *corev1.Secret) error {
	for _, key := range FingerprintedKeys {
		value, ok := secret.Data[key]
		switch {
		case !ok:
			return fmt.Errorf("has no key %s", key)
		case len(value) < minSecretLength:
			return fmt.Errorf("has a key %s of %d characters, fewer than %d", key, len(value), minSecretLength)
		}
	}
	return nil
}
