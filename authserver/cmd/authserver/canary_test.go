package main

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// runReporting runs a command that leaves a report, and reads it.
func runReporting(t *testing.T, report any, environment map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report")
	var out, problems bytes.Buffer
	code = run(t.Context(), append(args, "--report="+path),
		process{getenv: func(name string) string { return environment[name] }, stdout: &out, stderr: &problems})
	line, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(line, report); err != nil || bytes.Count(line, []byte("\n")) != 1 || len(line) > 4096 {
		t.Errorf("the report %q: %v", line, err)
	}
	return code, out.String(), problems.String()
}

func environmentOf(s servers.Settings) map[string]string {
	return map[string]string{
		"DATABASE_URL": s.Database, "BETTER_AUTH_SECRET": s.Secret, "BETTER_AUTH_SECRETS": s.Secrets, "JWT_SECRET": servers.JWTSecret,
		"BETTER_AUTH_URL": s.BaseURL,
	}
}

func TestCanaryReports(t *testing.T) {
	t.Parallel()
	server := servers.Gatehouse(t, servers.Settings{Database: pgtest.Database(t)})
	environment := environmentOf(server.Settings)
	var report config.CanaryReport
	code, stdout, stderr := runReporting(t, &report, environment, "canary", "--base-url="+server.Address)
	if code != 0 || stdout != "Canary: Passed\n" || stderr != "" || report != (config.CanaryReport{Canary: config.CanaryPassed}) {
		t.Errorf("exit code %d: %+v\n%s%s", code, report, stdout, stderr)
	}

	// The proxy that the public URL leads to is not there; that fails nothing.
	code, stdout, _ = runReporting(t, &report, environment, "canary", "--base-url="+server.Address, "--public-url=https://127.0.0.1:1")
	if code != 0 || report.ClientIP != "" || !strings.Contains(report.ClientIPMessage, "cannot be reached from here") || !strings.Contains(stdout, report.ClientIPMessage) {
		t.Errorf("exit code %d: %+v\n%s", code, report, stdout)
	}

	code, _, stderr = runReporting(t, &report, environment, "canary", "--base-url=http://127.0.0.1:1", "--timeout=1ms")
	if code != 1 || report.Canary != config.CanaryFailed || !strings.HasPrefix(report.Message, "health: ") || !strings.Contains(stderr, report.Message) {
		t.Errorf("exit code %d: %+v\n%s", code, report, stderr)
	}

	delete(environment, "JWT_SECRET")
	code, _, _ = runReporting(t, &report, environment, "canary", "--base-url="+server.Address)
	if code != 1 || !strings.Contains(report.Message, "configuration: JWT_SECRET: is not set") {
		t.Errorf("exit code %d: %+v", code, report)
	}
}

func TestCanaryNamesTheDatabaseThatItCannotReach(t *testing.T) {
	t.Parallel()
	server := servers.Gatehouse(t, servers.Settings{Database: pgtest.Database(t)})
	environment := environmentOf(server.Settings)
	environment["DATABASE_URL"] = "postgres://ann:hidden-password@127.0.0.1:1/db"
	var report config.CanaryReport
	code, _, _ := runReporting(t, &report, environment, "canary", "--base-url="+server.Address)
	if code != 1 || !strings.HasPrefix(report.Message, "delete: ") || strings.Contains(report.Message, "hidden-password") {
		t.Errorf("exit code %d: %+v", code, report)
	}
}
