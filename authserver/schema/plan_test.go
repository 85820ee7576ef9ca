package schema_test

import (
	"errors"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
)

var update = flag.Bool("update", false, "write the golden files instead of comparing with them")

var notInFileNames = regexp.MustCompile(`[^a-z0-9.]+`)

func TestPlans(t *testing.T) {
	t.Parallel()
	for _, s := range scenarios {
		t.Run(s.name, func(t *testing.T) {
			t.Parallel()
			location := pgtest.Database(t)
			name := "public"
			if s.missing {
				name = "tenant"
			}
			s.prepare(t, location, name)
			cfg := s.config(name)
			plan, err := migration(location, cfg).Plan(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			golden(t, notInFileNames.ReplaceAllString(strings.ToLower(s.name), "-")+".sql", plan.SQL())
			before := inspect(t, location, cfg)
			result, err := migration(location, cfg).Run(t.Context())
			if err != nil || result.Statements != len(plan.Statements) {
				t.Fatalf("applied %d of %d statements: %v", result.Statements, len(plan.Statements), err)
			}
			if result.Statements > 0 && cmp.Equal(before, inspect(t, location, cfg)) {
				t.Error("the migration changed nothing")
			}
			again, err := migration(location, cfg).Plan(t.Context())
			if err != nil || len(again.Statements) > 0 {
				t.Errorf("planned again: %v, %s", err, again.SQL())
			}
		})
	}
}

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", "plans", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; write it with: go test ./authserver/schema -run TestPlans -update", err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// TestNewDatabaseEqualsTheRealOne compares with what Better-Auth's own migration makes.
func TestNewDatabaseEqualsTheRealOne(t *testing.T) {
	t.Parallel()
	fields := []config.CustomField{
		{Name: "role", Type: "string", Default: new("user")}, {Name: "tier", Type: "string", Required: true}, {Name: "age", Type: "number"},
		{Name: "flag", Type: "boolean"}, {Name: "tags", Type: "string[]"}, {Name: "birthday", Type: "date"}, {Name: "level", Type: "number"},
		{Name: "internalNote", Type: "string"}, {Name: "secretNote", Type: "string"},
	}
	for _, s := range []scenario{
		{dump: "1.7.25", memory: true, empty: true}, {dump: "1.7.25-ratelimit", empty: true}, {dump: "1.7.25-fields", memory: true, empty: true, fields: fields},
	} {
		t.Run(s.dump, func(t *testing.T) {
			t.Parallel()
			location, cfg := pgtest.Database(t), s.config("public")
			s.prepare(t, location, "public")
			theirs := inspect(t, location, cfg)
			location = pgtest.Database(t)
			if err := schema.Migrate(t.Context(), location, cfg); err != nil {
				t.Fatal(err)
			}
			if len(theirs.Relations) < 4 {
				t.Fatalf("the real one has only %d tables", len(theirs.Relations))
			}
			if diff := cmp.Diff(theirs, inspect(t, location, cfg), cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("(-Better-Auth +ours):\n%s", diff)
			}
		})
	}
}

func TestPlanRefuses(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		scenario
		want string
	}{
		"required field without default": {
			scenario{dump: "1.7.25", fields: []config.CustomField{{Name: "tier", Type: "string", Required: true}}},
			`the custom field "tier" is required and has no default, but "public"."user" has rows, which would have no value; give the field a default, or make it optional`,
		},
		"required field that some users lack": {
			scenario{dump: "1.7.25", change: []string{`ALTER TABLE public."user" ADD tier text`}, fields: []config.CustomField{{Name: "tier", Type: "string", Required: true}}},
			`the column "tier" of "public"."user" is required and has no default, but some rows have no value; give the field a default, make it optional, or fill it: ` +
				`UPDATE "public"."user" SET "tier" = ... WHERE "tier" IS NULL`,
		},
		"column of another type": {
			scenario{dump: "1.7.25-fields", empty: true, fields: []config.CustomField{{Name: "age", Type: "string"}, {Name: "tier", Type: "json"}}},
			`the column "age" of "public"."user" exists as integer, but the custom field's type needs text; change the type of the field, or give it another name; ` +
				`the column "tier" of "public"."user" exists as text, but the custom field's type needs jsonb; change the type of the field, or give it another name`,
		},
		"duplicates under a unique field": {
			scenario{dump: "1.7.25", change: []string{`ALTER TABLE public."user" ADD team text DEFAULT 'a'`},
				fields: []config.CustomField{{Name: "team", Type: "string", Unique: true}}},
			`the column "team" of "public"."user" is to be unique but has duplicates; find them with: SELECT "team", count(*) FROM "public"."user" GROUP BY 1 HAVING count(*) > 1`,
		},
		"user table of somebody else": {
			scenario{empty: true, change: []string{`CREATE TABLE public."user" (id text PRIMARY KEY, name text, email text)`}},
			`the table "public"."user" is not Better-Auth's, it has no emailVerified, createdAt, updatedAt; set database.schema to a schema of its own`,
		},
		"a view called session": {
			scenario{empty: true, change: []string{`CREATE VIEW public.session AS SELECT 1`}},
			`"public"."session" is not a table; rename it, or set database.schema to a schema of its own`,
		},
		"required column that is not declared": {
			scenario{dump: "1.7.25-fields", empty: true},
			`the column "tier" of "public"."user" is NOT NULL without default, so that no row could be added; add it to customFields, or run: ` +
				`ALTER TABLE "public"."user" ALTER COLUMN "tier" DROP NOT NULL`,
		},
		"ids of no generateId": {
			scenario{dump: "1.7.25-serial", empty: true, change: []string{`ALTER TABLE public.verification ALTER id DROP IDENTITY`, `ALTER TABLE public.verification ALTER id TYPE numeric`}},
			`the column "id" of "public"."verification" is numeric where this server needs text; such a database (made by hand) is not supported, ` +
				`set database.schema to a schema of its own`,
		},
		"references of another type than the id": {
			scenario{dump: "1.7.25-uuid", empty: true, change: []string{
				`ALTER TABLE public.session DROP CONSTRAINT "session_userId_fkey"`, `ALTER TABLE public.session ALTER "userId" TYPE text`,
			}},
			`the column "userId" of "public"."session" is text where this server needs uuid; such a database (made by hand) is not supported, ` +
				`set database.schema to a schema of its own`,
		},
		"numbers that nothing draws": {
			scenario{dump: "1.7.25-serial", empty: true, change: []string{
				`ALTER TABLE public.account ALTER id DROP IDENTITY`, `CREATE SEQUENCE public.numbers`, `ALTER TABLE public.session ALTER id SET GENERATED ALWAYS`,
				`ALTER TABLE public.verification ALTER id DROP IDENTITY, ALTER id SET DEFAULT nextval('public.numbers')`,
			}},
			`the numbers of "public"."session" cannot be drawn before its rows are added; run: ALTER TABLE "public"."session" ALTER COLUMN id SET GENERATED BY DEFAULT; ` +
				`the column id of "public"."account" is a number that nothing draws; run: ALTER TABLE "public"."account" ALTER COLUMN id ADD GENERATED BY DEFAULT AS IDENTITY, ` +
				`and set its sequence beyond the ids that exist; ` +
				`the sequence in the default of the column id of "public"."verification" (nextval('numbers'::regclass)) does not belong to the column; ` +
				`run: ALTER SEQUENCE ... OWNED BY "public"."verification".id`,
		},
		"numbered counters of an old version": {
			scenario{dump: "1.7.25-serial", empty: true, change: []string{
				`CREATE TABLE public."rateLimit" (id serial PRIMARY KEY, key text NOT NULL, count integer NOT NULL, "lastRequest" bigint NOT NULL)`,
			}},
			`the column key of "public"."rateLimit" is not unique, as Better-Auth before 1.4 made it, and cannot be counted in with numbers as ids; ` +
				`stop the old servers and run: TRUNCATE "public"."rateLimit"; ALTER TABLE "public"."rateLimit" ADD UNIQUE (key); or set another rateLimit.storage`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			location := pgtest.Database(t)
			test.prepare(t, location, "public")
			cfg := test.config("public")
			before := inspect(t, location, cfg)
			_, err := migration(location, cfg).Run(t.Context())
			var refusal *schema.RefusedError
			if !errors.As(err, &refusal) || refusal.Denied {
				t.Fatalf("got %v", err)
			}
			if diff := cmp.Diff(test.want, refusal.Error()); diff != "" {
				t.Error(diff)
			}
			if reason, message := schema.Failure(err, config.Redacted(location)); reason != config.MigrationRefused || message != refusal.Error() {
				t.Errorf("reported as %s: %s", reason, message)
			}
			if diff := cmp.Diff(before, inspect(t, location, cfg)); diff != "" {
				t.Errorf("a refused migration changed the database:\n%s", diff)
			}
		})
	}
}

func TestNoPlanIsDestructive(t *testing.T) {
	t.Parallel()
	for _, sql := range []string{`DROP TABLE x`, `ALTER TABLE x DROP  COLUMN y`, `truncate x`, `DELETE FROM x`, `DROP SCHEMA s CASCADE`} {
		if !(schema.Statement{SQL: sql}).Destructive() {
			t.Errorf("%s is not seen as destructive", sql)
		}
		plan := schema.Plan{Statements: []schema.Statement{{SQL: sql}}}
		if _, err := schema.Apply(t.Context(), nil, plan, time.Second, schema.Progress{}, schema.SystemClock()); err == nil {
			t.Errorf("%s was applied", sql)
		}
	}
	if (schema.Statement{SQL: `ALTER TABLE x ADD y text DEFAULT 'it''s DROP TABLE'`}).Destructive() {
		t.Error("a literal is seen as destructive")
	}
	plans, err := filepath.Glob("testdata/plans/*.sql")
	if err != nil || len(plans) != len(scenarios) {
		t.Fatalf("%d plans of %d scenarios: %v", len(plans), len(scenarios), err)
	}
	for _, path := range plans {
		sql, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if (schema.Statement{SQL: string(sql)}).Destructive() {
			t.Errorf("%s holds a destructive statement", path)
		}
	}
}

func TestHashChangesWithTheSchemaOnly(t *testing.T) {
	t.Parallel()
	base := schema.Desired(scenario{}.config("")).Hash()
	for name, other := range map[string]scenario{
		"field":      {fields: []config.CustomField{{Name: "a", Type: "string"}}},
		"required":   {fields: []config.CustomField{{Name: "a", Type: "string", Required: true}}},
		"rate limit": {memory: true},
		"jwt":        {jwt: true},
	} {
		if schema.Desired(other.config("")).Hash() == base {
			t.Errorf("%s does not change the hash", name)
		}
	}
	cfg := scenario{}.config("")
	cfg.BaseURL = "https://other.example.com"
	if hash := schema.Desired(cfg).Hash(); hash != base || len(hash) != 16 {
		t.Errorf("%s, want %s", hash, base)
	}
}

func TestPlansAreKnownByTheirStatements(t *testing.T) {
	t.Parallel()
	plan := schema.Plan{
		Statements: []schema.Statement{
			{SQL: `CREATE TABLE "user" ()`, Reason: "Create the table user"},
			{SQL: `ALTER TABLE "user" ADD a text`, Lock: schema.AccessExclusive, Table: `"public"."user"`, Reason: "Add the column user.a"},
		},
		Notes: []string{"left alone"},
	}
	want := config.MigrationPlan{Hash: "91f562d791def1bc", Count: 2, Notes: plan.Notes, Statements: []config.PlannedStatement{
		{Reason: "Create the table user", SQL: `CREATE TABLE "user" ()`},
		{Reason: "Add the column user.a", Lock: `ACCESS EXCLUSIVE on "public"."user"`, SQL: `ALTER TABLE "user" ADD a text`},
	}}
	if diff := cmp.Diff(want, plan.Report()); diff != "" {
		t.Error(diff)
	}
	plan.Notes, plan.Statements[0].Reason = nil, "another"
	if plan.Hash() != want.Hash {
		t.Error("the hash depends on more than the statements")
	}
	plan.Statements[0], plan.Statements[1] = plan.Statements[1], plan.Statements[0]
	if plan.Hash() == want.Hash {
		t.Error("the hash does not depend on the order")
	}
}
