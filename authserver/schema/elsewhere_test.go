package schema_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
)

// storedIn is a configuration whose sessions are elsewhere.
func storedIn(storage string) *config.Config {
	cfg := scenario{memory: true}.config("")
	cfg.Session.Storage = storage
	return cfg
}

// kept are the tables of sessions and verification values that a database has.
func kept(t *testing.T, location string) string {
	t.Helper()
	rows, err := connect(t, location).Query(t.Context(),
		`SELECT tablename::text FROM pg_tables WHERE schemaname = 'public' AND tablename IN ('session', 'verification') ORDER BY 1`)
	if err != nil {
		t.Fatal(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}

func TestTablesThatAreElsewhereAreNotMade(t *testing.T) {
	t.Parallel()
	for storage, want := range map[string]string{
		config.SessionDatabase: "session verification", config.SessionRedis: "", config.SessionStateless: "verification",
	} {
		location := pgtest.Database(t)
		if err := schema.Migrate(t.Context(), location, storedIn(storage)); err != nil {
			t.Fatal(err)
		}
		if got := kept(t, location); got != want {
			t.Errorf("%s: the tables are %q, want %q", storage, got, want)
		}
	}
}

func TestDatabaseWithoutSessionsEqualsTheRealOne(t *testing.T) {
	t.Parallel()
	cfg := storedIn(config.SessionRedis)
	theirs, ours := pgtest.Database(t), pgtest.Database(t)
	scenario{dump: "1.7.25-secondary-storage", empty: true}.prepare(t, theirs, "public")
	if err := schema.Migrate(t.Context(), ours, cfg); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(inspect(t, theirs, cfg), inspect(t, ours, cfg), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("(-Better-Auth +ours):\n%s", diff)
	}
}

func TestTablesOfAnEarlierStorageAreLeftAlone(t *testing.T) {
	t.Parallel()
	for _, storage := range []string{config.SessionRedis, config.SessionStateless} {
		location := pgtest.Database(t)
		scenario{dump: "1.7.25"}.prepare(t, location, "public")
		plan, err := migration(location, storedIn(storage)).Plan(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, statement := range plan.Statements {
			if strings.Contains(statement.SQL, "session") || strings.Contains(statement.SQL, "verification") {
				t.Errorf("%s: %s", storage, statement.SQL)
			}
		}
		if err := schema.Migrate(t.Context(), location, storedIn(storage)); err != nil {
			t.Fatal(err)
		}
		// Back to the database, nothing is missing.
		if plan, err := migration(location, storedIn(config.SessionDatabase)).Plan(t.Context()); err != nil || len(plan.Statements) > 0 {
			t.Errorf("%s and back: %v, %s", storage, err, plan.SQL())
		}
	}
}
