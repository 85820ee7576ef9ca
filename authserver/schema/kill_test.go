package schema_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
)

// TestKilledAtAnyStatement kills each migration right before and right after each of its statements, and runs it
// again: it must end in the same catalogue as an undisturbed run, and with all rows.
func TestKilledAtAnyStatement(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios {
		if s.twin {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			location := pgtest.Database(t)
			admin := connect(t, location)
			s.prepareOn(t, admin, "undisturbed")
			result, err := migration(location, s.config("undisturbed")).Run(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			want, wantRows := inspectOn(t, admin, s.config("undisturbed")), rows(t, admin, "undisturbed", s.empty)
			for statement := range result.Statements {
				for _, after := range []bool{false, true} {
					name := fmt.Sprintf("run_%d_%t", statement, after)
					s.prepareOn(t, admin, name)
					cfg := s.config(name)
					if _, err := killedAt(location, cfg, admin, statement, after).Run(t.Context()); err == nil {
						t.Fatalf("%s: the migration survived", name)
					} else if reason, _ := schema.Failure(err, config.Redacted(location)); reason != config.DatabaseUnreachable {
						t.Errorf("%s: reported as %s: %v", name, reason, err)
					}
					if _, err := migration(location, cfg).Run(t.Context()); err != nil {
						t.Fatalf("%s: repeated: %v", name, err)
					}
					if diff := cmp.Diff(want, inspectOn(t, admin, cfg)); diff != "" {
						t.Errorf("%s: (-undisturbed +repeated):\n%s", name, diff)
					}
					if diff := cmp.Diff(wantRows, rows(t, admin, name, s.empty)); diff != "" {
						t.Errorf("%s: rows: %s", name, diff)
					}
				}
			}
		})
	}
}

// killedAt is a migration whose connection the server ends at a statement.
func killedAt(location string, cfg *config.Config, admin *pgx.Conn, statement int, after bool) schema.Migration {
	kill := func(index, _ int, _ schema.Statement) {
		if index == statement {
			terminate(admin, "gatehouse-migrate")
		}
	}
	doomed := migration(location, cfg)
	if after {
		doomed.Progress.Finished = kill
	} else {
		doomed.Progress.Started = kill
	}
	return doomed
}

// terminate ends the connections of an application to this database and waits until they are gone.
func terminate(admin *pgx.Conn, application string) {
	const end = `SELECT pg_terminate_backend(pid, 30000) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`
	var ended bool
	if err := admin.QueryRow(context.Background(), end, application).Scan(&ended); err != nil || !ended {
		panic(fmt.Sprint("no connection was ended: ", err))
	}
}

func rows(t *testing.T, conn *pgx.Conn, schemaName string, empty bool) string {
	t.Helper()
	if empty {
		return ""
	}
	var parts []string
	for table, columns := range map[string]string{
		"user": `id, name, email, "emailVerified"`, "session": `id, token, "userId"`, "account": `id, "accountId", "providerId", "userId", password`,
		"verification": `id, identifier, value`,
	} {
		var text string
		query := fmt.Sprintf(`SELECT coalesce(string_agg(r::text, ' ' ORDER BY r::text), '') FROM (SELECT %s FROM %s) r`,
			columns, pgx.Identifier{schemaName, table}.Sanitize())
		if err := conn.QueryRow(t.Context(), query).Scan(&text); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, table+": "+text)
	}
	return strings.Join(sorted(parts), "\n")
}

// TestServersKeepWorking uses the store of the servers from before the migration after each of its statements.
func TestServersKeepWorking(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios {
		if s.empty || s.strict || s.twin {
			continue
		}
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			location := pgtest.Database(t)
			s.prepare(t, location, "public")
			old := scenario{fields: s.old}.config("")
			store, err := postgres.Open(t.Context(), postgres.Options{URL: location, Fields: old.Fields()})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(store.Close)
			serve(t, store, len(s.old), -1)
			migrating := migration(location, s.config("public"))
			migrating.Progress.Finished = func(index, _ int, _ schema.Statement) { serve(t, store, len(s.old), index) }
			if _, err := migrating.Run(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// serve does what a server does with its store.
func serve(t *testing.T, store *postgres.Store, fields, step int) {
	t.Helper()
	name, now := fmt.Sprint("new", step), time.Now()
	id, err := store.UserID(t.Context(), name)
	if err != nil {
		t.Errorf("after statement %d: id: %v", step+1, err)
	}
	user := authserver.User{ID: id, Email: name + "@example.com", CreatedAt: now, UpdatedAt: now, Fields: make([]any, fields)}
	account := authserver.Account{ID: name, AccountID: id, ProviderID: authserver.CredentialProvider, UserID: id, Password: "salt:key", CreatedAt: now, UpdatedAt: now}
	session := authserver.Session{ID: name, Token: name, UserID: id, ExpiresAt: now.Add(time.Hour), CreatedAt: now, UpdatedAt: now}
	if err := store.CreateUser(t.Context(), user, account, &session); err != nil {
		t.Errorf("after statement %d: sign-up: %v", step+1, err)
	}
	if _, _, err := store.CredentialByEmail(t.Context(), "one@example.com"); err != nil {
		t.Errorf("after statement %d: sign-in: %v", step+1, err)
	}
	if _, _, err := store.SessionByToken(t.Context(), "t1"); err != nil {
		t.Errorf("after statement %d: session: %v", step+1, err)
	}
	if err := store.ExtendSession(t.Context(), "t1", now, now); err != nil {
		t.Errorf("after statement %d: refresh: %v", step+1, err)
	}
}

// TestKilledInTheMiddleOfAnIndex kills a concurrent build that has already left its invalid index in the catalogue.
func TestKilledInTheMiddleOfAnIndex(t *testing.T) {
	t.Parallel()
	location := pgtest.Database(t)
	s := scenario{dump: "1.7.25", memory: true, change: []string{`ALTER TABLE public."user" ADD handle text`},
		fields: []config.CustomField{{Name: "handle", Type: "string", Unique: true}}}
	s.prepare(t, location, "public")
	cfg := s.config("public")
	admin, writer := connect(t, location), connect(t, location)
	// The build waits for transactions that write the table.
	transaction, err := writer.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := transaction.Exec(t.Context(), `UPDATE "user" SET name = 'Uno' WHERE id = 'u1'`); err != nil {
		t.Fatal(err)
	}
	ended := make(chan error, 1)
	go func() {
		_, err := migration(location, cfg).Run(t.Context())
		ended <- err
	}()
	await(t, admin, `SELECT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)`)
	terminate(admin, "gatehouse-migrate")
	if err := <-ended; err == nil {
		t.Fatal("the migration survived")
	}
	if err := transaction.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	plan, err := migration(location, cfg).Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := "-- 1. An interrupted build left this index behind, invalid.\n" +
		"-- Lock: SHARE UPDATE EXCLUSIVE on \"public\".\"user\"; reads and writes go on. Not in a transaction.\n" +
		"DROP INDEX CONCURRENTLY \"public\".\"user_handle_key\";\n\n" +
		"-- 2. Index user.handle.\n" +
		"-- Lock: SHARE UPDATE EXCLUSIVE on \"public\".\"user\"; reads and writes go on. Not in a transaction.\n" +
		"CREATE UNIQUE INDEX CONCURRENTLY \"user_handle_key\" ON \"public\".\"user\" (\"handle\");\n"
	if diff := cmp.Diff(want, plan.SQL()); diff != "" {
		t.Error(diff)
	}
	if _, err := migration(location, cfg).Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	await(t, admin, `SELECT NOT EXISTS (SELECT FROM pg_index WHERE NOT indisvalid)`)
}

// await polls until a query answers true.
func await(t *testing.T, conn *pgx.Conn, query string) {
	t.Helper()
	for deadline := time.Now().Add(30 * time.Second); ; time.Sleep(2 * time.Millisecond) {
		var done bool
		if err := conn.QueryRow(t.Context(), query).Scan(&done); err != nil {
			t.Fatal(err)
		}
		if done {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still false after 30 s: %s", query)
		}
	}
}
