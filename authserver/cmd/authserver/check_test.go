package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/check"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

func execute(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errors bytes.Buffer
	code = run(t.Context(), args, process{getenv: os.Getenv, stdout: &out, stderr: &errors})
	return code, out.String(), errors.String()
}

func TestCheckOfARunningServer(t *testing.T) {
	t.Parallel()
	server := servers.Gatehouse(t, servers.Settings{
		Database: pgtest.Database(t), Fields: []config.CustomField{{Name: "role", Type: "string"}},
	})
	flags := []string{
		"check", "--base-url=" + server.Address, "--origin=" + server.Settings.BaseURL, "--custom-fields", `{"role":"user"}`,
	}
	code, text, stderr := execute(t, flags...)
	if code != 0 || stderr != "" || !strings.Contains(text, "8 passed, 0 failed, 0 skipped") {
		t.Errorf("exit code %d\n%s%s", code, text, stderr)
	}

	code, text, stderr = execute(t, append(flags, "--json")...)
	var report check.Report
	if err := json.Unmarshal([]byte(text), &report); err != nil {
		t.Fatalf("%v in %s", err, text)
	}
	if code != 0 || stderr != "" || !report.Passed || len(report.Steps) != 8 || strings.Count(text, "\n") != 1 {
		t.Errorf("exit code %d\n%s%s", code, text, stderr)
	}
}

func TestCheckOfNoServer(t *testing.T) {
	t.Parallel()
	closed := httptest.NewServer(http.NotFoundHandler())
	closed.Close()
	code, text, stderr := execute(t, "check", "--base-url", closed.URL)
	if code != 1 || stderr != "" || !strings.Contains(text, "FAIL  health") || !strings.Contains(text, "fix: ") {
		t.Errorf("exit code %d\n%s%s", code, text, stderr)
	}
	code, text, _ = execute(t, "check", "--base-url", closed.URL, "--json")
	var report check.Report
	if err := json.Unmarshal([]byte(text), &report); err != nil || code != 1 || report.Passed {
		t.Errorf("exit code %d, %v\n%s", code, err, text)
	}
}

func TestCheckRefusesBadFlags(t *testing.T) {
	t.Parallel()
	for want, args := range map[string][]string{
		"--custom-fields must be a JSON object": {"--custom-fields", "role:user"},
		"unknown flag":                          {"--bogus"},
		"http(s)://":                            {"--base-url", "localhost:3001"},
		"--base-url":                            {"http://localhost:3001"},
		"invalid argument":                      {"--timeout", "soon"},
	} {
		code, text, stderr := execute(t, append([]string{"check"}, args...)...)
		if code != 2 || text != "" || !strings.Contains(stderr, want) {
			t.Errorf("%q: exit code %d, want 2 and %q\n%s%s", args, code, want, text, stderr)
		}
	}
}
