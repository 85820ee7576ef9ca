package postgres_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

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
	if err := store.CreateSession(t.Context(), &session); err != nil {
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
	if err := store.CreateSession(t.Context(), &session); err == nil || errors.Is(err, authserver.ErrUnavailable) {
		t.Errorf("a session of nobody: %v", err)
	}
}

func BenchmarkSessionByToken(b *testing.B) {
	benchmarkSession(b, open(b, postgres.Options{URL: database(b, "1.7.25-ratelimit", customColumns), Fields: customFields}))
}

func benchmarkSession(b *testing.B, store *postgres.Store) {
	b.Helper()
	user, account, session := sample()
	user.Fields = []any{"a", int64(1), true, now, json.RawMessage(`[]`), json.RawMessage(`[]`), json.RawMessage(`{}`), "b"}
	if err := store.CreateUser(b.Context(), user, account, &session); err != nil && !errors.Is(err, authserver.ErrEmailTaken) {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := errorOf(store.SessionByToken(b.Context(), "token1")); err != nil {
			b.Fatal(err)
		}
	}
}

func TestFieldsOfSessions(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25-ratelimit", customColumns, `ALTER TABLE session ADD device text UNIQUE, ADD "order" integer, ADD meta jsonb`)
	store := open(t, postgres.Options{URL: location, Fields: customFields, SessionFields: []authserver.Field{
		{Name: "device", Type: authserver.FieldString, Unique: true}, {Name: "order", Type: authserver.FieldNumber}, {Name: "meta", Type: authserver.FieldJSON},
	}})
	user, account, session := sample()
	user.Fields = make([]any, len(customFields))
	session.Fields = []any{"phone'); --", int64(7), json.RawMessage(`{"a": 1}`)}
	if err := store.CreateUser(t.Context(), user, account, &session); err != nil {
		t.Fatal(err)
	}
	other := session
	other.ID, other.Token, other.Fields = "session2", "token2", []any{nil, nil, nil}
	if err := store.CreateSession(t.Context(), &other); err != nil {
		t.Fatal(err)
	}
	got, gotUser, err := store.SessionByToken(t.Context(), session.Token)
	if diff := cmp.Diff(session.Fields, got.Fields); diff != "" || err != nil || len(gotUser.Fields) != len(customFields) {
		t.Errorf("%v, %s, %d fields of the user", err, diff, len(gotUser.Fields))
	}
	later := now.Add(time.Hour)
	got, err = store.UpdateSession(t.Context(), other.Token, []authserver.Change{{Field: "order", Value: int64(9)}, {Field: "meta", Value: json.RawMessage(`[]`)}}, later)
	if diff := cmp.Diff([]any{nil, int64(9), json.RawMessage(`[]`)}, got.Fields); diff != "" || err != nil || !got.UpdatedAt.Equal(later) || got.ID != other.ID {
		t.Errorf("%+v, %v, %s", got, err, diff)
	}
	list, err := store.UserSessions(t.Context(), user.ID, now)
	if err != nil || len(list) != 2 || !cmp.Equal(list[0].Fields, session.Fields) || !cmp.Equal(list[1].Fields, got.Fields) {
		t.Errorf("%+v, %v", list, err)
	}
	var conflict *authserver.FieldConflictError
	if _, err := store.UpdateSession(t.Context(), other.Token, []authserver.Change{{Field: "device", Value: "phone'); --"}}, later); !errors.As(err, &conflict) || conflict.Field != "device" {
		t.Errorf("a value of another session: %v", err)
	}
	if _, err := store.UpdateSession(t.Context(), other.Token, []authserver.Change{{Field: "order", Value: int64(1) << 40}}, later); !errors.Is(err, authserver.ErrRejected) {
		t.Errorf("a value out of range: %v", err)
	}
	if _, err := store.UpdateSession(t.Context(), "none", []authserver.Change{{Field: "order", Value: nil}}, later); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("no session: %v", err)
	}
}
