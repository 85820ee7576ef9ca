package tokens

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"os"
	"testing"

	"github.com/go-jose/go-jose/v4"
	"github.com/google/go-cmp/cmp"
)

// The cookie account_data of Better-Auth is a JWE (contract 5.6) with a key that Derive gives.
func TestDeriveGivesTheKeyOfAccountCookies(t *testing.T) {
	data, err := os.ReadFile("testdata/account_data.json")
	if err != nil {
		t.Fatal(err)
	}
	var vector struct {
		Secret, CookieValue string
		HKDF                struct{ Salt, KeyHex string }
		Header              struct{ Alg, Enc, Kid string }
		Claims              map[string]any
	}
	if err := json.Unmarshal(data, &vector); err != nil {
		t.Fatal(err)
	}
	keys, err := keyring(t, vector.Secret).Derive(vector.HKDF.Salt, "BetterAuth.js Generated Encryption Key", 64)
	if err != nil || len(keys) != 1 || hex.EncodeToString(keys[0]) != vector.HKDF.KeyHex {
		t.Fatalf("keys %x, %v, want %s", keys, err, vector.HKDF.KeyHex)
	}
	sum := sha256.Sum256([]byte(`{"k":"` + base64.RawURLEncoding.EncodeToString(keys[0]) + `","kty":"oct"}`))
	if kid := base64.RawURLEncoding.EncodeToString(sum[:]); kid != vector.Header.Kid {
		t.Errorf("kid %s, want %s", kid, vector.Header.Kid)
	}
	object, err := jose.ParseEncryptedCompact(vector.CookieValue, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256CBC_HS512})
	if err != nil {
		t.Fatal(err)
	}
	plain, err := object.Decrypt(keys[0])
	if err != nil {
		t.Fatal(err)
	}
	var claims map[string]any
	if err := json.NewDecoder(bytes.NewReader(plain)).Decode(&claims); err != nil {
		t.Fatal(err)
	}
	for name, want := range vector.Claims {
		if diff := cmp.Diff(want, claims[name]); diff != "" {
			t.Errorf("%s: %s", name, diff)
		}
	}
}
