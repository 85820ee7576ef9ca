package resources

import (
	"strings"
	"testing"
)

func TestSecretsVersionFollowsTheData(t *testing.T) {
	t.Parallel()
	keys := Keys{BetterAuth: strings.Repeat("b", 43), JWT: strings.Repeat("j", 43)}
	a, b := GeneratedSecret(minimal(), keys), GeneratedSecret(minimal(), keys)
	b.Labels["unrelated"] = "label"
	if SecretsVersion(a) != SecretsVersion(b) {
		t.Error("a label changed the version")
	}
	b.Data[KeyBetterAuthSecrets] = []byte("2:new,1:old")
	if SecretsVersion(a) == SecretsVersion(b) {
		t.Error("a rotation did not change the version")
	}
}

func TestCheckGeneratedSecret(t *testing.T) {
	t.Parallel()
	secret := GeneratedSecret(minimal(), Keys{BetterAuth: strings.Repeat("b", 43), JWT: strings.Repeat("j", 43)})
	if err := CheckGeneratedSecret(secret); err != nil {
		t.Error(err)
	}
	delete(secret.Data, KeyBetterAuthSecrets)
	if err := CheckGeneratedSecret(secret); err != nil {
		t.Errorf("a secret without versions is enough: %v", err)
	}
	secret.Data[KeyJWTSecret] = []byte("short-value")
	err := CheckGeneratedSecret(secret)
	if err == nil || !strings.Contains(err.Error(), "JWT_SECRET of 11 characters") || strings.Contains(err.Error(), "short-value") {
		t.Errorf("got %v", err)
	}
	delete(secret.Data, KeyJWTSecret)
	if err := CheckGeneratedSecret(secret); err == nil || !strings.Contains(err.Error(), "no key JWT_SECRET") {
		t.Errorf("got %v", err)
	}
}

func TestFingerprint(t *testing.T) {
	t.Parallel()
	// The first 16 digits of: printf secret | sha256sum
	if got := Fingerprint([]byte("secret")); got != "2bb80d537b1da3e3" {
		t.Errorf("got %s", got)
	}
}
