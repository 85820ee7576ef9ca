package pgtest

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// poolerSettings share two connections among all clients.
const poolerSettings = `[databases]
* = host=%s port=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %d
unix_socket_dir =
auth_type = scram-sha-256
auth_file = %s
pool_mode = %s
default_pool_size = 2
server_tls_sslmode = disable
`

// Pooled returns the URL of the same database through a PgBouncer, which ends with the test. The mode is transaction or
// session; further settings may follow, one a line. Clients sign in with the password of the URL, and with those of further URLs of the same server.
func Pooled(tb testing.TB, mode, location string, others ...string) string {
	tb.Helper()
	target, err := url.Parse(location)
	if err != nil {
		tb.Fatal(err)
	}
	users := &strings.Builder{}
	for _, text := range append(others, location) {
		other, err := url.Parse(text)
		if err != nil {
			tb.Fatal(err)
		}
		password, _ := other.User.Password()
		fmt.Fprintf(users, "%q %q\n", other.User.Username(), password)
	}
	port, lifeline, exited, err := startPooler(target, mode, users.String())
	if err != nil {
		tb.Fatalf("start a PgBouncer for tests: %v", err)
	}
	tb.Cleanup(func() { _ = lifeline.Close() })
	pooled := *target
	pooled.Host = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	awaitPooler(tb, pooled.String(), exited)
	return pooled.String()
}

func startPooler(target *url.URL, mode, users string) (int, *os.File, <-chan error, error) {
	program, err := findPooler()
	if err != nil {
		return 0, nil, nil, err
	}
	account, err := unprivileged()
	if err != nil {
		return 0, nil, nil, err
	}
	directory, err := account.temporaryDirectory()
	if err != nil {
		return 0, nil, nil, err
	}
	port, err := freePort()
	if err != nil {
		return 0, nil, nil, errors.Join(err, os.RemoveAll(directory))
	}
	accounts, settings := filepath.Join(directory, "users"), filepath.Join(directory, "pgbouncer.ini")
	err = errors.Join(
		os.WriteFile(accounts, []byte(users), 0o600),
		os.WriteFile(settings, fmt.Appendf(nil, poolerSettings, target.Hostname(), target.Port(), port, accounts, mode), 0o600),
		account.own(directory),
	)
	if err != nil {
		return 0, nil, nil, errors.Join(err, os.RemoveAll(directory))
	}
	lifeline, exited, err := keep(account, directory, []string{program, settings})
	return port, lifeline, exited, err
}

func findPooler() (string, error) {
	if path, err := exec.LookPath("pgbouncer"); err == nil {
		return path, nil
	}
	const elsewhere = "/usr/sbin/pgbouncer"
	if _, err := os.Stat(elsewhere); err != nil {
		return "", fmt.Errorf("%w; make test installs it (Debian: apt-get install pgbouncer)", err)
	}
	return elsewhere, nil
}

func awaitPooler(tb testing.TB, location string, exited <-chan error) {
	tb.Helper()
	deadline := time.After(timeout)
	for {
		conn, err := pgx.Connect(tb.Context(), location)
		if err == nil {
			_ = conn.Close(context.Background())
			return
		}
		select {
		case err := <-exited:
			tb.Fatalf("start a PgBouncer for tests: %v", err)
		case <-deadline:
			tb.Fatalf("PgBouncer was not ready after %s: %v", timeout, err)
		case <-time.After(2 * time.Millisecond):
		}
	}
}
