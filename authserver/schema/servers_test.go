package schema_test

import (
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
)

// apart is a database with a role for migrations and one for servers.
type apart struct {
	location        string
	owner, servers  *url.URL
	admin           func(statements ...string)
	ownerName, name string
}

func newApart(t *testing.T) apart {
	t.Helper()
	a := apart{location: pgtest.Database(t)}
	a.owner, a.servers = role(t, a.location, "owner"), role(t, a.location, "servers")
	a.ownerName, a.name = a.owner.User.Username(), a.servers.User.Username()
	conn := connect(t, a.location)
	a.admin = func(statements ...string) {
		t.Helper()
		for _, statement := range statements {
			if _, err := conn.Exec(t.Context(), strings.NewReplacer("OWNER", a.ownerName, "SERVERS", a.name).Replace(statement)); err != nil {
				t.Fatalf("%s: %v", statement, err)
			}
		}
	}
	a.admin("GRANT CREATE ON DATABASE " + strings.TrimPrefix(a.owner.Path, "/") + " TO OWNER")
	return a
}

func (a apart) migration(cfg *config.Config) schema.Migration {
	one := migration(a.owner.String(), cfg)
	one.ServingURL = config.Redacted(a.servers.String())
	return one
}

// sql is what a plan does, with the roles by what they are for.
func (a apart) sql(plan schema.Plan) []string {
	var all []string
	for _, statement := range plan.Statements {
		all = append(all, strings.NewReplacer(a.ownerName, "OWNER", a.name, "SERVERS").Replace(statement.SQL))
	}
	return all
}

// serves signs somebody up as the servers do.
func serves(t *testing.T, location string, cfg *config.Config) {
	t.Helper()
	store, err := postgres.Open(t.Context(), postgres.Options{
		URL: location, Schema: cfg.Database.Schema, Pooled: cfg.Database.Pooler == config.PoolerTransaction,
	})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	now := time.Date(2026, 3, 29, 1, 30, 0, 0, time.UTC)
	id, err := store.UserID(t.Context(), "drawn")
	user := authserver.User{ID: id, Name: "n", Email: "served@example.com", CreatedAt: now, UpdatedAt: now}
	account := authserver.Account{ID: "a", AccountID: id, ProviderID: authserver.CredentialProvider, UserID: id, CreatedAt: now, UpdatedAt: now}
	session := authserver.Session{ID: "s", Token: "served", UserID: id, ExpiresAt: now, CreatedAt: now, UpdatedAt: now}
	if err := errors.Join(err, store.CreateUser(t.Context(), user, account, &session)); err != nil {
		t.Fatal(err)
	}
	if _, found, err := store.SessionByToken(t.Context(), "served"); err != nil || found.ID != id {
		t.Errorf("%+v: %v", found, err)
	}
	if err := store.DeleteUser(t.Context(), id); err != nil {
		t.Error(err)
	}
}

func TestServersAreGivenWhatAMigrationMakes(t *testing.T) {
	t.Parallel()
	a, cfg := newApart(t), scenario{memory: true}.config("tenant")
	one := a.migration(cfg)
	plan, err := one.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`GRANT USAGE ON SCHEMA "tenant" TO "SERVERS"`,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON "tenant"."user" TO "SERVERS"`,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON "tenant"."session" TO "SERVERS"`,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON "tenant"."account" TO "SERVERS"`,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON "tenant"."verification" TO "SERVERS"`,
	}
	all := a.sql(plan)
	if diff := cmp.Diff(want, all[max(0, len(all)-len(want)):]); diff != "" {
		t.Error(diff)
	}
	if !strings.Contains(plan.SQL(), "Let the servers, "+a.name+", use the table user.\n-- Lock: ROW EXCLUSIVE on pg_class; reads and writes go on.\n") {
		t.Error(plan.SQL())
	}
	one.Approved = plan.Hash()
	result, err := one.Run(t.Context())
	if err != nil || result.Statements != len(plan.Statements) {
		t.Fatalf("%d of %d statements: %v", result.Statements, len(plan.Statements), err)
	}
	serves(t, a.servers.String(), cfg)
	if again, err := one.Plan(t.Context()); err != nil || len(again.Statements) != 0 {
		t.Errorf("%v: %v", a.sql(again), err)
	}
	a.admin(`REVOKE INSERT, DELETE ON tenant.session FROM SERVERS`)
	again, err := one.Plan(t.Context())
	if diff := cmp.Diff([]string{`GRANT INSERT, DELETE ON "tenant"."session" TO "SERVERS"`}, a.sql(again)); diff != "" || err != nil {
		t.Error(diff, err)
	}
}

// A database that others made with numbers as ids: everything is there but the privileges.
func TestServersAreGivenTheNumbersToo(t *testing.T) {
	t.Parallel()
	a, s := newApart(t), scenario{dump: "1.7.25-serial", mail: true, jwt: true}
	s.prepare(t, a.location, "public")
	cfg := s.config("public")
	one := a.migration(cfg)
	one.URL = config.Redacted(a.location)
	plan, err := one.Plan(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	all := strings.Join(a.sql(plan), "\n")
	for _, want := range []string{
		`GRANT USAGE ON SEQUENCE "public"."user_id_seq" TO "SERVERS"`, `GRANT USAGE ON SEQUENCE "public"."jwks_id_seq" TO "SERVERS"`,
		`GRANT SELECT, INSERT, UPDATE, DELETE ON "public"."gatehouse_outbox" TO "SERVERS"`,
	} {
		if !strings.Contains(all, want) {
			t.Errorf("%s is not in the plan:\n%s", want, all)
		}
	}
	if strings.Contains(all, "gatehouse_outbox_id_seq") || strings.Contains(all, "SCHEMA") {
		t.Errorf("grants what is not needed:\n%s", all)
	}
	result, err := one.Run(t.Context())
	if err != nil || result.Statements != len(plan.Statements) {
		t.Fatalf("%d of %d statements: %v", result.Statements, len(plan.Statements), err)
	}
	serves(t, a.servers.String(), cfg)
}

func TestMembersOfTheMigratingRoleNeedNoGrants(t *testing.T) {
	t.Parallel()
	a, cfg := newApart(t), scenario{memory: true}.config("tenant")
	a.admin(`GRANT OWNER TO SERVERS`)
	one := a.migration(cfg)
	if plan, err := one.Plan(t.Context()); err != nil || strings.Contains(plan.SQL(), "GRANT") {
		t.Errorf("%v\n%s", err, plan.SQL())
	}
	if _, err := one.Run(t.Context()); err != nil {
		t.Fatal(err)
	}
	serves(t, a.servers.String(), cfg)
}

func TestWhatServersLackIsNamed(t *testing.T) {
	t.Parallel()
	a, s := newApart(t), scenario{dump: "1.7.25", memory: true}
	s.prepare(t, a.location, "public")
	const everything = `SELECT, INSERT, UPDATE, DELETE ON "user", session, account, verification`
	a.admin(`GRANT SELECT, UPDATE ON "user", session TO SERVERS`, `GRANT `+everything+` TO OWNER`, `GRANT `+everything+` TO SERVERS`,
		`REVOKE INSERT, DELETE ON "user", session FROM SERVERS`, `REVOKE DELETE ON account FROM SERVERS`)
	const want = `the role "SERVERS" lacks INSERT, DELETE on "public"."user", "public"."session"; ` +
		`run as "ADMIN": GRANT INSERT, DELETE ON "public"."user", "public"."session" TO "SERVERS"; ` +
		`the role "SERVERS" lacks DELETE on "public"."account"; run as "ADMIN": GRANT DELETE ON "public"."account" TO "SERVERS"`
	admin := connect(t, a.location).Config().User
	own := migration(a.servers.String(), s.config("public"))
	for name, one := range map[string]schema.Migration{"with credentials of their own": own, "granted by one who may not": a.migration(s.config("public"))} {
		_, err := one.Run(t.Context())
		reason, message := schema.Failure(err, one.URL, one.ServingURL)
		message = strings.NewReplacer(a.name, "SERVERS", `"`+admin+`"`, `"ADMIN"`).Replace(message)
		if reason != config.DatabasePermissionDenied || message != want {
			t.Errorf("%s: %s: %s", name, reason, message)
		}
	}
	// The advice must work.
	a.admin(`GRANT INSERT, DELETE ON "public"."user", "public"."session" TO "SERVERS"`, `GRANT DELETE ON "public"."account" TO "SERVERS"`)
	if _, err := own.Run(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestCredentialsOfBothAreProved(t *testing.T) {
	t.Parallel()
	a, other := newApart(t), newApart(t)
	cfg := scenario{memory: true}.config("tenant")
	wrong := func(location *url.URL) config.Redacted {
		changed := *location
		changed.User = url.UserPassword(changed.User.Username(), "wrong-hunter2")
		return config.Redacted(changed.String())
	}
	for name, test := range map[string]struct {
		change func(*schema.Migration)
		reason config.MigrationReason
		want   string
	}{
		"of migrations": {func(m *schema.Migration) { m.URL = wrong(a.owner) }, config.DatabaseAuthenticationFailed, "correct the user and password in the migration secret"},
		"of servers":    {func(m *schema.Migration) { m.ServingURL = wrong(a.servers) }, config.DatabaseAuthenticationFailed, "correct the user and password in the database secret"},
		"of two databases": {func(m *schema.Migration) { m.ServingURL = config.Redacted(other.servers.String()) }, config.MigrationRefused,
			`the migration secret leads to the database "` + strings.TrimPrefix(a.owner.Path, "/") + `" at ` + a.owner.Host + `, the database secret to "` +
				strings.TrimPrefix(other.owner.Path, "/") + `" at ` + a.owner.Host + `; let both lead to the same database`},
		"malformed": {func(m *schema.Migration) { m.ServingURL = "postgres://u:hunter2%@h/db" }, config.DatabaseSecretMalformed, "the database URL cannot be parsed"},
	} {
		one := a.migration(cfg)
		test.change(&one)
		_, err := one.Run(t.Context())
		reason, message := schema.Failure(err, one.URL, one.ServingURL)
		if reason != test.reason || !strings.Contains(message, test.want) || strings.Contains(message, "hunter2") {
			t.Errorf("%s: %s: %s", name, reason, message)
		}
	}
	// CloudNativePG's secret of the superuser names no database.
	everywhere := *a.owner
	everywhere.Path = "/*"
	one := a.migration(cfg)
	one.URL = config.Redacted(everywhere.String())
	if _, err := one.Run(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestPoolers(t *testing.T) {
	t.Parallel()
	a := newApart(t)
	transaction, session := pgtest.Pooled(t, "transaction", a.owner.String(), a.servers.String()), pgtest.Pooled(t, "session", a.owner.String(), a.servers.String())
	lenient := pgtest.Pooled(t, "session\nignore_startup_parameters = search_path", a.owner.String(), a.servers.String())
	through := func(pooler string, role *url.URL) string {
		parsed, err := url.Parse(pooler)
		if err != nil {
			t.Fatal(err)
		}
		parsed.User = role.User
		return parsed.String()
	}
	direct := func(role *url.URL) string { return role.String() }
	theirs, own := through(transaction, a.servers), through(transaction, a.owner)
	for name, test := range map[string]struct {
		own, servers, pooler, schema string
		want                         string // "" is success
	}{
		"one that nobody told of": {own, "", "", "", `a pooler in transaction mode is in between; set database.pooler to Transaction, ` +
			`and give migrations a connection that leads to PostgreSQL itself by database.migrationSecretRef`},
		"migrations through it": {own, "", config.PoolerTransaction, "tenant", `a pooler in transaction mode is in between, where the locks of a migration get lost; ` +
			`give migrations a connection that leads to PostgreSQL itself by database.migrationSecretRef`},
		"migrations through it too": {own, theirs, config.PoolerTransaction, "tenant", `the migration secret leads to a pooler in transaction mode, ` +
			`where the locks of a migration get lost; let it lead to PostgreSQL itself`},
		"servers through one that nobody told of": {direct(a.owner), theirs, "", "", `the database secret leads to a pooler in transaction mode; set database.pooler to Transaction`},
		"a schema":                 {direct(a.owner), theirs, "", "tenant", `does not take the setting of database.schema (search_path); set database.pooler to Transaction`},
		"a schema in session mode": {direct(a.owner), through(session, a.servers), "", "tenant", `does not take the setting of database.schema (search_path); set database.pooler to Transaction`},
		"a schema that is dropped": {direct(a.owner), through(lenient, a.servers), "", "tenant", `a pooler in between drops the setting of database.schema (search_path); ` +
			`set database.pooler to Transaction`},
		"a schema that is dropped for both": {through(lenient, a.owner), "", "", "tenant", `a pooler in between drops the setting of database.schema (search_path)`},
		"settings in the URL":               {direct(a.owner), theirs + "&statement_timeout=5s", config.PoolerTransaction, "tenant", `does not take the setting statement_timeout; remove it from the URL`},
		"as it should be":                   {direct(a.owner), theirs, config.PoolerTransaction, "tenant", ""},
		"session mode":                      {through(session, a.owner), through(session, a.servers), "", "", ""},
		"declared although there is none":   {direct(a.owner), "", config.PoolerTransaction, "tenant2", ""},
	} {
		cfg := scenario{memory: true}.config(test.schema)
		cfg.Database.Pooler = test.pooler
		one := migration(test.own, cfg)
		one.ServingURL = config.Redacted(test.servers)
		if name == "session mode" {
			a.admin(`GRANT CREATE ON SCHEMA public TO OWNER`)
		}
		_, err := one.Run(t.Context())
		if test.want == "" {
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			if test.servers != "" {
				serves(t, test.servers, cfg)
			}
			continue
		}
		if err == nil {
			t.Errorf("%s: migrates", name)
			continue
		}
		if reason, message := schema.Failure(err, one.URL, one.ServingURL); reason != config.DatabasePoolerUnsupported || !strings.Contains(message, test.want) {
			t.Errorf("%s: %s: %s", name, reason, message)
		}
	}
}

// An event trigger sees the setting with which each statement waits for its lock.
func TestLockTimeout(t *testing.T) {
	t.Parallel()
	for want, configured := range map[string]time.Duration{"2s": 0, "150ms": 150 * time.Millisecond} {
		location := pgtest.Database(t)
		s := scenario{dump: "1.7.25", memory: true, fields: []config.CustomField{{Name: "tier", Type: "string"}}}
		s.prepare(t, location, "public")
		conn := connect(t, location)
		if _, err := conn.Exec(t.Context(), `CREATE TABLE seen (timeout text);
			CREATE FUNCTION look() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN INSERT INTO seen VALUES (current_setting('lock_timeout')); END $$;
			CREATE EVENT TRIGGER look ON ddl_command_start WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION look()`); err != nil {
			t.Fatal(err)
		}
		cfg := s.config("public")
		cfg.Database.LockTimeout.Duration = configured
		if _, err := migration(location, cfg).Run(t.Context()); err != nil {
			t.Fatal(err)
		}
		var got string
		if err := conn.QueryRow(t.Context(), `SELECT string_agg(DISTINCT timeout, ' ') FROM seen`).Scan(&got); err != nil || got != want {
			t.Errorf("got %s, want %s: %v", got, want, err)
		}
	}
}
