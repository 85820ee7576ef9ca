package postgres_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

func TestSessions(t *testing.T) {
	t.Parallel()
	store := open(t, postgres.Options{URL: database(t, "1.7.25-ratelimit")})
	user, account, session := sample()
	if err := store.CreateUser(t.Context(), user, account, nil); err != nil {
		t.Fatal(err)
	}
	if _, _, err := store.SessionByToken(t.Context(), "token1"); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("no session: %v", err)
	}
	if _, _, err := store.CredentialByEmail(t.Context(), "none@example.com"); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("no user: %v", err)
	}
	if err := store.CreateSession(t.Context(), session); err != nil {
		t.Fatal(err)
	}
	later := now.Add(24*time.Hour + time.Microsecond)
	if err := store.ExtendSession(t.Context(), "token1", later.Add(time.Hour), later); err != nil {
		t.Fatal(err)
	}
	got, _, err := store.SessionByToken(t.Context(), "token1")
	if err != nil || !got.ExpiresAt.Equal(now.Add(25*time.Hour)) || !got.UpdatedAt.Equal(now.Add(24*time.Hour)) {
		t.Errorf("extended: %+v, %v", got, err)
	}
	for range 2 {
		if err := store.DeleteSession(t.Context(), "token1"); err != nil {
			t.Error(err)
		}
	}
	if err := store.ExtendSession(t.Context(), "token1", later, later); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("extending a deleted session: %v", err)
	}
	session.UserID = "nobody"
	if err := store.CreateSession(t.Context(), session); err == nil || errors.Is(err, authserver.ErrUnavailable) {
		t.Errorf("a session of nobody: %v", err)
	}
}

func BenchmarkSessionByToken(b *testing.B) {
	store := open(b, postgres.Options{URL: database(b, "1.7.25-ratelimit", customColumns), Fields: customFields})
	user, account, session := sample()
	user.Fields = []any{"a", int64(1), true, now, json.RawMessage(`[]`), json.RawMessage(`[]`), json.RawMessage(`{}`), "b"}
	if err := store.CreateUser(b.Context(), user, account, &session); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := errorOf(store.SessionByToken(b.Context(), "token1")); err != nil {
			b.Fatal(err)
		}
	}
}
