package postgres_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

// inhabited is a store with the sample user and session, in tables of a version of Better-Auth.
func inhabited(t *testing.T, version string) (*postgres.Store, string) {
	t.Helper()
	location := database(t, version, customColumns)
	store := open(t, postgres.Options{URL: location, Fields: customFields})
	user, account, session := sample()
	user.Fields = make([]any, len(customFields))
	if err := store.CreateUser(t.Context(), user, account, &session); err != nil {
		t.Fatal(err)
	}
	return store, location
}

func TestChangePasswordReplacesTheOldHashOnly(t *testing.T) {
	t.Parallel()
	store, _ := inhabited(t, "1.7.25-ratelimit")
	change := authserver.PasswordChange{Old: "salt:key", New: "new:key", At: now.Add(time.Hour)}
	for i, want := range []error{nil, authserver.ErrNotFound} {
		if err := store.ChangePassword(t.Context(), "user1", change); !errors.Is(err, want) {
			t.Errorf("change %d: %v, want %v", i, err, want)
		}
	}
	if hash, err := store.CredentialOf(t.Context(), "user1"); err != nil || hash != "new:key" {
		t.Errorf("the hash is %q, %v", hash, err)
	}
	if hash, err := store.CredentialOf(t.Context(), "nobody"); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("the hash of nobody is %q, %v", hash, err)
	}
	if err := errorOf(store.SessionByToken(t.Context(), "token1")); err != nil {
		t.Errorf("the session of a user who keeps sessions: %v", err)
	}
}

func TestChangePasswordReplacesSessionsOrNothing(t *testing.T) {
	t.Parallel()
	store, _ := inhabited(t, "1.7.25-ratelimit")
	_, _, session := sample()
	session.ID, session.Token = "session2", "token2"
	change := authserver.PasswordChange{Old: "another", New: "new:key", At: now, Session: &session}
	if err := store.ChangePassword(t.Context(), "user1", change); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("with another old hash: %v", err)
	}
	unstorable := session
	unstorable.UserAgent = "\x00"
	change.Old, change.Session = "salt:key", &unstorable
	if err := store.ChangePassword(t.Context(), "user1", change); !errors.Is(err, authserver.ErrRejected) {
		t.Errorf("with a session that cannot be stored: %v", err)
	}
	if hash, err := store.CredentialOf(t.Context(), "user1"); err != nil || hash != "salt:key" {
		t.Errorf("after two failures the hash is %q, %v", hash, err)
	}
	if err := errorOf(store.SessionByToken(t.Context(), "token1")); err != nil {
		t.Errorf("after two failures the session: %v", err)
	}
	change.Session = &session
	if err := store.ChangePassword(t.Context(), "user1", change); err != nil {
		t.Fatal(err)
	}
	if err := errorOf(store.SessionByToken(t.Context(), "token1")); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("the old session: %v", err)
	}
	if err := errorOf(store.SessionByToken(t.Context(), "token2")); err != nil {
		t.Errorf("the new session: %v", err)
	}
}

func TestAccountsOfAUser(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.7.25-ratelimit")
	execute(t, location, `INSERT INTO account (id, "accountId", "providerId", "userId", scope, "createdAt", "updatedAt", "accessToken")
		VALUES ('account2', 'g-1', 'google', 'user1', 'openid, email,,profile', '2026-04-01Z', '2026-04-02Z', 'secret')`)
	got, err := store.AccountsOf(t.Context(), "user1")
	want := []authserver.Account{
		{ID: "account1", AccountID: "user1", ProviderID: "credential", UserID: "user1", CreatedAt: now, UpdatedAt: now},
		{ID: "account2", AccountID: "g-1", ProviderID: "google", UserID: "user1", Scopes: []string{"openid", "email", "profile"},
			CreatedAt: time.Date(2026, 4, 1, 0, 0, 0, 0, time.UTC), UpdatedAt: time.Date(2026, 4, 2, 0, 0, 0, 0, time.UTC)},
	}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if got, err := store.AccountsOf(t.Context(), "nobody"); err != nil || len(got) != 0 {
		t.Errorf("nobody has %v, %v", got, err)
	}
}

func TestUpdateUserChangesWhatIsSaid(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.7.25-ratelimit")
	changes := []authserver.Change{{Field: "name", Value: `new "x"; --`}, {Field: "image"}, {Field: "order", Value: int64(7)}, {Field: "companyId", Value: "ACME"}}
	if err := store.UpdateUser(t.Context(), "user1", changes, now.Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	_, got, err := store.SessionByToken(t.Context(), "token1")
	want, _, _ := sample()
	want.Name, want.Image, want.CreatedAt, want.UpdatedAt = `new "x"; --`, nil, now, now.Add(time.Hour)
	want.Fields = []any{"ACME", int64(7), nil, nil, nil, nil, nil, nil}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	execute(t, location, `INSERT INTO "user" (id, name, email, "emailVerified") VALUES ('user2', '', 'two@example.com', false)`)
	for name, test := range map[string]struct {
		user  string
		value any
		want  error
	}{
		"of another":          {"user2", "ACME", &authserver.FieldConflictError{Field: "companyId"}},
		"too large for index": {"user2", incompressible(9000), authserver.ErrRejected},
		"of nobody":           {"nobody", "x", authserver.ErrNotFound},
	} {
		err := store.UpdateUser(t.Context(), test.user, []authserver.Change{{Field: "companyId", Value: test.value}}, now)
		var conflict, wanted *authserver.FieldConflictError
		if errors.As(test.want, &wanted) {
			if !errors.As(err, &conflict) || *conflict != *wanted {
				t.Errorf("%s: %v", name, err)
			}
		} else if !errors.Is(err, test.want) {
			t.Errorf("%s: %v, want %v", name, err, test.want)
		}
	}
}

// TestDeleteUserLeavesNothing deletes in tables that have cascades and in old ones that have none.
func TestDeleteUserLeavesNothing(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.0.22", "1.7.25-ratelimit"} {
		store, location := inhabited(t, version)
		for range 2 {
			if err := store.DeleteUser(t.Context(), "user1"); err != nil {
				t.Errorf("%s: %v", version, err)
			}
		}
		var rows int
		read(t, location, `SELECT (SELECT count(*) FROM "user") + (SELECT count(*) FROM account) + (SELECT count(*) FROM session)`, &rows)
		if rows != 0 {
			t.Errorf("%s: %d rows are left", version, rows)
		}
	}
}

// TestDeleteUserWaitsForASignIn holds a sign-in open, whose session would otherwise forbid the deletion in old tables.
func TestDeleteUserWaitsForASignIn(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.0.22")
	conn, err := pgx.Connect(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.WithoutCancel(t.Context()))
	signIn, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := signIn.Exec(t.Context(), `INSERT INTO session (id, "expiresAt", token, "createdAt", "updatedAt", "userId")
		VALUES ('session2', $1, 'token2', $1, $1, 'user1')`, now); err != nil {
		t.Fatal(err)
	}
	deleted := make(chan error, 1)
	go func() { deleted <- store.DeleteUser(t.Context(), "user1") }()
	for waiting := 0; waiting == 0; {
		read(t, location, `SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()`, &waiting)
	}
	if err := signIn.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-deleted; err != nil {
		t.Errorf("DeleteUser = %v", err)
	}
	var sessions int
	read(t, location, `SELECT count(*) FROM session`, &sessions)
	if sessions != 0 {
		t.Errorf("%d sessions are left", sessions)
	}
}

func TestAVerificationIsTakenOnce(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.0.22")
	execute(t, location, `INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES
		('1', 'twice', 'old', '2026-03-30', '2026-03-28', NULL), ('2', 'twice', 'new', '2026-03-30', '2026-03-29', NULL),
		('3', 'twice', 'oldest', '2026-03-30', NULL, NULL), ('4', 'expired', 'x', '2026-03-29 01:30:00.122', '2026-03-28', NULL),
		('5', 'last moment', 'y', '2026-03-29 01:30:00.123', NULL, NULL), ('6', 'other', 'z', '2026-03-30', NULL, NULL)`)
	for _, test := range []struct {
		identifier, want string
		err              error
	}{
		{"twice", "new", nil}, {"twice", "", authserver.ErrNotFound}, {"expired", "", authserver.ErrNotFound},
		{"last moment", "y", nil}, {"none", "", authserver.ErrNotFound},
	} {
		got, err := store.TakeVerification(t.Context(), test.identifier, now)
		if got != test.want || !errors.Is(err, test.err) {
			t.Errorf("%s: %q, %v", test.identifier, got, err)
		}
	}
	var left int
	read(t, location, `SELECT count(*) FROM verification`, &left)
	if left != 1 {
		t.Errorf("%d values are left, want the one that nobody took", left)
	}
}

func TestRehashReplacesTheOldHashOnlyAndLeavesTheRestAsItIs(t *testing.T) {
	t.Parallel()
	store, location := inhabited(t, "1.7.25-ratelimit")
	execute(t, location, `INSERT INTO account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
		VALUES ('account2', 'g-1', 'google', 'user1', 'salt:key', '2026-04-01Z', '2026-04-02Z')`)
	const rest = `SELECT (to_jsonb(a) - 'password')::text FROM account a WHERE id = 'account1'`
	var before, after, other string
	read(t, location, rest, &before)
	for _, test := range []struct {
		user, old string
		want      error
	}{{"nobody", "salt:key", authserver.ErrNotFound}, {"user1", "another", authserver.ErrNotFound}, {"user1", "salt:key", nil}, {"user1", "salt:key", authserver.ErrNotFound}} {
		if err := store.Rehash(t.Context(), test.user, test.old, "$argon2id$new"); !errors.Is(err, test.want) {
			t.Errorf("%s, %s: %v, want %v", test.user, test.old, err, test.want)
		}
	}
	if hash, err := store.CredentialOf(t.Context(), "user1"); err != nil || hash != "$argon2id$new" {
		t.Errorf("the hash is %q, %v", hash, err)
	}
	read(t, location, rest, &after)
	if diff := cmp.Diff(before, after); diff != "" {
		t.Error(diff)
	}
	if read(t, location, `SELECT password FROM account WHERE id = 'account2'`, &other); other != "salt:key" {
		t.Errorf("that of another provider is %q", other)
	}
}
