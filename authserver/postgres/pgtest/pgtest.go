package pgtest

import (
	"context"
	"crypto/rand"
	"fmt"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

const timeout = time.Minute

var shared = sync.OnceValues(func() (*server, error) { return start(variant{}) })

// Database returns the URL of an empty database that exists until the test ends. The URL's user is a
// superuser of the throw-away server. Without PostgreSQL on this machine the test fails and says how to get it.
func Database(tb testing.TB) string {
	tb.Helper()
	admin, err := adminURL()
	if err != nil {
		tb.Fatalf("start a PostgreSQL for tests: %v", err)
	}
	name := "gatehouse_test_" + strings.ToLower(rand.Text())
	if err := execute(admin, "CREATE DATABASE "+name); err != nil {
		tb.Fatalf("create a database for the test: %v", err)
	}
	tb.Cleanup(func() {
		if err := execute(admin, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			tb.Errorf("drop the database of the test: %v", err)
		}
	})
	own := *admin
	own.Path = "/" + name
	return own.String()
}

func adminURL() (*url.URL, error) {
	if text := os.Getenv("DATABASE_URL"); text != "" {
		admin, err := url.Parse(text)
		if err != nil || admin.Host == "" {
			return nil, fmt.Errorf("DATABASE_URL is not of the form postgres://user:password@host:5432/database")
		}
		return admin, nil
	}
	server, err := shared()
	if err != nil {
		return nil, err
	}
	return server.url, nil
}

func execute(admin *url.URL, statement string) error {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	conn, err := pgx.Connect(ctx, admin.String())
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}
