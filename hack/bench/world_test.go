package bench

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
)

// world is what all contestants share.
type world struct {
	// postmaster is the process of PostgreSQL whose children do the work.
	postmaster int
	// bare is the program of package bare.
	bare string
	root string
	// versions are those of what runs.
	versions []string
}

// crowd is what a database is filled with.
type crowd struct {
	users, sessions int
	// form is that of the hashes of passwords; "" is Scrypt.
	form passhash.Form
}

var small = crowd{users: sampled, sessions: sampled}

func newWorld(t *testing.T) *world {
	t.Helper()
	url := pgtest.Durable(t)
	t.Setenv("DATABASE_URL", url)
	w := &world{root: moduleRoot(t)}
	conn := connect(t, url)
	var backend int
	var version string
	if err := conn.QueryRow(t.Context(), "SELECT pg_backend_pid(), current_setting('server_version')").Scan(&backend, &version); err != nil {
		t.Fatal(err)
	}
	fields, err := stat(backend)
	if err != nil {
		t.Fatal(err)
	}
	if w.postmaster, err = strconv.Atoi(fields[1]); err != nil {
		t.Fatal(err)
	}
	w.bare = buildBare(t)
	w.versions = versions(t, version)
	return w
}

// database is a new one, migrated for the deployment and filled. It returns its URL.
func (w *world) database(t *testing.T, c crowd, d deployment) string {
	t.Helper()
	d.database = pgtest.Database(t)
	d.migrate(t)
	conn := connect(t, d.database)
	statements := c.statements(t)
	if d.redis != "" {
		statements = slices.DeleteFunc(statements, func(statement string) bool { return strings.HasPrefix(statement, "INSERT INTO session") })
	}
	for _, statement := range statements {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatalf("fill the database: %v", err)
		}
	}
	return d.database
}

// statements fill a database. Tokens and ids have no order, as real ones.
func (c crowd) statements(t *testing.T) []string {
	t.Helper()
	hash, err := passhash.New(passhash.Options{Form: c.form}).Hash(t.Context(), password)
	if err != nil {
		t.Fatal(err)
	}
	const now = `date_trunc('milliseconds', now())`
	fill := strings.NewReplacer("USERS", strconv.Itoa(c.users), "SESSIONS", strconv.Itoa(c.sessions), "CREATED", now, "UPDATED", now, "HASH", hash)
	statements := []string{
		`INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
		 SELECT md5('user-' || i), 'User ' || i, 'user' || i || '@example.com', false, CREATED, UPDATED FROM generate_series(0, USERS - 1) i`,
		`INSERT INTO account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
		 SELECT md5('account-' || i), md5('user-' || i), 'credential', md5('user-' || i), 'HASH', CREATED, UPDATED FROM generate_series(0, USERS - 1) i`,
		`INSERT INTO session (id, token, "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
		 SELECT md5('id-' || i), md5('session-' || i), md5('user-' || i % USERS), CREATED + interval '7 days', CREATED, UPDATED, '192.0.2.1', 'wrk'
		 FROM generate_series(0, SESSIONS - 1) i`,
		`VACUUM ANALYZE`,
	}
	for i := range statements {
		statements[i] = fill.Replace(statements[i])
	}
	return append(statements, `CHECKPOINT`)
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(root, "go.mod")); err != nil {
		t.Fatal(err)
	}
	return root
}
