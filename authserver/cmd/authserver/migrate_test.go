package main

import (
	"bytes"
	"encoding/json"
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
		if bytes.Count(line, []byte("\n")) != 1 {
			t.Errorf("the report is not one line: %q", line)
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
	if planned.code != 0 || !strings.HasPrefix(planned.stdout, "-- 1. Create the table user.\n") || planned.report.Reason != "" {
		t.Errorf("plan: %+v", planned)
	}
	first := runMigrate(t, environment)
	const steps = `^\[1/8\] Create the table user\n\[1/8\] done in \d+m?s\n(\[.*\n){14}The schema is up to date \([0-9a-f]{16}\): 8 statements in .*\.\n$`
	if first.code != 0 || !regexp.MustCompile(steps).MatchString(first.stdout) || first.stderr != "" {
		t.Errorf("first: %+v", first)
	}
	want := config.MigrationReport{Reason: config.Migrated, SchemaHash: first.report.SchemaHash, Statements: 8}
	if diff := cmp.Diff(want, first.report); diff != "" || len(first.report.SchemaHash) != 16 {
		t.Error(diff)
	}
	second := runMigrate(t, environment)
	want.Statements = 0
	if diff := cmp.Diff(want, second.report); diff != "" || second.code != 0 {
		t.Error(second, diff)
	}
	if planned := runMigrate(t, environment, "--plan"); planned.stdout != "-- Nothing to do: the schema is up to date.\n" {
		t.Errorf("plan afterwards: %+v", planned)
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
	for name, test := range map[string]struct {
		environment map[string]string
		args        []string
		reason      config.MigrationReason
		message     string
	}{
		"configuration": {map[string]string{"PORT": "x", "CUSTOM_FIELDS": "role"}, nil, config.InvalidConfiguration,
			`CUSTOM_FIELDS[0]: "role" is not of the form name:type, such as role:string; PORT: ":x" must be host:port`},
		"no URL":       {nil, nil, config.DatabaseSecretMalformed, "DATABASE_URL: is not set"},
		"secret":       {nil, []string{"--config", file}, config.DatabaseSecretMalformed, `database secret key "host": is missing or empty; the secret has the keys password`},
		"unreachable":  {map[string]string{"DATABASE_URL": "postgres://u:hunter2@127.0.0.1:1/d"}, nil, config.DatabaseUnreachable, "connection refused"},
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
			if planned := runMigrate(t, test.environment, append(test.args, "--plan")...); planned.code != 1 || planned.stderr != got.stderr || planned.report.Reason != "" {
				t.Errorf("plan: %+v", planned)
			}
		})
	}
}
