package main

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
)

type outcome struct {
	code           int
	stdout, stderr string
	report         config.MigrationReport
}

func runMigrate(t *testing.T, environment map[string]string, args ...string) outcome {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report")
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), append([]string{"migrate", "--wait=0s", "--report=" + path}, args...),
		process{getenv: func(name string) string { return environment[name] }, stdout: &stdout, stderr: &stderr})
	result := outcome{code: code, stdout: stdout.String(), stderr: stderr.String()}
	if line, err := os.ReadFile(path); err == nil {
		if bytes.Count(line, []byte("\n")) != 1 || len(line) > 4096 {
			t.Errorf("the report is not one line of 4096 bytes: %q", line)
		}
		if err := json.Unmarshal(line, &result.report); err != nil {
			t.Error(err)
		}
	}
	return result
}

func TestMigratePrintsEachStepAndReports(t *testing.T) {
	t.Parallel()
	environment := map[string]string{"DATABASE_URL": pgtest.Database(t), "CUSTOM_FIELDS": "role:string"}
	planned := runMigrate(t, environment, "--plan")
	plan := unpacked(t, planned)
	if planned.code != 0 || !strings.HasPrefix(planned.stdout, "-- 1. Create the table user.\n") || planned.report.Reason != config.Planned {
		t.Errorf("plan: %+v", planned)
	}
	if !strings.HasSuffix(planned.stdout, "\n-- Hash of this plan: "+plan.Hash+"\n") || plan.Count != 8 || len(plan.Statements) != 8 {
		t.Errorf("plan: %+v", plan)
	}
	first := runMigrate(t, environment)
	const steps = `^\[1/8\] Create the table user\n\[1/8\] done in \d+m?s\n(\[.*\n){14}The schema is up to date \([0-9a-f]{16}\): 8 statements in .*\.\n$`
	if first.code != 0 || !regexp.MustCompile(steps).MatchString(first.stdout) || first.stderr != "" {
		t.Errorf("first: %+v", first)
	}
	want := config.MigrationReport{Reason: config.Migrated, SchemaHash: planned.report.SchemaHash, Statements: 8, Plan: planned.report.Plan}
	if diff := cmp.Diff(want, first.report); diff != "" || len(first.report.SchemaHash) != 16 {
		t.Error(diff)
	}
	second := runMigrate(t, environment)
	want.Statements, want.Plan = 0, ""
	if diff := cmp.Diff(want, second.report); diff != "" || second.code != 0 {
		t.Error(second, diff)
	}
	if planned := runMigrate(t, environment, "--plan"); planned.stdout != "-- Nothing to do: the schema is up to date.\n" {
		t.Errorf("plan afterwards: %+v", planned)
	}
}

func unpacked(t *testing.T, result outcome) config.MigrationPlan {
	t.Helper()
	plan, err := config.UnpackPlan(result.report.Plan)
	if err != nil {
		t.Errorf("%v: %+v", err, result)
	}
	return plan
}

func TestOnlyTheApprovedPlanIsApplied(t *testing.T) {
	t.Parallel()
	location := pgtest.Database(t)
	with := func(fields string) map[string]string {
		return map[string]string{"DATABASE_URL": location, "CUSTOM_FIELDS": fields}
	}
	approved := unpacked(t, runMigrate(t, with("role:string"), "--plan")).Hash
	refused := runMigrate(t, with("role:string tier:string"), "--approved", approved)
	changed := unpacked(t, refused)
	want := "the approved plan " + approved + " is not what the database needs now, which is " + changed.Hash + ", with 8 statements; look at it and approve it"
	if refused.code != 1 || refused.report.Reason != config.PlanChanged || refused.report.Message != want || refused.report.Statements != 0 || changed.Hash == approved {
		t.Errorf("%+v", refused)
	}
	if again := unpacked(t, runMigrate(t, with("role:string"), "--plan")).Hash; again != approved {
		t.Errorf("the refused plan changed something: %s, before %s", again, approved)
	}
	if result := runMigrate(t, with("role:string"), "--approved", approved); result.code != 0 || result.report.Statements != 8 || unpacked(t, result).Hash != approved {
		t.Errorf("%+v", result)
	}
	if result := runMigrate(t, with("role:string"), "--approved", approved); result.code != 0 || result.report.Statements != 0 {
		t.Errorf("with nothing left to do: %+v", result)
	}
}

// Kubernetes reads 4096 bytes of a report, and as many columns as there may be are more.
func TestReportOfALargePlanFits(t *testing.T) {
	t.Parallel()
	location := pgtest.Database(t)
	if result := runMigrate(t, map[string]string{"DATABASE_URL": location}); result.code != 0 {
		t.Fatalf("%+v", result)
	}
	var fields []string
	for i := range 64 {
		fields = append(fields, fmt.Sprintf("f%x", sha256.Sum256([]byte{byte(i)}))[:60]+":string")
	}
	environment := map[string]string{"DATABASE_URL": location, "CUSTOM_FIELDS": strings.Join(fields, " ")}
	planned := runMigrate(t, environment, "--plan")
	plan := unpacked(t, planned)
	if plan.Count != 64 || len(plan.Statements) == 0 || plan.Statements[0].SQL == "" || plan.Statements[len(plan.Statements)-1].SQL != "" {
		t.Errorf("%d of %d statements: %+v", len(plan.Statements), plan.Count, plan)
	}
	if strings.Count(planned.stdout, "ADD COLUMN") != 64 {
		t.Error("the printed plan is not complete")
	}
	applied := runMigrate(t, environment, "--approved", plan.Hash)
	if applied.report.Statements != 64 || unpacked(t, applied).Hash != plan.Hash {
		t.Errorf("%+v", applied)
	}
}

func TestPlanChangesNothing(t *testing.T) {
	t.Parallel()
	location := pgtest.Database(t)
	for range 2 {
		if planned := runMigrate(t, map[string]string{"DATABASE_URL": location}, "--plan"); !strings.Contains(planned.stdout, "CREATE TABLE") {
			t.Errorf("%+v", planned)
		}
	}
}

// TestPlanIsAScript runs what --plan printed as an administrator would, and finds nothing left to do.
func TestPlanIsAScript(t *testing.T) {
	t.Parallel()
	environment := map[string]string{"DATABASE_URL": pgtest.Database(t)}
	conn, err := pgx.Connect(t.Context(), environment["DATABASE_URL"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := conn.Exec(t.Context(), runMigrate(t, environment, "--plan").stdout); err != nil {
		t.Fatal(err)
	}
	if err := conn.Close(t.Context()); err != nil {
		t.Fatal(err)
	}
	if result := runMigrate(t, environment); result.code != 0 || result.report.Statements != 0 {
		t.Errorf("%+v", result)
	}
}

func TestMigrateFailuresAreReported(t *testing.T) {
	t.Parallel()
	directory := t.TempDir()
	if err := os.WriteFile(filepath.Join(directory, "password"), []byte("hunter2"), 0o600); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("database: {directory: "+directory+"}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	unverifiable := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(unverifiable, []byte("database: {tls: {mode: VerifyFull, caFile: /none/ca.crt}}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, test := range map[string]struct {
		environment map[string]string
		args        []string
		reason      config.MigrationReason
		message     string
	}{
		"configuration": {map[string]string{"PORT": "x", "CUSTOM_FIELDS": "role"}, nil, config.InvalidConfiguration,
			`CUSTOM_FIELDS[0]: "role" is not of the form name:type, such as role:string; PORT: ":x" must be host:port`},
		"no URL":      {nil, nil, config.DatabaseSecretMalformed, "DATABASE_URL: is not set"},
		"secret":      {nil, []string{"--config", file}, config.DatabaseSecretMalformed, `database secret key "host": is missing or empty; the secret has the keys password`},
		"unreachable": {map[string]string{"DATABASE_URL": "postgres://u:hunter2@127.0.0.1:1/d"}, nil, config.DatabaseUnreachable, "connection refused"},
		"authority": {map[string]string{"DATABASE_URL": "postgres://u:hunter2@127.0.0.1:1/d"}, []string{"--config", unverifiable}, config.DatabaseTLSFailed,
			"database.tls.caFile: open /none/ca.crt: no such file or directory"},
		"missing file": {nil, []string{"--config", "/none"}, config.InvalidConfiguration, "configuration file: open /none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got := runMigrate(t, test.environment, test.args...)
			if got.code != 1 || got.report.Reason != test.reason || !strings.Contains(got.report.Message, test.message) {
				t.Errorf("%+v", got)
			}
			if got.stderr != "authserver: "+got.report.Message+"\n" || strings.Contains(got.stderr+got.stdout, "hunter2") {
				t.Errorf("stderr %q", got.stderr)
			}
			if planned := runMigrate(t, test.environment, append(test.args, "--plan")...); planned.code != 1 || planned.stderr != got.stderr || planned.report != got.report {
				t.Errorf("plan: %+v", planned)
			}
		})
	}
}
