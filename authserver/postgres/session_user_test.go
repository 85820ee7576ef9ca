package postgres_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

func TestSessionUserIsTheOneWhoKnewThePassword(t *testing.T) {
	for _, version := range []string{"1.0.22", "1.7.25"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			location := database(t, version)
			store := open(t, postgres.Options{URL: location})
			user := authserver.User{ID: "u", Name: "A", Email: "a@b.co", CreatedAt: now, UpdatedAt: now, Fields: []any{}}
			account := authserver.Account{ID: "a", AccountID: "u", ProviderID: "credential", UserID: "u", Password: "old", CreatedAt: now, UpdatedAt: now}
			if err := store.CreateUser(t.Context(), user, account, nil); err != nil {
				t.Fatal(err)
			}
			// Accounts elsewhere change with every token.
			execute(t, location, `INSERT INTO account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt") VALUES ('g', 'g', 'github', 'u', now(), 'infinity')`)
			begun := func(at time.Time, want bool) {
				t.Helper()
				got, err := store.SessionUser(t.Context(), authserver.Session{UserID: "u", CreatedAt: at.In(inBerlin)})
				if want && (err != nil || !cmp.Equal(got, user)) || !want && !errors.Is(err, authserver.ErrNotFound) {
					t.Errorf("of a session from %v: %v, %v", at, got, err)
				}
			}
			begun(now, true)
			begun(now.Add(-time.Millisecond), false)
			change := authserver.PasswordChange{Old: "old", New: "new", At: now.Add(time.Hour)}
			if err := store.ChangePassword(t.Context(), "u", change); err != nil {
				t.Fatal(err)
			}
			begun(now.Add(time.Hour-time.Millisecond), false)
			begun(now.Add(time.Hour), true)
			if err := store.DeleteUser(t.Context(), "u"); err != nil {
				t.Fatal(err)
			}
			begun(now.Add(time.Hour), false)
		})
	}
}
