package postgres_test

import (
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

// The tables of the real 1.7.25, and of a version whose times have no zone.
const (
	jwksTable    = `CREATE TABLE jwks (id text PRIMARY KEY, "publicKey" text NOT NULL, "privateKey" text NOT NULL, "createdAt" timestamptz NOT NULL, "expiresAt" timestamptz, alg text, crv text)`
	jwksOldTable = `CREATE TABLE jwks (id text PRIMARY KEY, "publicKey" text NOT NULL, "privateKey" text NOT NULL, "createdAt" timestamp NOT NULL, "expiresAt" timestamp, alg text, crv text)`
)

func TestJWKs(t *testing.T) {
	t.Parallel()
	for _, table := range []string{jwksTable, jwksOldTable} {
		location := database(t, "1.7.25", table)
		store := open(t, postgres.Options{URL: location})
		old := authserver.JWK{ID: "old", PublicKey: "p", PrivateKey: "q", Algorithm: "RS256", CreatedAt: now}
		next := authserver.JWK{
			ID: "next", PublicKey: "{}", PrivateKey: `"00"`, Algorithm: "EdDSA", Curve: "Ed25519", CreatedAt: now.Add(time.Hour), ExpiresAt: now.Add(48 * time.Hour),
		}
		for _, rotation := range []authserver.JWKRotation{{Key: old}, {Key: next, Superseded: []string{"old", "next", "none"}, SupersededAt: now.Add(2 * time.Hour).In(inBerlin)}} {
			err := store.RotateJWKs(t.Context(), time.Time{}, func([]authserver.JWK) *authserver.JWKRotation { return &rotation })
			if err != nil {
				t.Fatal(err)
			}
		}
		old.ExpiresAt = now.Add(2 * time.Hour)
		for after, want := range map[time.Duration][]authserver.JWK{
			0: {next, old}, 2*time.Hour - time.Millisecond: {next, old}, 2 * time.Hour: {next}, 48 * time.Hour: {},
		} {
			got, err := store.JWKs(t.Context(), now.Add(after))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("after %v: %s", after, diff)
			}
		}
		execute(t, location, `INSERT INTO jwks (id, "publicKey", "privateKey", "createdAt") VALUES ('bare', '', '', '2020-01-01')`)
		got, err := store.JWKs(t.Context(), now.Add(48*time.Hour))
		if want := []authserver.JWK{{ID: "bare", CreatedAt: time.Date(2020, 1, 1, 0, 0, 0, 0, time.UTC)}}; err != nil || !cmp.Equal(want, got) {
			t.Errorf("%+v, %v", got, err)
		}
	}
}

func TestJWKsRotateOneAfterTheOther(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25", jwksTable)
	var wait sync.WaitGroup
	for range 8 {
		store := open(t, postgres.Options{URL: location})
		wait.Go(func() {
			err := store.RotateJWKs(t.Context(), time.Time{}, func(keys []authserver.JWK) *authserver.JWKRotation {
				if len(keys) > 0 {
					return nil
				}
				return &authserver.JWKRotation{Key: authserver.JWK{ID: "k", CreatedAt: now}}
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	store := open(t, postgres.Options{URL: location})
	if keys, err := store.JWKs(t.Context(), time.Time{}); err != nil || len(keys) != 1 {
		t.Errorf("%d keys, %v", len(keys), err)
	}
	again := store.RotateJWKs(t.Context(), time.Time{}, func([]authserver.JWK) *authserver.JWKRotation {
		return &authserver.JWKRotation{Key: authserver.JWK{ID: "k", CreatedAt: now}, Superseded: []string{"k"}, SupersededAt: now}
	})
	if again == nil {
		t.Error("an id is used twice")
	}
	if keys, err := store.JWKs(t.Context(), time.Time{}); err != nil || !keys[0].ExpiresAt.IsZero() {
		t.Errorf("half of a failed rotation is there: %+v, %v", keys, err)
	}
	dead := open(t, postgres.Options{URL: "postgres://127.0.0.1:1/x"})
	if _, err := dead.JWKs(t.Context(), now); !errors.Is(err, authserver.ErrUnavailable) {
		t.Errorf("without a database: %v", err)
	}
}
