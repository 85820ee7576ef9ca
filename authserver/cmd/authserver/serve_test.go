package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
)

func environment(variables map[string]string) func(string) string {
	return func(name string) string { return variables[name] }
}

func complete(databaseURL string) map[string]string {
	return map[string]string{
		"DATABASE_URL": databaseURL, "BETTER_AUTH_SECRET": strings.Repeat("s", 32), "JWT_SECRET": strings.Repeat("j", 32), "CUSTOM_FIELDS": "role:string",
	}
}

// line is what the tests read of a log line.
type line struct{ Msg, Public, Ops string }

// serve runs the command and returns its log, line by line, and its exit code.
func serve(ctx context.Context, t *testing.T, variables map[string]string, args ...string) (next func(msg string) line, code <-chan int) {
	t.Helper()
	file := t.TempDir() + "/config.yaml"
	writeFile(t, file, "listen: {public: '127.0.0.1:0', ops: '127.0.0.1:0'}\n")
	output, input := io.Pipe()
	exit := make(chan int, 1)
	var stderr bytes.Buffer
	go func() {
		exit <- run(ctx, append([]string{"serve", "--config", file}, args...), process{environment(variables), input, &stderr})
		input.Close()
	}()
	// The server must never wait for the test to read its log.
	lines := make(chan line, 1000)
	go func() {
		defer close(lines)
		for scanner := bufio.NewScanner(output); scanner.Scan(); {
			var l line
			if json.Unmarshal(scanner.Bytes(), &l) != nil {
				l.Msg = "not JSON: " + scanner.Text()
			}
			lines <- l
		}
	}()
	next = func(msg string) line {
		t.Helper()
		for l := range lines {
			if strings.HasPrefix(l.Msg, msg) {
				return l
			}
		}
		t.Fatalf("no log line %q; stderr: %s", msg, &stderr)
		return line{}
	}
	return next, exit
}

func get(t *testing.T, url string) (int, string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return do(t, request)
}

func do(t *testing.T, request *http.Request) (int, string) {
	t.Helper()
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

func TestServeAnswersSignUpAndDrains(t *testing.T) {
	url := pgtest.Database(t)
	variables := complete(url)
	cfg, err := config.Load("", environment(variables))
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Migrate(t.Context(), url, cfg); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	next, code := serve(ctx, t, variables, "--drain-delay=0s")
	addresses := next("listening")
	next("ready")
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://"+addresses.Public+"/api/auth/sign-up/email",
		strings.NewReader(`{"name":"A","email":"a@b.co","password":"Password123!","role":"admin"}`))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	if status, body := do(t, request); status != 200 || !strings.Contains(body, `"role":"admin"`) {
		t.Errorf("sign-up: %d %s", status, body)
	}
	next("request")
	if status, body := get(t, "http://"+addresses.Ops+"/readyz"); status != 200 {
		t.Errorf("/readyz: %d %s", status, body)
	}
	stop()
	next("draining")
	if got := <-code; got != 0 {
		t.Errorf("exit code %d", got)
	}
}

func TestServeStartsWhileTheDatabaseIsDown(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	next, code := serve(ctx, t, complete("postgres://u:hush@127.0.0.1:1/x"), "--drain-delay=0s")
	addresses := next("listening")
	next("not ready: the database does not answer")
	if status, body := get(t, "http://"+addresses.Ops+"/readyz"); status != 503 || body != "not ready: the database does not answer\n" {
		t.Errorf("/readyz: %d %s", status, body)
	}
	if status, body := get(t, "http://"+addresses.Ops+"/livez"); status != 200 {
		t.Errorf("/livez: %d %s", status, body)
	}
	if status, body := get(t, "http://"+addresses.Public+"/health"); status != 200 {
		t.Errorf("/health: %d %s", status, body)
	}
	stop()
	next("draining")
	if got := <-code; got != 0 {
		t.Errorf("exit code %d", got)
	}
}

func TestServeNamesEveryMistakeAtOnce(t *testing.T) {
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"serve"}, process{environment(map[string]string{"PORT": "many", "BETTER_AUTH_SECRET": "short-and-secret"}), io.Discard, &stderr})
	if code != 1 {
		t.Errorf("exit code %d", code)
	}
	for _, name := range []string{"PORT", "BETTER_AUTH_SECRET", "JWT_SECRET", "DATABASE_URL", "openssl rand"} {
		if !strings.Contains(stderr.String(), name) {
			t.Errorf("the error does not name %s: %s", name, &stderr)
		}
	}
	if strings.Contains(stderr.String(), "short-and-secret") {
		t.Errorf("the error shows a secret: %s", &stderr)
	}
}

func TestServeReportsWhyItCannotStart(t *testing.T) {
	report := t.TempDir() + "/termination-log"
	variables := complete("postgres://u:hush@127.0.0.1:1/x")
	variables["BETTER_AUTH_SECRET"], variables["JWT_SECRET"] = "short-and-secret", ""
	variables["CUSTOM_FIELDS"] = strings.Repeat("id ", 64) // a complaint about each
	if code := run(t.Context(), []string{"serve", "--report", report}, process{environment(variables), io.Discard, io.Discard}); code != 1 {
		t.Errorf("exit code %d", code)
	}
	text, err := os.ReadFile(report)
	if err != nil {
		t.Fatal(err)
	}
	var left config.StartReport
	if err := json.Unmarshal(text, &left); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(left.StartFailure, "CUSTOM_FIELDS[0]: ") || !strings.HasSuffix(left.StartFailure, "…") || len(text) > 4096 || strings.Contains(string(text), "short-and-secret") {
		t.Errorf("left %s", text)
	}
}

func TestServeRefusesATakenPort(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	next, _ := serve(ctx, t, complete("postgres://u:p@127.0.0.1:1/x"))
	_, port, _ := strings.Cut(next("listening").Public, ":")
	file := t.TempDir() + "/config.yaml"
	writeFile(t, file, "listen: {public: '127.0.0.1:"+port+"', ops: '127.0.0.1:0'}\n")
	var stderr bytes.Buffer
	code := run(t.Context(), []string{"serve", "--config", file}, process{environment(complete("postgres://u:p@127.0.0.1:1/x")), io.Discard, &stderr})
	if code != 1 || !strings.Contains(stderr.String(), port) {
		t.Errorf("exit code %d, %s", code, &stderr)
	}
}

func TestVersion(t *testing.T) {
	var stdout bytes.Buffer
	if code := run(t.Context(), []string{"version"}, process{environment(nil), &stdout, io.Discard}); code != 0 || stdout.String() != version+"\n" {
		t.Errorf("exit code %d, %q", code, &stdout)
	}
}

func writeFile(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
