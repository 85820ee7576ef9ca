package schema_test

import (
	"context"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
)

func sorted(items []string) []string {
	slices.Sort(items)
	return items
}

func TestConcurrentMigrationsRunOneAfterTheOther(t *testing.T) {
	t.Parallel()
	location, cfg := pgtest.Database(t), scenario{}.config("tenant")
	var running, statements, waited atomic.Int64
	var group sync.WaitGroup
	for range 4 {
		group.Go(func() {
			one := migration(location, cfg)
			one.Clock.Wait = func(context.Context, time.Duration) error { return nil }
			one.Progress = schema.Progress{
				Waiting: func(string) { waited.Add(1) },
				Started: func(int, int, schema.Statement) {
					if running.Add(1) > 1 {
						t.Error("two migrations run at once")
					}
				},
				Finished: func(int, int, schema.Statement) { running.Add(-1) },
			}
			result, err := one.Run(t.Context())
			if err != nil {
				t.Error(err)
			}
			statements.Add(int64(result.Statements))
		})
	}
	group.Wait()
	if statements.Load() != 9 || waited.Load() == 0 {
		t.Errorf("%d statements in all, want the 9 of one run; waited %d times", statements.Load(), waited.Load())
	}
}

func TestBackfillInBatches(t *testing.T) {
	t.Parallel()
	location := pgtest.Database(t)
	s := scenario{dump: "1.7.25", memory: true, fields: []config.CustomField{{Name: "tier", Type: "string", Required: true, Default: new("free")}}, change: []string{
		`ALTER TABLE public."user" ADD tier text`,
		`INSERT INTO public."user" SELECT 'x' || i, '', i || '@example.com', false, NULL, now(), CURRENT_DATE, NULL FROM generate_series(1, 12000) i`,
		`UPDATE public."user" SET tier = 'pro' WHERE id = 'x7'`,
	}}
	s.prepare(t, location, "public")
	if err := schema.Migrate(t.Context(), location, s.config("public")); err != nil {
		t.Fatal(err)
	}
	var free, pro int
	row := connect(t, location).QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE tier = 'free'), count(*) FILTER (WHERE tier = 'pro') FROM "user"`)
	if err := row.Scan(&free, &pro); err != nil || free != 12001 || pro != 1 {
		t.Errorf("free %d, pro %d, %v", free, pro, err)
	}
}

func TestWaitsForALockWithoutBlockingOthers(t *testing.T) {
	t.Parallel()
	location := pgtest.Database(t)
	s := scenario{dump: "1.7.25", memory: true, fields: []config.CustomField{{Name: "tier", Type: "string"}}}
	s.prepare(t, location, "public")
	holder := connect(t, location)
	transaction, err := holder.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transaction.Exec(t.Context(), `SELECT FROM "user"`); err != nil {
		t.Fatal(err)
	}
	patient := migration(location, s.config("public"))
	reasons := []string{}
	patient.Progress.Waiting = func(reason string) { reasons = append(reasons, reason) }
	// While it pauses, the statement is not in the queue, so others pass.
	patient.Clock.Wait = func(ctx context.Context, _ time.Duration) error {
		if _, err := connect(t, location).Exec(ctx, `SET lock_timeout = 100; SELECT FROM "user"`); err != nil {
			t.Error(err)
		}
		return transaction.Rollback(ctx)
	}
	if _, err := patient.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(reasons) != 1 || reasons[0] != `a transaction holds a lock on "public"."user"` {
		t.Errorf("waited for %q", reasons)
	}
}

func TestWaitsForADatabaseThatStarts(t *testing.T) {
	t.Parallel()
	now, pauses := time.Unix(0, 0), 0
	late := migration("postgres://u:hunter2@127.0.0.1:1/db", scenario{}.config(""))
	late.Patience = 30 * time.Second
	late.Clock = schema.Clock{Now: func() time.Time { return now }, Wait: func(_ context.Context, pause time.Duration) error {
		pauses++
		now = now.Add(pause)
		return nil
	}}
	var reasons []string
	late.Progress.Waiting = func(reason string) { reasons = append(reasons, reason) }
	_, err := late.Run(t.Context())
	reason, message := schema.Failure(err, late.URL)
	const want = "cannot reach the database at 127.0.0.1:1: connection refused; check that it runs and listens there"
	if reason != config.DatabaseUnreachable || message != want || reasons[0] != want {
		t.Errorf("%s: %s", reason, message)
	}
	if waited := now.Sub(time.Unix(0, 0)); pauses < 5 || waited < 20*time.Second || waited > 30*time.Second {
		t.Errorf("%d pauses, %s in all", pauses, waited)
	}
}

func TestFailuresAreClassifiedAndHoldNoSecret(t *testing.T) {
	t.Parallel()
	location := pgtest.Database(t)
	s := scenario{dump: "1.7.25"}
	s.prepare(t, location, "public")
	poor := role(t, location, "poor")
	conn := connect(t, location)
	if _, err := conn.Exec(t.Context(), `CREATE SCHEMA closed; REVOKE ALL ON SCHEMA public FROM PUBLIC; GRANT USAGE ON SCHEMA public TO `+poor.User.Username()); err != nil {
		t.Fatal(err)
	}
	var owner string
	if err := conn.QueryRow(t.Context(), "SELECT current_user").Scan(&owner); err != nil {
		t.Fatal(err)
	}
	with := func(base *url.URL, change func(*url.URL)) string {
		changed := *base
		change(&changed)
		return changed.String()
	}
	const tables = `"public"."user", "public"."session", "public"."account", "public"."verification"`
	quoted := `"` + poor.User.Username() + `"`
	for name, test := range map[string]struct {
		url, schema string
		reason      config.MigrationReason
		want        string
	}{
		"wrong password": {with(poor, func(u *url.URL) { u.User = url.UserPassword(u.User.Username(), "wrong-hunter2") }), "public",
			config.DatabaseAuthenticationFailed, "refuses the credentials: password authentication failed for user " + quoted + "; correct the user and password in the database secret"},
		"no such database": {with(poor, func(u *url.URL) { u.Path = "/none" }), "public",
			config.DatabaseUnreachable, `database "none" does not exist; create it, or correct the name in the database secret`},
		"unknown host": {with(poor, func(u *url.URL) { u.Host = "db.invalid:5432" }), "public",
			config.DatabaseUnreachable, "cannot reach the database at db.invalid:5432: the host name does not resolve"},
		"TLS": {with(poor, func(u *url.URL) { u.RawQuery = "sslmode=require" }), "public",
			config.DatabaseTLSFailed, "it has no TLS; switch TLS on there, or give up the protection with database.tls.mode Disable"},
		"malformed": {"postgres://u:hunter2%@h/db", "public", config.DatabaseSecretMalformed, "the database URL cannot be parsed"},
		"tables of another": {poor.String(), "public", config.DatabasePermissionDenied,
			`the role ` + quoted + ` lacks SELECT, INSERT, UPDATE, DELETE on ` + tables + `; run as "` + owner + `": GRANT SELECT, INSERT, UPDATE, DELETE ON ` + tables + ` TO ` + quoted},
		"schema of another": {poor.String(), "closed", config.DatabasePermissionDenied,
			`the role ` + quoted + ` may not use the schema; run as its owner: GRANT USAGE, CREATE ON SCHEMA "closed" TO ` + quoted},
		"no schema": {poor.String(), "fresh", config.DatabasePermissionDenied,
			`the role ` + quoted + ` may not create the schema; run as an administrator: CREATE SCHEMA "fresh" AUTHORIZATION ` + quoted},
	} {
		t.Run(name, func(t *testing.T) {
			failing := migration(test.url, s.config(test.schema))
			_, err := failing.Run(t.Context())
			if err == nil {
				t.Fatal("succeeded")
			}
			reason, message := schema.Failure(err, failing.URL)
			if reason != test.reason || !strings.Contains(message, test.want) {
				t.Errorf("%s: %s\nwant %s: %s", reason, message, test.reason, test.want)
			}
			if strings.Contains(message, "hunter2") || strings.Contains(message, "\n") {
				t.Errorf("not a line without secrets: %q", message)
			}
		})
	}
}

func TestMessagesAreRedactedAndBounded(t *testing.T) {
	t.Parallel()
	location := config.Redacted("postgres://u:p%40ss-hunter2@h/db")
	_, message := schema.Failure(fmt.Errorf("server says:\n%s p@ss-hunter2 %s", location.Reveal(), strings.Repeat("ü", 2000)), location)
	if strings.Contains(message, "hunter2") || strings.Contains(message, "\n") || len(message) > 1024 || !strings.HasPrefix(message, "server says: [redacted] [redacted] ü") {
		t.Errorf("%d bytes: %s", len(message), message)
	}
}

func TestMemberOfTheOwnerMayMigrate(t *testing.T) {
	t.Parallel()
	location := pgtest.Database(t)
	s := scenario{dump: "1.7.25", memory: true, fields: []config.CustomField{{Name: "tier", Type: "string", Index: true}}}
	s.prepare(t, location, "public")
	tenant := role(t, location, "tenant")
	name := tenant.User.Username()
	conn := connect(t, location)
	if _, err := conn.Exec(t.Context(), `GRANT USAGE ON SCHEMA public TO `+name+`; GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO `+name); err != nil {
		t.Fatal(err)
	}
	member := migration(tenant.String(), s.config("public"))
	_, err := member.Run(t.Context())
	if reason, message := schema.Failure(err, member.URL); reason != config.DatabasePermissionDenied ||
		!strings.Contains(message, `may not alter the table "public"."user"; run as an administrator: GRANT `) ||
		!strings.Contains(message, `GRANT USAGE, CREATE ON SCHEMA "public" TO "`+name+`"`) {
		t.Errorf("%s: %s", reason, message)
	}
	// The advice must work.
	if _, err := conn.Exec(t.Context(), `ALTER TABLE "user" OWNER TO `+name+`; GRANT USAGE, CREATE ON SCHEMA public TO `+name); err != nil {
		t.Fatal(err)
	}
	if _, err := member.Run(t.Context()); err != nil {
		t.Error(err)
	}
}

// role makes an ordinary role and returns the URL with it.
func role(t *testing.T, location, prefix string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	name := prefix + "_" + strings.TrimPrefix(parsed.Path, "/gatehouse_test_")
	run := func(statements ...string) {
		ctx := context.WithoutCancel(t.Context())
		conn, err := pgx.Connect(ctx, location)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(ctx)
		for _, statement := range statements {
			if _, err := conn.Exec(ctx, statement); err != nil {
				t.Errorf("%s: %v", statement, err)
			}
		}
	}
	run("CREATE ROLE " + name + " LOGIN PASSWORD 'hunter2'")
	t.Cleanup(func() { run("REASSIGN OWNED BY "+name+" TO current_user", "DROP OWNED BY "+name, "DROP ROLE "+name) })
	parsed.User = url.UserPassword(name, "hunter2")
	return parsed
}
