package postgres_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

// login makes a role that may use the tables, and returns the location for it.
func login(t *testing.T, location string) (role, as string) {
	t.Helper()
	role = "login_" + strings.ToLower(rand.Text())
	execute(t, location, `CREATE ROLE `+role+` LOGIN PASSWORD 'first'`, `GRANT ALL ON ALL TABLES IN SCHEMA public TO `+role)
	t.Cleanup(func() { execute(t, location, `DROP OWNED BY `+role, `DROP ROLE `+role) })
	parsed, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	parsed.User = url.UserPassword(role, "first")
	return role, parsed.String()
}

// crowd of requests, more than there are connections, and how many of them failed.
func crowd(ctx context.Context, store *postgres.Store) (failures int64) {
	var failed atomic.Int64
	var requests sync.WaitGroup
	for range 40 {
		requests.Go(func() {
			if _, _, err := store.SessionByToken(ctx, "none"); !errors.Is(err, authserver.ErrNotFound) {
				failed.Add(1)
			}
			if err := store.DeleteUser(ctx, "none"); err != nil {
				failed.Add(1)
			}
		})
	}
	requests.Wait()
	return failed.Load()
}

func TestRequestsWaitWhileNoNewConnectionIsTaken(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25")
	for name, refuse := range map[string]string{"the credentials are old": "NOLOGIN", "there are too many connections": "CONNECTION LIMIT 1"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			role, as := login(t, location)
			store := open(t, postgres.Options{URL: as, MaxConnections: 8})
			if err := store.Ping(t.Context()); err != nil {
				t.Fatal(err)
			}
			execute(t, location, `ALTER ROLE `+role+` `+refuse)
			if failures := crowd(t.Context(), store); failures > 0 {
				t.Errorf("%d requests failed, and there was a connection for them", failures)
			}
		})
	}
}

func TestNobodyWaitsWithoutAConnection(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25")
	role, as := login(t, location)
	execute(t, location, `ALTER ROLE `+role+` NOLOGIN`)
	store := open(t, postgres.Options{URL: as})
	began := time.Now()
	if err := store.Ping(t.Context()); !errors.Is(err, authserver.ErrUnavailable) {
		t.Errorf("error is %v", err)
	}
	if waited := time.Since(began); waited > 2*time.Second {
		t.Errorf("it was found out after %s", waited)
	}
}

func TestNewConnectionsTakeTheCredentialsOfNow(t *testing.T) {
	t.Parallel()
	location := database(t, "1.7.25")
	former, as := login(t, location)
	_, renewed := login(t, location)
	execute(t, location, `ALTER ROLE `+former+` NOLOGIN`)
	problem := errors.New("the file is gone")
	var calls int
	store := open(t, postgres.Options{URL: as, Renewed: func() (string, error) {
		if calls++; calls == 1 {
			return "", problem
		}
		return renewed, nil
	}})
	if err := store.Ping(t.Context()); !errors.Is(err, problem) {
		t.Errorf("error is %v", err)
	}
	if err := store.Ping(t.Context()); err != nil {
		t.Errorf("after the rotation: %v", err)
	}
}
