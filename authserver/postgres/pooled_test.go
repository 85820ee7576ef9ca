package postgres_test

import (
	"bytes"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
)

// throughPooler makes the stores of this process go through a PgBouncer in transaction mode, to backends that find no table of
// ours by themselves.
const throughPooler = "GATEHOUSE_TEST_POOLED"

// TestThroughAPooler runs the tests of the store once more.
func TestThroughAPooler(t *testing.T) {
	t.Parallel()
	if os.Getenv(throughPooler) != "" {
		return
	}
	// These are about connections, or have a schema of their own.
	const others = "Pooler|Unavailable|Terminated|WaitsW|WaitW|NewConnections|NobodyWaits|OpenNever|SchemaOption|SurvivesAMigration"
	command := exec.Command(os.Args[0], "-test.run=.", "-test.v", "-test.skip="+others)
	command.Env = append(os.Environ(), throughPooler+"=1")
	output, err := command.CombinedOutput()
	if passed := bytes.Count(output, []byte("--- PASS: ")); err != nil || passed < 70 {
		t.Errorf("%d passed: %v\n%s", passed, err, output)
	}
}

// hidden keeps unqualified tables of ours from new backends, but for those of the returned URL.
func hidden(tb testing.TB, location string) string {
	tb.Helper()
	if os.Getenv(throughPooler) == "" {
		return location
	}
	name := strings.TrimPrefix(parse(tb, location).Path, "/")
	execute(tb, location, fmt.Sprintf("ALTER DATABASE %s SET search_path = nowhere", name))
	return location + "&search_path=public"
}

// throughTheirPooler changes the options of a store of a test, as far as there is a database.
func throughTheirPooler(tb testing.TB, options postgres.Options) postgres.Options {
	tb.Helper()
	direct := parse(tb, options.URL)
	if os.Getenv(throughPooler) == "" || direct.Port() == "1" {
		return options
	}
	query := direct.Query()
	query.Del("search_path")
	direct.RawQuery = query.Encode()
	options.URL, options.Schema, options.Pooled = pgtest.Pooled(tb, "transaction", direct.String()), "public", true
	return options
}

func parse(tb testing.TB, location string) *url.URL {
	tb.Helper()
	parsed, err := url.Parse(location)
	if err != nil {
		tb.Fatal(err)
	}
	return parsed
}

// What a spec without a pooler does when there is one must say so.
func TestAPoolerThatNobodyToldOfIsNamed(t *testing.T) {
	t.Parallel()
	pooled := pgtest.Pooled(t, "transaction", database(t, "1.7.25-ratelimit"))
	const want = "a pooler in transaction mode is in between; set database.pooler to Transaction"
	refused := open(t, postgres.Options{URL: pooled, Schema: "public"})
	if err := errorOf(refused.SessionByToken(t.Context(), "")); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("settings: %v", err)
	}
	// Two clients prepare statements of the same names on the two backends.
	clients := []*postgres.Store{open(t, postgres.Options{URL: pooled, MaxConnections: 1}), open(t, postgres.Options{URL: pooled, MaxConnections: 1})}
	var failures []string
	for range 3 {
		for _, client := range clients {
			if err := errorOf(client.SessionByToken(t.Context(), "")); err != nil && !isNotFound(err) {
				failures = append(failures, err.Error())
			}
		}
	}
	if len(failures) == 0 || !strings.Contains(failures[0], want) {
		t.Errorf("prepared statements: %q", failures)
	}
}

func isNotFound(err error) bool { return strings.Contains(err.Error(), authserver.ErrNotFound.Error()) }

func BenchmarkSessionByTokenThroughPooler(b *testing.B) {
	location := database(b, "1.7.25-ratelimit", customColumns)
	pooled := pgtest.Pooled(b, "transaction", location)
	for name, options := range map[string]postgres.Options{
		"direct":            {URL: location},
		"direct, describe":  {URL: location, Pooled: true},
		"pooled":            {URL: pooled, Pooled: true},
		"pooled, qualified": {URL: pooled, Pooled: true, Schema: "public"},
	} {
		options.Fields = customFields
		b.Run(name, func(b *testing.B) { benchmarkSession(b, open(b, options)) })
	}
}
