package tokens

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// verificationVector is a token that Better-Auth 1.7.25 made.
type verificationVector struct {
	Secret, Token string
	Claims        struct {
		Email, UpdateTo, RequestType, UserID string
		Iat, Exp                             int64
	}
}

func (v verificationVector) want() VerificationToken {
	return VerificationToken{v.Claims.Email, v.Claims.UpdateTo, v.Claims.RequestType, v.Claims.UserID}
}

func verificationVectors(tb testing.TB) (vectors []verificationVector) {
	tb.Helper()
	data, err := os.ReadFile("testdata/verification.json")
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(data, &vectors); err != nil {
		tb.Fatal(err)
	}
	return vectors
}

func TestVerificationTokensAreThoseOfBetterAuth(t *testing.T) {
	for _, v := range verificationVectors(t) {
		keys, made := keyring(t, v.Secret), time.Unix(v.Claims.Iat, 999)
		life := time.Duration(v.Claims.Exp-v.Claims.Iat) * time.Second
		if got := keys.SignVerification(v.want(), made, life); got != v.Token {
			t.Errorf("SignVerification = %s, want %s", got, v.Token)
		}
		for at, want := range map[time.Duration]error{0: nil, life - 1: nil, life: ErrTokenExpired, -time.Hour: nil} {
			got, err := keys.VerifyVerification(v.Token, time.Unix(v.Claims.Iat, 0).Add(at))
			if !errors.Is(err, want) || err == nil && got != v.want() {
				t.Errorf("after %v: %+v, %v, want %v", at, got, err, want)
			}
		}
	}
}

func TestARotationKeepsVerificationTokens(t *testing.T) {
	old, rotated, now := keyring(t, "old"), keyring(t, "new", "old"), time.Now()
	v := VerificationToken{Email: "a@b.co", UserID: "u"}
	if got, err := rotated.VerifyVerification(old.SignVerification(v, now, time.Hour), now); err != nil || got != v {
		t.Errorf("%+v, %v", got, err)
	}
	if got, want := rotated.SignVerification(v, now, time.Hour), keyring(t, "new").SignVerification(v, now, time.Hour); got != want {
		t.Error("it is not signed with the newest key")
	}
	if _, err := old.VerifyVerification(rotated.SignVerification(v, now, time.Hour), now); !errors.Is(err, ErrBadToken) {
		t.Errorf("an unknown key: %v", err)
	}
	if _, err := old.VerifyVerification(rotated.SignVerification(v, now, -time.Hour), now); !errors.Is(err, ErrBadToken) {
		t.Errorf("an unknown key, expired: %v", err)
	}
}

// signed is a JWT with a good signature and any header and claims.
func signed(keys *Keyring, header, claims string) string {
	text := jwtEncoding.EncodeToString([]byte(header)) + "." + jwtEncoding.EncodeToString([]byte(claims))
	return text + "." + jwtEncoding.EncodeToString(keys.AppendMAC(nil, []byte(text)))
}

func TestVerificationTokensOfOtherPurposesAreRefused(t *testing.T) {
	keys, now := keyring(t, "secret"), time.Unix(1000, 0)
	const hs256 = `{"alg":"HS256"}`
	for _, claims := range []string{
		`{}`, `{"email":"a@b.co"}`, `{"email":"a@b.co","exp":"2000"}`, `{"email":"a@b.co","exp":null}`, `{"exp":2000}`, `{"email":"a","exp":2000}`,
		`{"email":5,"exp":2000}`, `{"email":"a@b.co","userId":5,"exp":2000}`, `{"email":"a@b.co","updateTo":null,"exp":2000}`, `{"email":"a@b.co","updateTo":"x","exp":2000}`,
		`{"email":"a@b.co","requestType":{},"exp":2000}`, `{"email":"a@b.co","userId":"\u0000","exp":2000}`, `[]`, `null`, `"x"`, `{`, ``,
		`{"sub":"u","email":"a@b.co","name":"A","exp":2000}`, `{"sub":null,"email":"a@b.co","exp":2000}`, `{"session":{},"user":{"email":"a@b.co"},"exp":2000}`,
	} {
		if got, err := keys.VerifyVerification(signed(keys, hs256, claims), now); !errors.Is(err, ErrBadToken) {
			t.Errorf("%s: %+v, %v", claims, got, err)
		}
	}
	const good = `{"email":"A@b.co","exp":2000}`
	for _, header := range []string{`{"alg":"none"}`, `{"alg":"HS512"}`, `{"alg":"hs256"}`, `{"alg":["HS256"]}`, `{"alg":"HS256","crit":["x"]}`, `{}`, `null`, ``} {
		if got, err := keys.VerifyVerification(signed(keys, header, good), now); !errors.Is(err, ErrBadToken) {
			t.Errorf("header %s: %+v, %v", header, got, err)
		}
	}
	for _, header := range []string{hs256, `{"typ":"JWT","alg":"HS256"}`} {
		if got, err := keys.VerifyVerification(signed(keys, header, good), now); err != nil || got != (VerificationToken{Email: "a@b.co"}) {
			t.Errorf("header %s: %+v, %v", header, got, err)
		}
	}
	issued, err := NewIssuer(IssuerOptions{Secret: "secret", TTL: time.Hour}).Issue(authserver.User{ID: "u", Email: "a@b.co"}, now)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := keys.VerifyVerification(issued, now); !errors.Is(err, ErrBadToken) {
		t.Errorf("a token of GET /jwt: %+v, %v", got, err)
	}
	old, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims{
		"email": "a@b.co", "iss": "better-auth", "sub": "verify-email", "aud": "a@b.co", "exp": 2000, "iat": 900,
	}).SignedString([]byte("secret"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := keys.VerifyVerification(old, now); err != nil || got.Email != "a@b.co" {
		t.Errorf("a token of Better-Auth 1.0: %+v, %v", got, err)
	}
}

// FuzzVerification looks for tokens that are accepted though nobody signed them.
func FuzzVerification(f *testing.F) {
	v := verificationVectors(f)[1]
	keys, made := keyring(f, v.Secret), time.Unix(v.Claims.Iat, 0)
	f.Add(v.Token)
	f.Add(v.Token + "=")
	f.Add(v.Token[:len(v.Token)-1])
	f.Add(strings.ToUpper(v.Token))
	f.Add(strings.Replace(v.Token, ".", "..", 1))
	f.Add(v.Token[strings.IndexByte(v.Token, '.'):])
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := keys.VerifyVerification(token, made); (err == nil) != (token == v.Token) {
			t.Errorf("%q: %v", token, err)
		}
	})
}
