package postgres_test

import (
	"context"
	"os"
	"path/filepath"
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
	dump, err := os.ReadFile(filepath.Join("..", "schema", "testdata", "better-auth-"+version+".sql"))
	if err != nil {
		tb.Fatal(err)
	}
	execute(tb, location, append([]string{string(dump)}, statements...)...)
	return hidden(tb, location)
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
	store, err := postgres.Open(tb.Context(), throughTheirPooler(tb, options))
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
		IPAddress: "192.0.2.1", Fields: []any{},
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
	for _, version := range []string{"1.0.22", "1.2.12", "1.3.34", "1.7.25-ratelimit"} {
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

func TestSchemaOption(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25-ratelimit", `ALTER SCHEMA public RENAME TO "tenant_a"`, `CREATE SCHEMA public`)
	store := open(t, postgres.Options{URL: location, Schema: "tenant_a"})
	user, account, session := sample()
	if err := store.CreateUser(t.Context(), user, account, &session); err != nil {
		t.Fatal(err)
	}
	if err := store.CreateUser(t.Context(), user, account, nil); err == nil {
		t.Error("created the same user twice")
	}
}

// withoutConnections returns the URL of a role that has used up its connections.
