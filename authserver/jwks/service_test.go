package jwks_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
	"github.com/gatehouse-auth/gatehouse/authserver/jwks"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

const (
	issuer = "https://auth.example.com"
	ttl    = 15 * time.Minute
)

// world is a database with a clock of the test.
type world struct {
	t     *testing.T
	url   string
	store *postgres.Store
	now   time.Time
	log   strings.Builder
}

func begin(t *testing.T) *world {
	t.Helper()
	w := &world{t: t, url: pgtest.Database(t), now: time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.UTC)}
	if err := schema.Migrate(t.Context(), w.url, &config.Config{Features: config.Features{JWT: &config.JWTFeature{}}}); err != nil {
		t.Fatal(err)
	}
	w.store = w.connect()
	return w
}

func (w *world) connect() *postgres.Store {
	w.t.Helper()
	store, err := postgres.Open(w.t.Context(), postgres.Options{URL: w.url})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(store.Close)
	return store
}

type setting func(*jwks.Options)

func secrets(w *world, values ...string) setting {
	keys, err := tokens.NewKeyring(values...)
	if err != nil {
		w.t.Fatal(err)
	}
	return func(o *jwks.Options) { o.Secrets = keys }
}

func algorithm(name string) setting { return func(o *jwks.Options) { o.Algorithm = name } }

func rotating(interval, ahead, grace time.Duration) setting {
	return func(o *jwks.Options) { o.RotationInterval, o.PublishAhead, o.GracePeriod = interval, ahead, grace }
}

// replica is a server of its own on the database.
func (w *world) replica(settings ...setting) *jwks.Service {
	w.t.Helper()
	o := jwks.Options{
		Store: w.store, Algorithm: jwks.EdDSA, TTL: ttl, Issuer: issuer, Audience: issuer, PublishAhead: time.Hour, GracePeriod: 720 * time.Hour,
		NewID: ids.Generator{}.New, Now: func() time.Time { return w.now }, Log: slog.New(slog.NewTextHandler(&w.log, nil)),
	}
	secrets(w, "secret")(&o)
	for _, change := range settings {
		change(&o)
	}
	return jwks.New(o)
}

func (w *world) sign(s *jwks.Service) (token, kid string) {
	w.t.Helper()
	token, err := s.Sign(w.t.Context(), []byte(`{"name":"A","id":"u1"}`), "u1")
	if err != nil {
		w.t.Fatal(err)
	}
	parsed, _, err := jwt.NewParser().ParseUnverified(token, jwt.MapClaims{})
	if err != nil {
		w.t.Fatal(err)
	}
	return token, parsed.Header["kid"].(string)
}

func (w *world) published(s *jwks.Service) (set jose.JSONWebKeySet) {
	w.t.Helper()
	data, _, err := s.Publish(w.t.Context(), nil)
	if err != nil {
		w.t.Fatal(err)
	}
	if err := json.Unmarshal(data, &set); err != nil {
		w.t.Fatalf("%s: %v", data, err)
	}
	return set
}

// verify is what a back end does that knows nothing but the published keys.
func verify(token string, set jose.JSONWebKeySet, now time.Time, algorithms ...string) error {
	if algorithms == nil {
		algorithms = []string{jwks.EdDSA, jwks.ES256, jwks.RS256}
	}
	_, err := jwt.Parse(token, func(token *jwt.Token) (any, error) {
		kid, _ := token.Header["kid"].(string)
		for _, key := range set.Key(kid) {
			if key.Algorithm == token.Method.Alg() {
				return key.Key, nil
			}
		}
		return nil, errors.New("unknown key")
	}, jwt.WithValidMethods(algorithms), jwt.WithIssuer(issuer), jwt.WithAudience(issuer), jwt.WithTimeFunc(func() time.Time { return now }))
	return err
}

// rows are the keys in the database, newest first.
func (w *world) rows() []authserver.JWK {
	w.t.Helper()
	rows, err := w.store.JWKs(w.t.Context(), time.Time{})
	if err != nil {
		w.t.Fatal(err)
	}
	return rows
}

func (w *world) exec(statement string, arguments ...any) {
	w.t.Helper()
	conn, err := pgx.Connect(w.t.Context(), w.url)
	if err != nil {
		w.t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(w.t.Context()))
	if _, err := conn.Exec(w.t.Context(), statement, arguments...); err != nil {
		w.t.Fatal(err)
	}
}

func TestEveryAlgorithmSignsWhatItsPublishedKeyVerifies(t *testing.T) {
	t.Parallel()
	for name, curve := range map[string]string{jwks.EdDSA: "Ed25519", jwks.ES256: "P-256", jwks.RS256: ""} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := begin(t)
			s := w.replica(algorithm(name))
			token, kid := w.sign(s)
			if err := verify(token, w.published(s), w.now, name); err != nil {
				t.Error(err)
			}
			if err := verify(token, w.published(w.replica(algorithm(name))), w.now, name); err != nil {
				t.Errorf("another replica: %v", err)
			}
			rows := w.rows()
			if len(rows) != 1 || rows[0].ID != kid || rows[0].Algorithm != name || rows[0].Curve != curve || !rows[0].ExpiresAt.IsZero() {
				t.Errorf("rows %+v", rows)
			}
			if row := rows[0]; strings.Contains(row.PrivateKey, `"d"`) || strings.Contains(row.PublicKey, `"d"`) || row.PrivateKey[0] != '"' {
				t.Error("the private key is not encrypted")
			}
		})
	}
}

func TestTheTokenIsThatOfBetterAuth(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile("testdata/better-auth.json")
	if err != nil {
		t.Fatal(err)
	}
	var recorded struct {
		JWKSPrivateKey struct{ Secret, Column, PublicColumn string }
		JWTPluginToken struct {
			Token  string
			Header struct{ Alg, Kid string }
			Claims struct {
				Iat           int64
				Iss, Sub, Aud string
			}
		}
	}
	if err := json.Unmarshal(data, &recorded); err != nil {
		t.Fatal(err)
	}
	key, want := recorded.JWKSPrivateKey, recorded.JWTPluginToken
	w := begin(t)
	w.exec(`insert into jwks (id, "publicKey", "privateKey", "createdAt", alg, crv) values ($1, $2, $3, now(), $4, 'Ed25519')`,
		want.Header.Kid, key.PublicColumn, key.Column, want.Header.Alg)
	s := w.replica(secrets(w, key.Secret), func(o *jwks.Options) { o.Issuer, o.Audience = want.Claims.Iss, want.Claims.Aud })
	w.now = time.Unix(want.Claims.Iat, 999_000_000)
	user := `{"name":"Test User","email":"jb@example.com","emailVerified":false,"image":null,"createdAt":"2026-11-23T08:30:47.324Z",` +
		`"updatedAt":"2026-11-23T08:30:47.324Z","role":"admin","tier":"gold","id":"i2kgHTPiGTgihGEFhSnrI4h9HlTyrQAP"}`
	got, err := s.Sign(t.Context(), []byte(user), want.Claims.Sub)
	if err != nil || got != want.Token {
		t.Errorf("Sign = %s, %v, want %s", got, err, want.Token)
	}
	set, age, err := s.Publish(t.Context(), nil)
	if want := `{"keys":[{"alg":"EdDSA","crv":"Ed25519","x":"FVZUzxq_GfaLC6rfvQXcl1ht2aDvRrLixJfixc6ReQ0","kty":"OKP","kid":"7oImlO6rgFzI3ohUjZRMQ2uA9XEXlcpk"}]}`; err != nil ||
		string(set) != want || age != 5*time.Minute {
		t.Errorf("Publish = %s, %v, %v, want %s", set, age, err, want)
	}
}

func TestReplicasMakeTheFirstKeyOnce(t *testing.T) {
	t.Parallel()
	w := begin(t)
	const replicas = 8
	var wait sync.WaitGroup
	start, found := make(chan struct{}), make(chan string, 2*replicas)
	for range replicas {
		store := w.connect()
		s := w.replica(func(o *jwks.Options) { o.Store, o.Log = store, slog.New(slog.DiscardHandler) })
		for _, use := range []func() (string, error){
			func() (string, error) { return s.Sign(t.Context(), []byte(`{"id":"u1"}`), "u1") },
			func() (string, error) { set, _, err := s.Publish(t.Context(), nil); return string(set), err },
		} {
			wait.Go(func() {
				<-start
				text, err := use()
				if err != nil {
					t.Error(err)
				}
				found <- text
			})
		}
	}
	close(start)
	wait.Wait()
	close(found)
	if rows := w.rows(); len(rows) != 1 {
		t.Fatalf("%d keys", len(rows))
	}
	set := w.published(w.replica())
	for text := range found {
		if strings.HasPrefix(text, "{") {
			if !strings.Contains(text, set.Keys[0].KeyID) {
				t.Errorf("published: %s", text)
			}
		} else if err := verify(text, set, w.now); err != nil {
			t.Error(err)
		}
	}
}

func TestForgedTokensDoNotVerify(t *testing.T) {
	t.Parallel()
	w := begin(t)
	s := w.replica()
	token, kid := w.sign(s)
	set := w.published(s)
	parts := strings.Split(token, ".")
	claims := map[string]any{"sub": "u2", "iss": issuer, "aud": issuer, "exp": w.now.Add(time.Hour).Unix()}
	forge := func(method jwt.SigningMethod, key any) string {
		forged := jwt.NewWithClaims(method, jwt.MapClaims(claims))
		forged.Header["kid"] = kid
		text, err := forged.SignedString(key)
		if err != nil {
			t.Fatal(err)
		}
		return text
	}
	elsewhere := begin(t)
	elsewhere.now = elsewhere.now.Add(time.Minute)
	other, _ := elsewhere.sign(elsewhere.replica())
	public, err := json.Marshal(set.Keys[0])
	if err != nil {
		t.Fatal(err)
	}
	for name, forged := range map[string]string{
		"no signature":               forge(jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType),
		"signed with the public key": forge(jwt.SigningMethodHS256, public),
		"signature left out":         parts[0] + "." + parts[1] + ".",
		"signature of another":       parts[0] + "." + strings.Split(other, ".")[1] + "." + parts[2],
		"key of another":             other,
		"changed":                    parts[0] + "." + parts[1][:20] + "A" + parts[1][21:] + "." + parts[2],
	} {
		if err := verify(forged, set, w.now); err == nil {
			t.Errorf("%s: accepted", name)
		}
	}
	if err := verify(token, set, w.now.Add(ttl-time.Second)); err != nil {
		t.Errorf("before its end: %v", err)
	}
	if err := verify(token, set, w.now.Add(ttl)); err == nil {
		t.Error("accepted after its end")
	}
}
