package postgres_test

import (
	"context"
	"errors"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

func TestUnavailable(t *testing.T) {
	t.Parallel()
	refused := open(t, postgres.Options{URL: "postgres://u:hunter2@127.0.0.1:1/db"})
	location := database(t, "1.7.25-ratelimit")
	limited, done := context.WithTimeout(t.Context(), time.Nanosecond)
	defer done()
	store := open(t, postgres.Options{URL: location, MaxConnections: 1})
	crowded := open(t, postgres.Options{URL: withoutConnections(t, location)})
	for name, err := range map[string]error{
		"refused": errorOf(refused.SessionByToken(t.Context(), "t")), "ping": refused.Ping(t.Context()),
		"deadline":             errorOf(store.SessionByToken(limited, "t")),
		"too many connections": errorOf(crowded.SessionByToken(t.Context(), "t")),
	} {
		if !errors.Is(err, authserver.ErrUnavailable) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", name, err)
		}
	}
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := errorOf(store.SessionByToken(canceled, "t")); !errors.Is(err, context.Canceled) || errors.Is(err, authserver.ErrUnavailable) {
		t.Errorf("canceled: %v", err)
	}
	if err := errorOf(store.SessionByToken(t.Context(), "t")); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("afterwards: %v", err)
	}
}

func withoutConnections(t *testing.T, location string) string {
	t.Helper()
	parsed, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	role := "crowded_" + strings.TrimPrefix(parsed.Path, "/gatehouse_test_")
	execute(t, location, "CREATE ROLE "+role+" LOGIN PASSWORD 'hunter2' CONNECTION LIMIT 0")
	t.Cleanup(func() { execute(t, location, "DROP ROLE "+role) })
	parsed.User = url.UserPassword(role, "hunter2")
	return parsed.String()
}

func errorOf(_ authserver.Session, _ authserver.User, err error) error { return err }

func TestTerminatedConnectionsAreReplaced(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25-ratelimit")
	store := open(t, postgres.Options{URL: location, MaxConnections: 2})
	if err := store.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	execute(t, location, `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()`)
	var err error
	for range 3 {
		if err = errorOf(store.SessionByToken(t.Context(), "t")); errors.Is(err, authserver.ErrNotFound) {
			return
		}
		if !errors.Is(err, authserver.ErrUnavailable) {
			t.Fatalf("a broken connection is %v", err)
		}
	}
	t.Errorf("still %v", err)
}

func TestOpenNeverQuotesTheURL(t *testing.T) {
	t.Parallel()
	for _, location := range []string{
		"postgres://u:hunter2@h/db?sslmode=strange", "postgres://u:hunter2@h:port/db", "postgres://u:hunter2%@h/db",
		"user=u password='hunter2", "hunter2",
	} {
		if _, err := postgres.Open(t.Context(), postgres.Options{URL: location}); err == nil || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%s: %v", location, err)
		}
	}
}
