package tokens

import (
	"encoding/base64"
	"encoding/json"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

func TestSignedValuesAreThoseOfBetterAuth(t *testing.T) {
	data, err := os.ReadFile("testdata/signed_cookie.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ Secret, Value, CookieValue string }
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	for _, v := range vectors {
		keys := keyring(t, v.Secret)
		signed, err := url.PathUnescape(v.CookieValue)
		if err != nil {
			t.Fatal(err)
		}
		if got := keys.Sign(v.Value); got != signed {
			t.Errorf("Sign(%s) = %s, want %s", v.Value, got, signed)
		}
		if got, ok := keys.Verify(signed); !ok || got != v.Value {
			t.Errorf("Verify(%s) = %s, %v", signed, got, ok)
		}
	}
}

func TestEveryKeyVerifiesAndTheNewestSigns(t *testing.T) {
	old, rotated := keyring(t, "old"), keyring(t, "new", "old")
	if value, ok := rotated.Verify(old.Sign("token")); !ok || value != "token" {
		t.Error("a rotation loses what the old key signed")
	}
	if got, want := rotated.Sign("token"), keyring(t, "new").Sign("token"); got != want {
		t.Errorf("Sign = %s, want the newest key's %s", got, want)
	}
	if _, ok := old.Verify(rotated.Sign("token")); ok {
		t.Error("a keyring verifies what none of its keys signed")
	}
}

func TestVerifyRefusesForgedValues(t *testing.T) {
	keys := keyring(t, "secret")
	signed := keys.Sign("token")
	flipped := "A" + signed[len("token.")+1:]
	if flipped == signed[len("token."):] {
		flipped = "B" + flipped[1:]
	}
	for _, forged := range []string{
		"", ".", "token", "token.", signed[1:], "." + signed, signed + "=", "x" + signed, signed[:len(signed)-1], "token." + flipped,
		strings.Replace(signed, ".", "..", 1), signed[len("token"):],
	} {
		if value, ok := keys.Verify(forged); ok {
			t.Errorf("Verify(%q) = %q", forged, value)
		}
	}
}

func TestIssueSignsTheClaimsOfTheBrief(t *testing.T) {
	user := authserver.User{ID: "u1", Email: "a@b.co", Name: "A"}
	now := time.Unix(1_800_000_000, 0)
	for audience, want := range map[string]map[string]any{
		"":  {"sub": "u1", "email": "a@b.co", "name": "A", "iss": "better-auth", "iat": 1.8e9, "exp": 1.8e9 + 3600},
		"x": {"sub": "u1", "email": "a@b.co", "name": "A", "iss": "better-auth", "iat": 1.8e9, "exp": 1.8e9 + 3600, "aud": []any{"x"}},
	} {
		issuer := NewIssuer(IssuerOptions{Secret: "secret", Issuer: "better-auth", Audience: audience, TTL: time.Hour})
		token, err := issuer.Issue(user, now)
		if err != nil {
			t.Fatal(err)
		}
		parsed, err := jwt.Parse(token, func(*jwt.Token) (any, error) { return []byte("secret"), nil },
			jwt.WithValidMethods([]string{"HS256"}), jwt.WithTimeFunc(func() time.Time { return now }))
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(map[string]any(parsed.Claims.(jwt.MapClaims)), want); diff != "" {
			t.Errorf("audience %q: claims differ:\n%s", audience, diff)
		}
		header, _, _ := strings.Cut(token, ".")
		if raw, _ := base64.RawURLEncoding.DecodeString(header); !strings.Contains(string(raw), `"alg":"HS256"`) {
			t.Errorf("header %s", raw)
		}
	}
}

func keyring(t testing.TB, secrets ...string) *Keyring {
	t.Helper()
	keys, err := NewKeyring(secrets...)
	if err != nil {
		t.Fatal(err)
	}
	return keys
}
