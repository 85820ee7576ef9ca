package cookiecache_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/cookiecache"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

var strategies = []cookiecache.Strategy{cookiecache.Compact, cookiecache.JWT, cookiecache.JWE}

// vector is a value that the real Better-Auth made.
type vector struct {
	Secret, Value, KeyHex, Kid string
	Payload                    json.RawMessage
}

func vectors(tb testing.TB) (all map[cookiecache.Strategy]vector) {
	tb.Helper()
	data, err := os.ReadFile("testdata/vectors.json")
	if err != nil {
		tb.Fatal(err)
	}
	if err := json.Unmarshal(data, &all); err != nil {
		tb.Fatal(err)
	}
	return all
}

// member is a number of the vector's payload.
func (v vector) member(tb testing.TB, name string) int64 {
	tb.Helper()
	var payload map[string]any
	if err := json.Unmarshal(v.Payload, &payload); err != nil {
		tb.Fatal(err)
	}
	number, ok := payload[name].(float64)
	if !ok {
		tb.Fatalf("the vector has no %s", name)
	}
	return int64(number)
}

// at is a cache with the secrets that reads the clock now.
func at(tb testing.TB, strategy cookiecache.Strategy, now time.Time, secrets ...string) *cookiecache.Cache {
	tb.Helper()
	keys, err := tokens.NewKeyring(secrets...)
	if err != nil {
		tb.Fatal(err)
	}
	cache, err := cookiecache.New(cookiecache.Options{
		Strategy: strategy, MaxAge: 10 * time.Minute, Version: "1", Keys: keys, Now: func() time.Time { return now },
	})
	if err != nil {
		tb.Fatal(err)
	}
	return cache
}

const members = `"session":{"token":"t","text":"ü \"<&>\" \\u2028"},"user":{"id":"u","role":null}`

var now = time.UnixMilli(1_800_000_000_123)

func seal(tb testing.TB, cache *cookiecache.Cache, remember bool) string {
	tb.Helper()
	value, err := cache.Seal([]byte(members), remember)
	if err != nil {
		tb.Fatal(err)
	}
	return value
}

func TestOpensWhatBetterAuthSealed(t *testing.T) {
	for strategy, v := range vectors(t) {
		made := time.UnixMilli(v.member(t, "updatedAt"))
		payload, ok := at(t, strategy, made.Add(time.Minute), v.Secret).Open(v.Value)
		if !ok {
			t.Errorf("%s: not accepted", strategy)
			continue
		}
		want, err := ecma.Parse(v.Payload)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(ecma.Append(nil, want)), string(ecma.Append(nil, payload))); diff != "" {
			t.Errorf("%s: payload (-want +got):\n%s", strategy, diff)
		}
	}
}

// Compact and JWT have no randomness, so ours are Better-Auth's to the byte.
func TestSealsAsBetterAuthDoes(t *testing.T) {
	for _, strategy := range []cookiecache.Strategy{cookiecache.Compact, cookiecache.JWT} {
		v := vectors(t)[strategy]
		text := string(v.Payload)
		payload, err := ecma.Parse([]byte(text))
		if err != nil {
			t.Fatal(err)
		}
		session, user := ecma.Append(nil, payload.Get("session")), ecma.Append(nil, payload.Get("user"))
		cache := at(t, strategy, time.UnixMilli(v.member(t, "updatedAt")), v.Secret)
		cache.MaxAge = 5 * time.Minute
		got, err := cache.Seal([]byte(`"session":`+string(session)+`,"user":`+string(user)), true)
		if err != nil || got != v.Value {
			t.Errorf("%s: %v\n got %s\nwant %s", strategy, err, got, v.Value)
		}
	}
}

func TestOtherLibrariesReadOurJWTAndJWE(t *testing.T) {
	v := vectors(t)[cookiecache.JWE]
	options := jwt.WithTimeFunc(func() time.Time { return now })
	token, err := jwt.Parse(seal(t, at(t, cookiecache.JWT, now, v.Secret), true), func(*jwt.Token) (any, error) { return []byte(v.Secret), nil },
		options, jwt.WithValidMethods([]string{"HS256"}), jwt.WithExpirationRequired(), jwt.WithIssuedAt())
	if err != nil {
		t.Fatal(err)
	}
	if exp, _ := token.Claims.GetExpirationTime(); exp.Unix() != now.Add(10*time.Minute).Unix() {
		t.Errorf("exp is %v", exp)
	}
	object, err := jose.ParseEncryptedCompact(seal(t, at(t, cookiecache.JWE, now, v.Secret), true), []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256CBC_HS512})
	if err != nil {
		t.Fatal(err)
	}
	if object.Header.KeyID != v.Kid {
		t.Errorf("kid is %s, Better-Auth's is %s", object.Header.KeyID, v.Kid)
	}
	text, err := object.Decrypt(unhex(t, v.KeyHex))
	if err != nil {
		t.Fatal(err)
	}
	var claims struct {
		Iat, Exp int64
		Jti      string
	}
	if err := json.Unmarshal(text, &claims); err != nil || claims.Iat != now.Unix() || claims.Exp != now.Unix()+600 || len(claims.Jti) != 36 {
		t.Errorf("claims %s (%v)", text, err)
	}
}

func TestAValueLivesItsLife(t *testing.T) {
	for _, strategy := range strategies {
		brief := 5 * time.Minute
		if strategy == cookiecache.Compact {
			brief = time.Minute
		}
		for remember, life := range map[bool]time.Duration{true: 10 * time.Minute, false: brief} {
			value := seal(t, at(t, strategy, now, "secret"), remember)
			for after, want := range map[time.Duration]bool{0: true, life - time.Second: true, life + time.Second: false, 1000 * time.Hour: false} {
				if _, ok := at(t, strategy, now.Add(after), "secret").Open(value); ok != want {
					t.Errorf("%s, remembered %v: %s later it is accepted: %v", strategy, remember, after, ok)
				}
			}
		}
	}
}

func TestEveryKeyOpensAndTheNewestSeals(t *testing.T) {
	for _, strategy := range strategies {
		old, newest, rotated := at(t, strategy, now, "old"), at(t, strategy, now, "new"), at(t, strategy, now, "new", "old")
		if _, ok := rotated.Open(seal(t, old, true)); !ok {
			t.Errorf("%s: a rotation loses what the old key sealed", strategy)
		}
		value := seal(t, rotated, true)
		if _, ok := newest.Open(value); !ok {
			t.Errorf("%s: the newest key does not open it", strategy)
		}
		if _, ok := old.Open(value); ok {
			t.Errorf("%s: the old key opens what it did not seal", strategy)
		}
	}
}

func TestOnlyTheConfiguredVersionIsAccepted(t *testing.T) {
	for _, strategy := range strategies {
		first, second := at(t, strategy, now, "secret"), at(t, strategy, now, "secret")
		value := seal(t, first, true)
		keys, _ := tokens.NewKeyring("secret")
		second, err := cookiecache.New(cookiecache.Options{Strategy: strategy, MaxAge: time.Minute, Version: `2 "b"`, Keys: keys, Now: second.Now})
		if err != nil {
			t.Fatal(err)
		}
		if _, ok := second.Open(value); ok {
			t.Errorf("%s: a value of another version is accepted", strategy)
		}
		if _, ok := second.Open(seal(t, second, true)); !ok {
			t.Errorf("%s: a value of its own version is not accepted", strategy)
		}
	}
}

func TestForgedValuesAreRefused(t *testing.T) {
	for _, strategy := range strategies {
		cache := at(t, strategy, now, "secret")
		value := seal(t, cache, true)
		for i := range value {
			for _, forged := range []string{value[:i], value[:i] + value[i+1:], value[:i] + "A" + value[i+1:], value[:i] + "=" + value[i:], value[:i] + "\n" + value[i:]} {
				if forged == value {
					continue
				}
				if payload, ok := cache.Open(forged); ok {
					t.Fatalf("%s: %s is accepted as %s", strategy, forged, ecma.Append(nil, payload))
				}
			}
		}
		for _, other := range strategies {
			if _, ok := cache.Open(seal(t, at(t, other, now, "secret"), true)); ok != (other == strategy) {
				t.Errorf("%s accepts a value of %s: %v", strategy, other, ok)
			}
		}
	}
}

// A JWT that names no algorithm, or another one, is not even looked at.
func TestTheAlgorithmIsNotTheClientsChoice(t *testing.T) {
	value := seal(t, at(t, cookiecache.JWT, now, "secret"), true)
	_, rest, _ := strings.Cut(value, ".")
	claims, signature, _ := strings.Cut(rest, ".")
	for _, forged := range []string{
		"eyJhbGciOiJub25lIn0." + claims + ".", "eyJhbGciOiJub25lIn0." + rest, "eyJhbGciOiJIUzUxMiJ9." + rest, "." + rest, rest, claims + "." + signature,
		"eyJhbGciOiJIUzI1NiJ9." + claims + ".", "eyJhbGciOiJIUzI1NiJ9." + claims, "eyJhbGciOiJIUzI1NiJ9..",
	} {
		if _, ok := at(t, cookiecache.JWT, now, "secret").Open(forged); ok {
			t.Errorf("%s is accepted", forged)
		}
	}
}

func TestAnUnknownStrategyIsAnError(t *testing.T) {
	keys, _ := tokens.NewKeyring("secret")
	if _, err := cookiecache.New(cookiecache.Options{Strategy: "compact", Keys: keys}); err == nil || !strings.Contains(err.Error(), "Compact, JWT or JWE") {
		t.Errorf("the error is %v", err)
	}
}
