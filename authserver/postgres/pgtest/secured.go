package pgtest

import "testing"

// onlyTLS is a pg_hba.conf without a line for connections in the clear.
const onlyTLS = "hostssl all " + superuser + " 127.0.0.1/32 scram-sha-256\n"

// Secured returns the URL of a database on a server of its own, which takes connections by TLS only. The PEM files are its
// certificate and its key. The server ends with the test.
func Secured(tb testing.TB, certificate, key []byte) string {
	tb.Helper()
	running, err := start(variant{
		files:    map[string][]byte{"server.crt": certificate, "server.key": key, "pg_hba.conf": []byte(onlyTLS)},
		settings: []string{"ssl=on"},
	})
	if err != nil {
		tb.Fatalf("start a PostgreSQL with TLS for tests: %v", err)
	}
	tb.Cleanup(func() { _ = running.lifeline.Close() })
	location := *running.url
	location.RawQuery = ""
	return location.String()
}
