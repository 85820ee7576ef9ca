package postgres_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
)

// customColumns are one field of each type; the names need quotes, and one breaks naive quoting of values.
const customColumns = `ALTER TABLE "user" ADD "companyId" text UNIQUE, ADD "order" integer, ADD active boolean,
	ADD birthday timestamptz, ADD tags jsonb, ADD scores jsonb, ADD extra jsonb, ADD tier text`

var customFields = []authserver.Field{
	{Name: "companyId", Type: authserver.FieldString, Unique: true}, {Name: "order", Type: authserver.FieldNumber},
	{Name: "active", Type: authserver.FieldBoolean}, {Name: "birthday", Type: authserver.FieldDate},
	{Name: "tags", Type: authserver.FieldStringArray}, {Name: "scores", Type: authserver.FieldNumberArray},
	{Name: "extra", Type: authserver.FieldJSON}, {Name: "tier", Type: authserver.FieldEnum},
}

var (
	now      = time.Date(2026, 3, 29, 1, 30, 0, 123_000_000, time.UTC)
	inBerlin = time.FixedZone("Europe/Berlin", 2*60*60)
)

// database returns the URL of a database with the tables of a version of Better-Auth.
func database(tb testing.TB, version string, statements ...string) string {
	tb.Helper()
	location := pgtest.Database(tb)
	dump, err := os.ReadFile(filepath.Join("testdata", "better-auth-"+version+".sql"))
	if err != nil {
		tb.Fatal(err)
	}
	execute(tb, location, append([]string{string(dump)}, statements...)...)
	return location
}

func execute(tb testing.TB, location string, statements ...string) {
	tb.Helper()
	ctx := context.WithoutCancel(tb.Context()) // clean-ups use it too
	conn, err := pgx.Connect(ctx, location)
	if err != nil {
		tb.Fatal(err)
	}
	defer conn.Close(ctx)
	for _, statement := range statements {
		if _, err := conn.Exec(ctx, statement); err != nil {
			tb.Fatalf("%s: %v", statement, err)
		}
	}
}

func open(tb testing.TB, options postgres.Options) *postgres.Store {
	tb.Helper()
	store, err := postgres.Open(tb.Context(), options)
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(store.Close)
	return store
}

func sample() (authserver.User, authserver.Account, authserver.Session) {
	user := authserver.User{
		ID: "user1", Name: "O'Brien \"x\"; --", Email: "ob@example.com", EmailVerified: true, Image: new("https://example.com/i.png"),
		CreatedAt: now.In(inBerlin), UpdatedAt: now, Fields: []any{},
	}
	account := authserver.Account{
		ID: "account1", AccountID: user.ID, ProviderID: authserver.CredentialProvider, UserID: user.ID, Password: "salt:key",
		CreatedAt: now, UpdatedAt: now,
	}
	session := authserver.Session{
		ID: "session1", Token: "token1", UserID: user.ID, ExpiresAt: now.Add(time.Hour).In(inBerlin), CreatedAt: now, UpdatedAt: now,
		IPAddress: "192.0.2.1",
	}
	return user, account, session
}

func utc(user authserver.User, session authserver.Session) (authserver.User, authserver.Session) {
	user.CreatedAt, user.UpdatedAt = user.CreatedAt.UTC(), user.UpdatedAt.UTC()
	session.ExpiresAt = session.ExpiresAt.UTC()
	return user, session
}

func TestRoundTripOnEveryGenerationOfTables(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.0.22", "1.2.12", "1.3.34", "1.7.25"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			location := database(t, version)
			// The time zones of the database and of this process must not matter.
			execute(t, location, `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET timezone = ''Asia/Kolkata''', current_database()); END $$`)
			store := open(t, postgres.Options{URL: location})
			user, account, session := sample()
			if err := store.CreateUser(t.Context(), user, account, &session); err != nil {
				t.Fatal(err)
			}
			wantUser, wantSession := utc(user, session)
			gotSession, gotUser, err := store.SessionByToken(t.Context(), "token1")
			if diff := cmp.Diff([]any{wantSession, wantUser}, []any{gotSession, gotUser}); diff != "" || err != nil {
				t.Error(err, diff)
			}
			gotUser, hash, err := store.CredentialByEmail(t.Context(), "ob@example.com")
			if diff := cmp.Diff(wantUser, gotUser); diff != "" || err != nil || hash != "salt:key" {
				t.Error(err, hash, diff)
			}
			// JavaScript reads a column without time zone as UTC; so must the row look to it.
			var seen string
			read(t, location, `SELECT to_char("expiresAt", 'YYYY-MM-DD HH24:MI:SS.MS') FROM session`, &seen)
			if seen != "2026-03-29 02:30:00.123" {
				t.Errorf("stored expiresAt %s", seen)
			}
		})
	}
}

func read(t *testing.T, location, query string, targets ...any) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	if _, err := conn.Exec(t.Context(), "SET timezone = 'UTC'"); err != nil {
		t.Fatal(err)
	}
	if err := conn.QueryRow(t.Context(), query).Scan(targets...); err != nil {
		t.Fatal(err)
	}
}

func TestCustomFields(t *testing.T) {
	t.Parallel()
	store := open(t, postgres.Options{URL: database(t, "1.7.25", customColumns), Fields: customFields})
	for name, fields := range map[string][]any{
		"values": {
			"ACME'); DROP TABLE \"user\"; --", int64(-2147483648), true, now,
			json.RawMessage(`["a", "ü"]`), json.RawMessage(`[1, 2.5]`), json.RawMessage(`{"k": null}`), "pro",
		},
		"zero values": {"", int64(0), false, time.Unix(0, 0).UTC(), json.RawMessage(`[]`), json.RawMessage(`[]`), json.RawMessage(`0`), ""},
		"nulls":       {nil, nil, nil, nil, nil, nil, nil, nil},
	} {
		t.Run(name, func(t *testing.T) {
			user, account, session := sample()
			user.ID, user.Email, user.Fields = name, name+"@example.com", fields
			account.ID, account.UserID, session.ID, session.Token, session.UserID = name, name, name, name, name
			if err := store.CreateUser(t.Context(), user, account, &session); err != nil {
				t.Fatal(err)
			}
			_, got, err := store.SessionByToken(t.Context(), name)
			if diff := cmp.Diff(fields, got.Fields); diff != "" || err != nil {
				t.Error(err, diff)
			}
			got, _, err = store.CredentialByEmail(t.Context(), user.Email)
			if diff := cmp.Diff(fields, got.Fields); diff != "" || err != nil {
				t.Error(err, diff)
			}
		})
	}
}

func TestCustomFieldInAColumnOfAnOlderForm(t *testing.T) {
	t.Parallel()
	location := database(t, "1.0.22", `ALTER TABLE "user" ADD since timestamp, ADD level bigint, ADD plan varchar(20)`)
	store := open(t, postgres.Options{URL: location, Fields: []authserver.Field{
		{Name: "since", Type: authserver.FieldDate}, {Name: "level", Type: authserver.FieldNumber}, {Name: "plan", Type: authserver.FieldString},
	}})
	user, account, session := sample()
	user.Fields = []any{now.In(inBerlin), int64(1) << 40, "free"}
	if err := store.CreateUser(t.Context(), user, account, &session); err != nil {
		t.Fatal(err)
	}
	_, got, err := store.SessionByToken(t.Context(), "token1")
	if diff := cmp.Diff([]any{now, int64(1) << 40, "free"}, got.Fields); diff != "" || err != nil {
		t.Error(err, diff)
	}
}

func TestCreateUserIsAllOrNothing(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25", customColumns)
	store := open(t, postgres.Options{URL: location, Fields: customFields})
	create := func(change func(*authserver.User, *authserver.Session)) error {
		user, account, session := sample()
		user.Fields = make([]any, len(customFields))
		change(&user, &session)
		account.ID, account.UserID, session.UserID = user.ID, user.ID, user.ID
		return store.CreateUser(t.Context(), user, account, &session)
	}
	if err := create(func(user *authserver.User, _ *authserver.Session) { user.Fields[0] = "ACME" }); err != nil {
		t.Fatal(err)
	}
	fresh := func(user *authserver.User, session *authserver.Session) {
		user.ID, user.Email, session.ID, session.Token = "user2", "two@example.com", "session2", "token2"
	}
	for name, test := range map[string]struct {
		change func(*authserver.User, *authserver.Session)
		want   error
	}{
		"e-mail taken":  {func(user *authserver.User, _ *authserver.Session) { user.Email = "ob@example.com" }, authserver.ErrEmailTaken},
		"field taken":   {func(user *authserver.User, _ *authserver.Session) { user.Fields[0] = "ACME" }, &authserver.FieldConflictError{Field: "companyId"}},
		"NUL":           {func(user *authserver.User, _ *authserver.Session) { user.Name = "a\x00b" }, authserver.ErrRejected},
		"not UTF-8":     {func(user *authserver.User, _ *authserver.Session) { user.Name = "\xff" }, authserver.ErrRejected},
		"NUL in JSON":   {func(user *authserver.User, _ *authserver.Session) { user.Fields[6] = json.RawMessage(`"\u0000"`) }, authserver.ErrRejected},
		"broken JSON":   {func(user *authserver.User, _ *authserver.Session) { user.Fields[6] = json.RawMessage(`{`) }, authserver.ErrRejected},
		"number range":  {func(user *authserver.User, _ *authserver.Session) { user.Fields[1] = int64(1) << 40 }, authserver.ErrRejected},
		"year 300000":   {func(user *authserver.User, _ *authserver.Session) { user.Fields[3] = now.AddDate(300000, 0, 0) }, authserver.ErrRejected},
		"huge unique":   {func(user *authserver.User, _ *authserver.Session) { user.Fields[0] = incompressible(9000) }, authserver.ErrRejected},
		"session token": {func(_ *authserver.User, session *authserver.Session) { session.Token = "token1" }, nil},
	} {
		t.Run(name, func(t *testing.T) {
			err := create(func(user *authserver.User, session *authserver.Session) {
				fresh(user, session)
				test.change(user, session)
			})
			var got, want *authserver.FieldConflictError
			if errors.As(test.want, &want) {
				if !errors.As(err, &got) || *got != *want {
					t.Errorf("got %v, want %v", err, want)
				}
			} else if err == nil || test.want != nil && !errors.Is(err, test.want) {
				t.Errorf("got %v, want %v", err, test.want)
			}
			var rows int
			read(t, location, `SELECT (SELECT count(*) FROM "user") + (SELECT count(*) FROM account) + (SELECT count(*) FROM session)`, &rows)
			if rows != 3 {
				t.Fatalf("%d rows after a failed sign-up, want the 3 from before", rows)
			}
		})
	}
	if err := create(fresh); err != nil {
		t.Errorf("after the failures: %v", err)
	}
}

func incompressible(length int) string {
	var text strings.Builder
	for i := 0; text.Len() < length; i++ {
		fmt.Fprintf(&text, "%x", uint32(i)*2654435761)
	}
	return text.String()
}

func TestEmailConflictIsFoundWhateverTheIndexIsCalled(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25", `ALTER TABLE "user" DROP CONSTRAINT user_email_key`, `CREATE UNIQUE INDEX people ON "user" (lower(email))`)
	store := open(t, postgres.Options{URL: location})
	user, account, _ := sample()
	if err := store.CreateUser(t.Context(), user, account, nil); err != nil {
		t.Fatal(err)
	}
	user.ID, account.ID, user.Email = "user2", "account2", "OB@example.com"
	if err := store.CreateUser(t.Context(), user, account, nil); !errors.Is(err, authserver.ErrEmailTaken) {
		t.Errorf("got %v", err)
	}
}

func TestSessions(t *testing.T) {
	t.Parallel()
	store := open(t, postgres.Options{URL: database(t, "1.7.25")})
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

func TestUserWithoutPasswordAndWithOtherAccounts(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25",
		`INSERT INTO "user" (id, name, email, "emailVerified") VALUES ('u', '', 'u@example.com', true)`,
		`INSERT INTO account (id, "accountId", "providerId", "userId", "updatedAt") VALUES ('a', '1', 'github', 'u', now())`,
		`INSERT INTO session (id, "expiresAt", token, "updatedAt", "userId") VALUES ('s', 'infinity', 't', now(), 'u')`)
	store := open(t, postgres.Options{URL: location})
	user, hash, err := store.CredentialByEmail(t.Context(), "u@example.com")
	if err != nil || hash != "" || user.ID != "u" || user.Image != nil {
		t.Errorf("%+v %q %v", user, hash, err)
	}
	session, _, err := store.SessionByToken(t.Context(), "t")
	if err != nil || session.IPAddress != "" || session.ExpiresAt.Year() != 9999 {
		t.Errorf("%+v %v", session, err)
	}
}

func TestSchemaOption(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25", `ALTER SCHEMA public RENAME TO "tenant_a"`, `CREATE SCHEMA public`)
	store := open(t, postgres.Options{URL: location, Schema: "tenant_a"})
	user, account, session := sample()
	if err := store.CreateUser(t.Context(), user, account, &session); err != nil {
		t.Fatal(err)
	}
	if err := store.CreateUser(t.Context(), user, account, nil); err == nil {
		t.Error("created the same user twice")
	}
}

func TestHitIsExactUnderConcurrency(t *testing.T) {
	t.Parallel()
	for _, version := range []string{"1.2.12", "1.7.25"} {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			location := database(t, version)
			stores := []*postgres.Store{open(t, postgres.Options{URL: location, MaxConnections: 10}), open(t, postgres.Options{URL: location, MaxConnections: 10})}
			for round := range 3 {
				var group sync.WaitGroup
				results := make(chan bool, 100)
				at := now.Add(time.Duration(round) * time.Minute)
				for i := range 100 {
					group.Go(func() {
						allowed, last, err := stores[i%2].Hit(t.Context(), "192.0.2.1|/sign-in/email", 7, time.Minute, at)
						if err != nil || !last.Equal(at) {
							t.Error(last, err)
						}
						results <- allowed
					})
				}
				group.Wait()
				close(results)
				allowed := 0
				for result := range results {
					if result {
						allowed++
					}
				}
				if allowed != 7 {
					t.Errorf("round %d: %d of 100 allowed, want 7", round, allowed)
				}
			}
		})
	}
}

func TestHitFollowsTheContract(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25", `INSERT INTO "rateLimit" VALUES ('made-by-better-auth', 'k', 1, 0)`)
	store := open(t, postgres.Options{URL: location})
	steps := []struct {
		at      time.Duration
		allowed bool
		last    time.Duration
	}{
		{0, true, 0}, {9 * time.Second, true, 9 * time.Second}, // the window restarts at each allowed request
		{18 * time.Second, false, 9 * time.Second}, {18999 * time.Millisecond, false, 9 * time.Second}, // refusals change nothing
		{19 * time.Second, true, 19 * time.Second}, {-time.Hour, true, 19 * time.Second}, // another replica's clock is behind
		{20 * time.Second, false, 19 * time.Second},
	}
	for _, step := range steps {
		allowed, last, err := store.Hit(t.Context(), "k", 2, 10*time.Second, now.Add(step.at))
		if err != nil || allowed != step.allowed || !last.Equal(now.Add(step.last)) {
			t.Errorf("at %s: allowed %v, last %s, %v", step.at, allowed, last.Sub(now), err)
		}
	}
	deleted, err := store.DeleteHits(t.Context(), now.Add(time.Minute))
	if err != nil || deleted != 1 {
		t.Errorf("deleted %d, %v", deleted, err)
	}
}

func TestHitSurvivesAMigrationOfItsTable(t *testing.T) {
	t.Parallel()
	location := database(t, "1.2.12")
	store := open(t, postgres.Options{URL: location})
	count := func(want bool) {
		t.Helper()
		if allowed, _, err := store.Hit(t.Context(), "k", 3, time.Minute, now); err != nil || allowed != want {
			t.Errorf("allowed %v, %v", allowed, err)
		}
	}
	count(true)
	execute(t, location, `ALTER TABLE "rateLimit" ADD UNIQUE (key)`)
	count(true)
	execute(t, location, `ALTER TABLE "rateLimit" DROP CONSTRAINT "rateLimit_key_key"`)
	count(true)
	count(false)
}

func TestUnavailable(t *testing.T) {
	t.Parallel()
	refused := open(t, postgres.Options{URL: "postgres://u:hunter2@127.0.0.1:1/db"})
	location := database(t, "1.7.25")
	limited, done := context.WithTimeout(t.Context(), time.Nanosecond)
	defer done()
	store := open(t, postgres.Options{URL: location, MaxConnections: 1})
	crowded := open(t, postgres.Options{URL: withoutConnections(t, location)})
	for name, err := range map[string]error{
		"refused": errorOf(refused.SessionByToken(t.Context(), "t")), "ping": refused.Ping(t.Context()),
		"deadline":             errorOf(store.SessionByToken(limited, "t")),
		"too many connections": errorOf(crowded.SessionByToken(t.Context(), "t")),
	} {
		if !errors.Is(err, authserver.ErrUnavailable) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := errorOf(store.SessionByToken(canceled, "t")); !errors.Is(err, context.Canceled) || errors.Is(err, authserver.ErrUnavailable) {
		t.Errorf("canceled: %v", err)
	}
	if err := errorOf(store.SessionByToken(t.Context(), "t")); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("afterwards: %v", err)
	}
}

// withoutConnections returns the URL of a role that has used up its connections.
func withoutConnections(t *testing.T, location string) string {
	t.Helper()
	parsed, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	role := "crowded_" + strings.TrimPrefix(parsed.Path, "/gatehouse_test_")
	execute(t, location, "CREATE ROLE "+role+" LOGIN PASSWORD 'hunter2' CONNECTION LIMIT 0")
	t.Cleanup(func() { execute(t, location, "DROP ROLE "+role) })
	parsed.User = url.UserPassword(role, "hunter2")
	return parsed.String()
}

func errorOf(_ authserver.Session, _ authserver.User, err error) error { return err }

func TestTerminatedConnectionsAreReplaced(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25")
	store := open(t, postgres.Options{URL: location, MaxConnections: 2})
	if err := store.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	execute(t, location, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	var err error
	for range 3 {
		if err = errorOf(store.SessionByToken(t.Context(), "t")); errors.Is(err, authserver.ErrNotFound) {
			return
		}
		if !errors.Is(err, authserver.ErrUnavailable) {
			t.Fatalf("a broken connection is %v", err)
		}
	}
	t.Errorf("still %v", err)
}

func TestOpenNeverQuotesTheURL(t *testing.T) {
	t.Parallel()
	for _, location := range []string{
		"postgres://u:hunter2@h/db?sslmode=strange", "postgres://u:hunter2@h:port/db", "postgres://u:hunter2%@h/db",
		"user=u password='hunter2", "hunter2",
	} {
		if _, err := postgres.Open(t.Context(), postgres.Options{URL: location}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", location, err)
		}
	}
}

func BenchmarkSessionByToken(b *testing.B) {
	store := open(b, postgres.Options{URL: database(b, "1.7.25", customColumns), Fields: customFields})
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
