package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

func verification(number int, expires time.Time) authserver.Verification {
	return authserver.Verification{
		ID: fmt.Sprintf("verification%d", number), Identifier: fmt.Sprintf("reset-password:%d", number), Value: "user1",
		ExpiresAt: expires.In(inBerlin), CreatedAt: now.In(inBerlin),
	}
}

func create(t *testing.T, store *postgres.Store, list ...authserver.Verification) {
	t.Helper()
	for _, v := range list {
		if err := store.CreateVerification(t.Context(), v); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAVerificationIsReadUntilItExpires(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.0.22", "1.7.25-ratelimit"} {
		store, _ := inhabited(t, version)
		newer := verification(1, now.Add(2*time.Hour))
		newer.ID, newer.Value, newer.CreatedAt = "newer", "user2", now.Add(time.Millisecond)
		create(t, store, newer, verification(1, now.Add(3*time.Hour)), verification(2, now.Add(time.Hour)))
		for _, test := range []struct {
			identifier string
			at         time.Duration
			want       string
			err        error
		}{
			{"reset-password:1", 0, "user2", nil}, {"reset-password:1", 2 * time.Hour, "user2", nil},
			{"reset-password:1", 2*time.Hour + time.Millisecond, "", authserver.ErrNotFound},
			{"reset-password:2", time.Hour, "user1", nil}, {"reset-password:3", 0, "", authserver.ErrNotFound},
		} {
			for range 2 {
				got, err := store.Verification(t.Context(), test.identifier, now.Add(test.at))
				if got != test.want || !errors.Is(err, test.err) {
					t.Errorf("%s: %s after %v: %q, %v", version, test.identifier, test.at, got, err)
				}
			}
		}
	}
}

// TestIdentifiersThatWereHashed: Better-Auth does so with verification.storeIdentifier, "hashed".
func TestIdentifiersThatWereHashed(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.7.25-ratelimit")
	execute(t, location, `INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt")
		SELECT 'hashed' || n, rtrim(translate(encode(sha256(convert_to('reset-password:' || n, 'UTF8')), 'base64'), '+/', '-_'), '='), 'user1',
			'2026-03-29 02:00Z', '2026-03-29 01:00Z' FROM generate_series(1, 3) n`)
	newer := verification(1, now.Add(time.Hour))
	newer.Value = "user2"
	create(t, store, newer)
	for identifier, want := range map[string]string{"reset-password:1": "user2", "reset-password:2": "user1"} {
		if got, err := store.Verification(t.Context(), identifier, now); got != want || err != nil {
			t.Errorf("read %s: %q, %v", identifier, got, err)
		}
		if got, err := store.TakeVerification(t.Context(), identifier, now); got != want || err != nil {
			t.Errorf("take %s: %q, %v", identifier, got, err)
		}
	}
	if err := store.ResetPassword(t.Context(), reset(3)); err != nil {
		t.Error(err)
	}
	var left int
	read(t, location, `SELECT count(*) FROM verification`, &left)
	if left != 0 {
		t.Errorf("%d are left", left)
	}
}

func TestExpiredVerificationsAreDeletedInBatches(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.7.25-ratelimit")
	for i := range 6 {
		create(t, store, verification(i, now.Add(time.Duration(i-5)*time.Second)))
	}
	conn, err := pgx.Connect(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	taking, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := taking.Exec(t.Context(), `SELECT FROM verification WHERE id = 'verification0' FOR UPDATE`); err != nil {
		t.Fatal(err)
	}
	for i, want := range []int64{3, 1, 0} {
		if got, err := store.DeleteVerifications(t.Context(), now, 3); got != want || err != nil {
			t.Errorf("batch %d: %d deleted, %v, want %d: one is locked, and one expires now", i, got, err, want)
		}
	}
	if err := taking.Rollback(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got, err := store.DeleteVerifications(t.Context(), now, 3); got != 1 || err != nil {
		t.Errorf("%d deleted, %v", got, err)
	}
	if _, err := store.Verification(t.Context(), "reset-password:5", now); err != nil {
		t.Errorf("the one that still lives: %v", err)
	}
}

func reset(number int) authserver.PasswordReset {
	_, account, _ := sample()
	account.ID, account.Password = fmt.Sprintf("reset%d", number), fmt.Sprintf("hash:%d", number)
	return authserver.PasswordReset{Identifier: fmt.Sprintf("reset-password:%d", number), Account: account}
}

func TestResetPassword(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.0.22", "1.7.25-ratelimit"} {
		store, location := inhabited(t, version)
		create(t, store, verification(1, now), verification(2, now), verification(3, now.Add(-time.Millisecond)))
		execute(t, location, `INSERT INTO verification (id, identifier, value, "expiresAt") VALUES ('other', 'reset-password:4', 'user2', '2027-01-01')`)
		for i, want := range map[int]error{3: authserver.ErrNotFound, 4: authserver.ErrNotFound, 5: authserver.ErrNotFound} {
			if err := store.ResetPassword(t.Context(), reset(i)); !errors.Is(err, want) {
				t.Errorf("%s: reset %d: %v, want %v", version, i, err, want)
			}
		}
		unstorable := reset(1)
		unstorable.Account.Password = "\x00"
		if err := store.ResetPassword(t.Context(), unstorable); !errors.Is(err, authserver.ErrRejected) {
			t.Errorf("%s: a hash that cannot be stored: %v", version, err)
		}
		if hash, err := store.CredentialOf(t.Context(), "user1"); err != nil || hash != "salt:key" {
			t.Errorf("%s: after refusals the hash is %q, %v", version, hash, err)
		}
		for i, want := range []error{nil, authserver.ErrNotFound} {
			if err := store.ResetPassword(t.Context(), reset(1)); !errors.Is(err, want) {
				t.Errorf("%s: use %d: %v, want %v", version, i, err, want)
			}
		}
		if hash, err := store.CredentialOf(t.Context(), "user1"); err != nil || hash != "hash:1" {
			t.Errorf("%s: the hash is %q, %v", version, hash, err)
		}
		if err := errorOf(store.SessionByToken(t.Context(), "token1")); err != nil {
			t.Errorf("%s: the session: %v", version, err)
		}
		revoke := reset(2)
		revoke.RevokeSessions = true
		if err := store.ResetPassword(t.Context(), revoke); err != nil {
			t.Errorf("%s: %v", version, err)
		}
		if err := errorOf(store.SessionByToken(t.Context(), "token1")); !errors.Is(err, authserver.ErrNotFound) {
			t.Errorf("%s: the session after a reset that revokes: %v", version, err)
		}
		taken := reset(6)
		taken.Identifier = ""
		if err := store.ResetPassword(t.Context(), taken); err != nil {
			t.Errorf("%s: with a verification that was used up elsewhere: %v", version, err)
		}
		taken.Account.UserID = "nobody"
		if err := store.ResetPassword(t.Context(), taken); !errors.Is(err, authserver.ErrRejected) {
			t.Errorf("%s: of nobody: %v", version, err)
		}
	}
}

func TestResetPasswordGivesAnAccountOnce(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.7.25-ratelimit")
	execute(t, location, `UPDATE account SET "providerId" = 'google'`)
	const resets = 8
	results := make(chan error, 2*resets)
	for i := range resets {
		create(t, store, verification(i, now))
	}
	for i := range 2 * resets {
		go func() { results <- store.ResetPassword(t.Context(), reset(i%resets)) }()
	}
	succeeded := 0
	for range 2 * resets {
		switch err := <-results; {
		case err == nil:
			succeeded++
		case !errors.Is(err, authserver.ErrNotFound):
			t.Error(err)
		}
	}
	if succeeded != resets {
		t.Errorf("%d resets of %d tokens, each used twice", succeeded, resets)
	}
	var accounts int
	var form bool
	read(t, location, `SELECT count(*) FROM account WHERE "providerId" = 'credential'`, &accounts)
	read(t, location, `SELECT "accountId" = 'user1' AND password LIKE 'hash:%' FROM account WHERE "providerId" = 'credential'`, &form)
	if accounts != 1 || !form {
		t.Errorf("%d credential accounts, well formed: %v", accounts, form)
	}
}

func TestAnAddressIsVerifiedAndChangedOnlyWhileItIsTheUsers(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.7.25-ratelimit")
	execute(t, location, `UPDATE "user" SET "emailVerified" = false`, `INSERT INTO "user" (id, name, email, "emailVerified") VALUES ('user2', '', 'two@example.com', false)`)
	state := func() authserver.User {
		t.Helper()
		user, err := store.UserByID(t.Context(), "user1")
		if err != nil {
			t.Fatal(err)
		}
		byEmail, err := store.UserByEmail(t.Context(), user.Email)
		if err != nil || byEmail.ID != user.ID || byEmail.EmailVerified != user.EmailVerified {
			t.Fatalf("%+v, %v", byEmail, err)
		}
		return user
	}
	for _, test := range []struct {
		user, email string
		want        error
	}{{"user1", "two@example.com", authserver.ErrNotFound}, {"nobody", "ob@example.com", authserver.ErrNotFound}, {"user1", "ob@example.com", nil}} {
		if err := store.VerifyEmail(t.Context(), test.user, test.email, now.Add(time.Hour)); !errors.Is(err, test.want) {
			t.Errorf("%+v: %v", test, err)
		}
	}
	if got := state(); !got.EmailVerified || !got.UpdatedAt.Equal(now.Add(time.Hour)) {
		t.Errorf("%+v", got)
	}
	change := authserver.EmailChange{UserID: "user1", Old: "ob@example.com", New: "two@example.com", At: now}
	if err := store.ChangeEmail(t.Context(), change); !errors.Is(err, authserver.ErrEmailTaken) {
		t.Errorf("an address of another user: %v", err)
	}
	change.New, change.KeepVerified = "new@example.com", true
	for i, want := range []error{nil, authserver.ErrNotFound} {
		if err := store.ChangeEmail(t.Context(), change); !errors.Is(err, want) {
			t.Errorf("change %d: %v, want %v", i, err, want)
		}
	}
	if got := state(); got.Email != "new@example.com" || !got.EmailVerified {
		t.Errorf("%+v", got)
	}
	change.Old, change.New, change.KeepVerified = "new@example.com", "newer@example.com", false
	if err := store.ChangeEmail(t.Context(), change); err != nil {
		t.Error(err)
	}
	if got := state(); got.Email != "newer@example.com" || got.EmailVerified {
		t.Errorf("%+v", got)
	}
	if _, err := store.UserByEmail(t.Context(), "ob@example.com"); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("the old address: %v", err)
	}
}
