package jwks_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/jwks"
)

// Two replicas and a verifier that caches the keys for as long as it may, for ten days: whatever a replica signs, the
// verifier knows the key already, and knows it until the token ends.
func TestRotationNeverSurprisesAVerifier(t *testing.T) {
	t.Parallel()
	const (
		interval, ahead, grace = 24 * time.Hour, time.Hour, 26 * time.Hour
		step                   = 100 * time.Second
	)
	w := begin(t)
	replicas := []*jwks.Service{w.replica(rotating(interval, ahead, grace)), w.replica(rotating(interval, ahead, grace))}
	type issued struct {
		token string
		at    time.Time
	}
	var cached jose.JSONWebKeySet
	var fetched, last time.Time
	var open []issued
	signed, start := map[string]time.Duration{}, w.now
	for i := 0; w.now.Sub(start) < 10*24*time.Hour; i++ {
		if w.now.Sub(fetched) >= 5*time.Minute {
			cached, fetched = w.published(replicas[i%2]), w.now
			if len(cached.Keys) > 3 {
				t.Fatalf("%d keys are published", len(cached.Keys))
			}
		}
		token, kid := w.sign(replicas[(i/7)%2])
		if err := verify(token, cached, w.now); err != nil {
			t.Fatalf("after %v: %v", w.now.Sub(start), err)
		}
		if !last.IsZero() {
			signed[kid] += w.now.Sub(last)
		}
		last = w.now
		open = append(open, issued{token, w.now})
		for len(open) > 0 && w.now.Sub(open[0].at) > ttl-2*step {
			if err := verify(open[0].token, cached, w.now); err != nil {
				t.Fatalf("after %v, a token of %v ago: %v", w.now.Sub(start), w.now.Sub(open[0].at), err)
			}
			open = open[1:]
		}
		w.now = w.now.Add(step)
	}
	if rows := w.rows(); len(rows) != 10 && len(rows) != 11 {
		t.Errorf("%d keys in ten days", len(rows))
	}
	lives := slices.Sorted(maps.Values(signed))
	if full := lives[1:]; len(full) != 9 || full[0] < interval-time.Minute*5 || full[len(full)-1] > interval+time.Minute*5 {
		t.Errorf("keys signed for %v", lives)
	}
	if w.log.Len() > 0 {
		t.Error(w.log.String())
	}
}

func TestAfterAPauseTheOldKeySignsUntilTheNextIsKnown(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		pause time.Duration
		old   bool
	}{
		"while the next should be published": {23*time.Hour + 30*time.Minute, true},
		"after the end":                      {48 * time.Hour, true},
		"while only just published":          {24*time.Hour + 720*time.Hour - ttl - 2*time.Hour, true},
		"when tokens would outlive the key":  {24*time.Hour + 720*time.Hour - ttl, false},
		"when all is forgotten":              {10_000 * time.Hour, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := begin(t)
			s := w.replica(rotating(24*time.Hour, time.Hour, 720*time.Hour))
			_, first := w.sign(s)
			w.now = w.now.Add(test.pause)
			if test.pause < 700*time.Hour {
				s = w.replica(rotating(24*time.Hour, time.Hour, 720*time.Hour))
			}
			token, kid := w.sign(s)
			set := w.published(s)
			if err := verify(token, set, w.now); err != nil || (kid == first) != test.old {
				t.Errorf("signed by the old key: %v, %v", kid == first, err)
			}
			newest := w.rows()[0]
			if newest.ID == first || len(set.Key(newest.ID)) != 1 {
				t.Fatalf("the next key is not published: %+v", set)
			}
			for after, want := range map[time.Duration]bool{time.Hour - time.Second: !test.old, time.Hour: true} {
				w.now = newest.CreatedAt.Add(after)
				if _, kid := w.sign(w.replica(rotating(24*time.Hour, time.Hour, 720*time.Hour))); (kid == newest.ID) != want {
					t.Errorf("%v after it was published the next key signs: %v", after, kid == newest.ID)
				}
			}
		})
	}
}

func TestKeysWithoutEndGetOneWhenRotationBegins(t *testing.T) {
	t.Parallel()
	w := begin(t)
	_, first := w.sign(w.replica())
	w.now = w.now.Add(20_000 * time.Hour)
	if _, kid := w.sign(w.replica()); kid != first || len(w.rows()) != 1 {
		t.Fatal("a key without rotation does not sign for ever")
	}
	s := w.replica(rotating(240*time.Hour, time.Hour, 720*time.Hour))
	if _, kid := w.sign(s); kid != first {
		t.Error("the next key signs before it is known")
	}
	rows := w.rows()
	if len(rows) != 2 || !rows[1].ExpiresAt.Equal(rows[0].CreatedAt.Add(time.Hour)) || !rows[0].ExpiresAt.Equal(rows[0].CreatedAt.Add(241*time.Hour)) {
		t.Fatalf("rows %+v", rows)
	}
	w.now = w.now.Add(time.Hour)
	if _, kid := w.sign(s); kid != rows[0].ID {
		t.Error("the next key does not sign")
	}
	w.now = w.now.Add(720 * time.Hour)
	if set := w.published(w.replica()); len(set.Key(first)) != 0 || len(set.Keys) == 0 {
		t.Errorf("published %+v", set)
	}
}

func TestAnotherAlgorithmTakesOverLikeARotation(t *testing.T) {
	t.Parallel()
	w := begin(t)
	_, first := w.sign(w.replica())
	w.now = w.now.Add(48 * time.Hour)
	s := w.replica(algorithm(jwks.ES256))
	if _, kid := w.sign(s); kid != first || len(w.published(s).Keys) != 2 {
		t.Error("the new algorithm signs before it is known")
	}
	// A replica that is not replaced yet makes no key of its own, and goes on.
	if _, kid := w.sign(w.replica()); kid != first || len(w.rows()) != 2 {
		t.Errorf("the old replica: %d rows", len(w.rows()))
	}
	w.now = w.now.Add(time.Hour)
	token, kid := w.sign(s)
	if err := verify(token, w.published(s), w.now, jwks.ES256); err != nil || kid == first {
		t.Errorf("after an hour: %v", err)
	}
	if _, kid := w.sign(w.replica()); kid != first || len(w.rows()) != 2 {
		t.Errorf("the old replica: %d rows", len(w.rows()))
	}
}

func TestARotationOfSecretsKeepsPrivateKeysReadable(t *testing.T) {
	t.Parallel()
	w := begin(t)
	_, first := w.sign(w.replica(secrets(w, "old")))
	if _, kid := w.sign(w.replica(secrets(w, "new", "old"))); kid != first {
		t.Error("the key is lost")
	}
	if w.log.Len() > 0 {
		t.Error(w.log.String())
	}
}

// TestWithoutTheirSecretKeysAreRevoked takes away a secret that has leaked.
func TestWithoutTheirSecretKeysAreRevoked(t *testing.T) {
	t.Parallel()
	w := begin(t)
	old, first := w.sign(w.replica(secrets(w, "old")))
	w.now = w.now.Add(time.Hour)
	lost := w.replica(secrets(w, "new"))
	token, kid := w.sign(lost)
	set := w.published(lost)
	if err := verify(token, set, w.now); err != nil || kid == first || len(set.Keys) != 1 {
		t.Errorf("without the old secret: %v, published %+v", err, set)
	}
	if err := verify(old, set, w.now.Add(-time.Hour)); err == nil {
		t.Error("a token of the old key is still good")
	}
	if log := w.log.String(); strings.Count(log, first) != 1 || !strings.Contains(log, "BETTER_AUTH_SECRETS") {
		t.Errorf("the log does not tell it once:\n%s", log)
	}
	if _, again := w.sign(w.replica(secrets(w, "new"))); again != kid || len(w.rows()) != 2 {
		t.Error("another replica makes another key")
	}
	if _, kid := w.sign(w.replica(secrets(w, "old"))); kid != first || len(w.rows()) != 2 {
		t.Error("a replica that still has the old secret does not go on")
	}
}

func TestKeysOfOthersAreSeenSoon(t *testing.T) {
	t.Parallel()
	w := begin(t)
	s := w.replica()
	_, first := w.sign(s)
	w.now = w.now.Add(72 * time.Hour)
	w.sign(s)
	// The real Better-Auth signs with its newest key at once.
	stranger := begin(t)
	stranger.now = w.now
	token, kid := stranger.sign(stranger.replica())
	row := stranger.rows()[0]
	w.exec(`insert into jwks (id, "publicKey", "privateKey", "createdAt", alg, crv) values ($1, $2, $3, $4, 'EdDSA', 'Ed25519')`,
		row.ID, row.PublicKey, row.PrivateKey, row.CreatedAt)
	if err := verify(token, w.published(s), w.now); err != nil {
		t.Errorf("it is not published at once: %v", err)
	}
	w.now = w.now.Add(time.Hour)
	if _, got := w.sign(s); got != kid {
		t.Error("it does not sign after an hour")
	}
	w.exec(`delete from jwks where id = $1`, kid)
	w.now = w.now.Add(time.Minute)
	if _, got := w.sign(s); got != first {
		t.Error("a deleted key signs a minute later")
	}
}

func TestRowsOfAllVersionsAreUsed(t *testing.T) {
	t.Parallel()
	w := begin(t)
	plain := `{"crv":"Ed25519","d":"b7TT5_s7ZS4l9GjfyOJFI4h0wdTOVAR7Qj2916wOHe8","x":"FVZUzxq_GfaLC6rfvQXcl1ht2aDvRrLixJfixc6ReQ0","kty":"OKP"}`
	w.exec(`insert into jwks (id, "publicKey", "privateKey", "createdAt") values ('plain', $1, $1, '2025-01-01')`, plain)
	s := w.replica()
	token, kid := w.sign(s)
	if err := verify(token, w.published(s), w.now); err != nil || kid != "plain" || len(w.rows()) != 1 {
		t.Errorf("%s: %v", kid, err)
	}
	if set, _, _ := s.Publish(t.Context(), nil); strings.Contains(string(set), `"d"`) {
		t.Error("a private key is published")
	}
	for id, row := range map[string][3]string{
		"nothing":         {"", "", "EdDSA"},
		"no JSON":         {"x", `"x"`, "EdDSA"},
		"no object":       {"[]", "[]", "EdDSA"},
		"other algorithm": {plain, plain, "ES256"},
		"not its own":     {`{"crv":"Ed25519","x":"AAAAxq_GfaLC6rfvQXcl1ht2aDvRrLixJfixc6ReQ0A","kty":"OKP"}`, plain, "EdDSA"},
		"symmetric":       {`{"kty":"oct","k":"c2VjcmV0"}`, `{"kty":"oct","k":"c2VjcmV0"}`, "HS256"},
		"unknown curve":   {`{"kty":"OKP","crv":"Ed448","x":"AAAA"}`, `"00"`, "EdDSA"},
	} {
		w.exec(`insert into jwks (id, "publicKey", "privateKey", "createdAt", alg) values ($1, $2, $3, '2025-06-01', $4)`, id, row[0], row[1], row[2])
	}
	w.now = w.now.Add(time.Hour)
	if _, kid := w.sign(s); kid != "plain" {
		t.Errorf("%s signs", kid)
	}
	set, _, err := s.Publish(t.Context(), nil)
	if err != nil || strings.Contains(string(set), "c2VjcmV0") || !strings.Contains(string(set), `"kid":"unknown curve"`) || strings.Contains(string(set), "no JSON") {
		t.Errorf("published %s, %v", set, err)
	}
	if log := w.log.String(); strings.Count(log, "cannot sign") != 7 || strings.Contains(log, "b7TT5") || strings.Contains(log, "c2VjcmV0") {
		t.Errorf("the log is:\n%s", log)
	}
}

// failing is a store that fails while it is told to.
type failing struct {
	jwks.Store
	reads, rotations error
}

func (f *failing) JWKs(ctx context.Context, after time.Time) ([]authserver.JWK, error) {
	if f.reads != nil {
		return nil, f.reads
	}
	return f.Store.JWKs(ctx, after)
}

func (f *failing) RotateJWKs(ctx context.Context, after time.Time, decide func([]authserver.JWK) *authserver.JWKRotation) error {
	if f.rotations != nil {
		return f.rotations
	}
	return f.Store.RotateJWKs(ctx, after, decide)
}

func TestWithoutTheDatabaseKnownKeysSignOn(t *testing.T) {
	t.Parallel()
	w := begin(t)
	store := &failing{Store: w.store, reads: authserver.ErrUnavailable}
	s := w.replica(rotating(24*time.Hour, time.Hour, 720*time.Hour), func(o *jwks.Options) { o.Store = store })
	if _, err := s.Sign(t.Context(), []byte(`{"id":"u1"}`), "u1"); !errors.Is(err, authserver.ErrUnavailable) {
		t.Errorf("without any key: %v", err)
	}
	store.reads, store.rotations = nil, authserver.ErrUnavailable
	if _, err := s.Sign(t.Context(), []byte(`{"id":"u1"}`), "u1"); !errors.Is(err, authserver.ErrUnavailable) {
		t.Errorf("without a first key: %v", err)
	}
	store.rotations = nil
	_, first := w.sign(s)
	store.reads, store.rotations = authserver.ErrUnavailable, authserver.ErrUnavailable
	w.now = w.now.Add(25 * time.Hour)
	if _, kid := w.sign(s); kid != first {
		t.Error("another key signs")
	}
	if _, _, err := s.Publish(t.Context(), nil); !errors.Is(err, authserver.ErrUnavailable) {
		t.Errorf("Publish = %v", err)
	}
	store.reads = nil
	w.now = w.now.Add(time.Minute)
	if _, kid := w.sign(s); kid != first || len(w.published(s).Keys) != 1 {
		t.Error("a failing rotation stops what works")
	}
	store.rotations = nil
	w.now = w.now.Add(time.Minute)
	if w.sign(s); len(w.rows()) != 2 {
		t.Error("the rotation is not made up for")
	}
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, _, err := s.Publish(ended, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("Publish = %v", err)
	}
}
