package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// load is what a contestant is driven with.
type load struct {
	connections int
	// requests are made anew for each run: some cannot be sent twice.
	requests func() []request
}

// outcome is the line that load.lua prints.
type outcome struct {
	Requests, Seconds, Bytes float64
	P50, P99                 float64
	// Failed are answers with a status of 400 or more, Broken those that never came.
	Failed, Broken int
}

// drive sends the load for some seconds.
func drive(t *testing.T, target *subject, l load, seconds int) outcome {
	t.Helper()
	o, err := wrk(t.Context(), target, l.connections, seconds, script(t, l.requests()))
	if err != nil {
		t.Fatal(err)
	}
	return o
}

// wrk sends the requests of a file.
func wrk(ctx context.Context, target *subject, connections, seconds int, file string) (outcome, error) {
	command := exec.CommandContext(ctx, "wrk", "--threads=1", fmt.Sprintf("--connections=%d", connections), fmt.Sprintf("--duration=%ds", seconds),
		"--timeout=30s", "--script=load.lua", target.address, "--", file)
	output, err := command.CombinedOutput()
	if err != nil {
		return outcome{}, fmt.Errorf("wrk: %w; `make bench` installs Debian's wrk\n%s", err, output)
	}
	_, line, found := strings.Cut(string(output), "\nresult ")
	if !found {
		return outcome{}, fmt.Errorf("wrk printed no result:\n%s", output)
	}
	var o outcome
	if err := json.NewDecoder(strings.NewReader(line)).Decode(&o); err != nil {
		return outcome{}, fmt.Errorf("the result of wrk: %w\n%s", err, output)
	}
	if o.Failed+o.Broken > 0 {
		return outcome{}, fmt.Errorf("%s: of %.0f answers %d were errors, and %d never came:\n%s\n%s", target.name, o.Requests, o.Failed, o.Broken, output, target.tail())
	}
	return o, nil
}

// script writes the requests for load.lua.
func script(t *testing.T, requests []request) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "requests")
	var text strings.Builder
	for _, r := range requests {
		text.WriteString(r.raw())
		text.WriteByte(0)
	}
	if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// send is one request; the answer must be good.
func send(t *testing.T, target *subject, r request) (cookies []*http.Cookie, body string) {
	t.Helper()
	sent, err := http.NewRequestWithContext(t.Context(), r.method, target.address+basePath+r.path, strings.NewReader(r.body))
	if err != nil {
		t.Fatal(err)
	}
	sent.Host = "auth.example.com"
	sent.Header.Set("X-Forwarded-For", r.client)
	if r.cookie != "" {
		sent.Header.Set("Cookie", r.cookie)
	}
	if r.body != "" {
		sent.Header.Set("Content-Type", "application/json")
		sent.Header.Set("Origin", baseURL)
	}
	response, err := http.DefaultClient.Do(sent)
	if err != nil {
		t.Fatalf("%s: %v", target.name, err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	if response.StatusCode != http.StatusOK || !strings.Contains(string(content), r.want) {
		t.Fatalf("%s answers %s %s with %s and without %s:\n%s\n%s", target.name, r.method, r.path, response.Status, r.want, content, target.tail())
	}
	return response.Cookies(), string(content)
}

// check asks for the first answers of the load. It returns the size of the smallest.
func check(t *testing.T, target *subject, l load) int {
	t.Helper()
	smallest := 1 << 20
	for _, r := range l.requests()[:3] {
		_, body := send(t, target, r)
		smallest = min(smallest, len(body))
	}
	return smallest
}

// turn measures one contestant once.
func (w *world) turn(t *testing.T, target *subject, l load, seconds int) figures {
	t.Helper()
	smallest := check(t, target, l)
	drive(t, target, l, 1)
	w.settle(t, target)
	target.forgetPeak(t)
	own, database := w.cpu(t, target)
	o := drive(t, target, l, seconds)
	ownAfter, databaseAfter := w.cpu(t, target)
	if o.Requests == 0 {
		t.Fatalf("%s answered nothing in %d s", target.name, seconds)
	}
	// An answer without a session would be no error, but much shorter.
	if o.Bytes/o.Requests < float64(smallest) {
		t.Fatalf("%s: answers had %.0f bytes on average, of which the body alone should have had %d", target.name, o.Bytes/o.Requests, smallest)
	}
	return figures{
		throughput: o.Requests / o.Seconds, p50: o.P50, p99: o.P99,
		serverCPU: (ownAfter - own) / o.Requests * 1000, databaseCPU: (databaseAfter - database) / o.Requests * 1000,
		peak: target.memory(t, "VmHWM"),
	}
}

// cpu is what the contestant and PostgreSQL have taken so far.
func (w *world) cpu(t *testing.T, target *subject) (own, database float64) {
	t.Helper()
	own, err := cpuOf(target.pid, false)
	if err != nil {
		t.Fatal(err)
	}
	if database, err = familyCPU(w.postmaster); err != nil {
		t.Fatal(err)
	}
	return own, database
}

// settle waits until nothing is left to do of what came before: a server may go on with requests whose clients are gone.
func (w *world) settle(t *testing.T, target *subject) {
	t.Helper()
	const quiet = 60 * time.Millisecond
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		own, database := w.cpu(t, target)
		time.Sleep(quiet)
		if ownAfter, databaseAfter := w.cpu(t, target); ownAfter == own && databaseAfter == database {
			return
		}
	}
	t.Fatalf("%s or PostgreSQL was still at work %s after the last request", target.name, patience)
}
