package pgtest

import "testing"

// stock are PostgreSQL's own defaults of what the shared server has otherwise, but for the sizes of segments of the log and
// of the list of connections.
var stock = []string{
	"shared_buffers=128MB", "fsync=on", "synchronous_commit=on", "full_page_writes=on", "autovacuum=on",
	"wal_level=replica", "max_wal_senders=10", "dynamic_shared_memory_type=posix",
}

// Durable returns the URL of a server of its own that is as durable, and so as slow, as PostgreSQL is by default: for
// measurements. With it as DATABASE_URL, Database makes its databases there. It ends with the test.
func Durable(tb testing.TB) string {
	tb.Helper()
	running, err := start(variant{settings: stock})
	if err != nil {
		tb.Fatalf("start a durable PostgreSQL for tests: %v", err)
	}
	tb.Cleanup(func() { _ = running.lifeline.Close() })
	return running.url.String()
}
