package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

// manySessions stores users with a session each, the tokens of which are token-0 and so on.
func manySessions(t *testing.T, store *postgres.Store, count int) {
	t.Helper()
	for i := range count {
		user, account, session := sample()
		user.ID, user.Email = fmt.Sprintf("user-%d", i), fmt.Sprintf("user-%d@example.com", i)
		account.ID, account.AccountID, account.UserID = user.ID, user.ID, user.ID
		session.ID, session.Token, session.UserID = user.ID, fmt.Sprintf("token-%d", i), user.ID
		if err := store.CreateUser(t.Context(), user, account, &session); err != nil {
			t.Fatal(err)
		}
	}
}

// What many ask at once is answered to each: their own session, nothing to those who have none, and an error to the one whose
// token the database cannot even read.
func TestSessionsAreReadTogether(t *testing.T) {
	t.Parallel()
	store := open(t, postgres.Options{URL: database(t, "1.7.25-ratelimit")})
	const sessions, readers, reads = 20, 64, 50
	manySessions(t, store, sessions)
	var group sync.WaitGroup
	for reader := range readers {
		random := rand.New(rand.NewPCG(1, uint64(reader)))
		group.Go(func() {
			for range reads {
				n := random.IntN(sessions + 2)
				token, want := fmt.Sprintf("token-%d", n), fmt.Sprintf("user-%d", n)
				if n == sessions+1 {
					token = "\xff"
				}
				session, user, err := store.SessionByToken(t.Context(), token)
				switch {
				case n == sessions+1 && !errors.Is(err, authserver.ErrRejected), n == sessions && !errors.Is(err, authserver.ErrNotFound):
					t.Errorf("%q: %v", token, err)
				case n < sessions && (err != nil || session.Token != token || session.UserID != want || user.ID != want):
					t.Errorf("%q: session %q of %q, user %q, %v", token, session.Token, session.UserID, user.ID, err)
				}
			}
		})
	}
	group.Wait()
}

// A session that was deleted before a read began is not found, whoever else asks for it meanwhile.
func TestReadsTogetherSeeWhatWasBefore(t *testing.T) {
	t.Parallel()
	store := open(t, postgres.Options{URL: database(t, "1.7.25-ratelimit")})
	const sessions, readers = 50, 8
	manySessions(t, store, sessions)
	for i := range sessions {
		token := fmt.Sprintf("token-%d", i)
		stop := make(chan struct{})
		var group sync.WaitGroup
		for range readers {
			group.Go(func() {
				for {
					select {
					case <-stop:
						return
					default:
						_, _, _ = store.SessionByToken(t.Context(), token)
					}
				}
			})
		}
		if err := store.DeleteSession(t.Context(), token); err != nil {
			t.Fatal(err)
		}
		if _, _, err := store.SessionByToken(t.Context(), token); !errors.Is(err, authserver.ErrNotFound) {
			t.Errorf("%s is found after its deletion: %v", token, err)
		}
		close(stop)
		group.Wait()
	}
}

// Who waits behind a read that the database does not answer gets another connection, and may give up.
func TestReadsDoNotWaitForOneForEver(t *testing.T) {
	t.Parallel()
	url := database(t, "1.7.25-ratelimit")
	store := open(t, postgres.Options{URL: url, MaxConnections: 4})
	manySessions(t, store, 1)
	locked, unlock := lockSessions(t, url)
	first := make(chan error)
	go func() { first <- errorOf(store.SessionByToken(t.Context(), "token-0")) }()
	locked(1)
	ctx, cancel := context.WithCancel(t.Context())
	second := make(chan error)
	go func() {
		err := authserver.ErrUnavailable
		for errors.Is(err, authserver.ErrUnavailable) { // after roundTimeout
			err = errorOf(store.SessionByToken(ctx, "token-0"))
		}
		second <- err
	}()
	locked(2)
	cancel()
	if err := <-second; !errors.Is(err, context.Canceled) {
		t.Errorf("a read whose request is over: %v", err)
	}
	unlock()
	if err := <-first; err != nil {
		t.Error(err)
	}
}

// lockSessions lets no statement read the table until unlock. The other function waits until so many do that.
func lockSessions(t *testing.T, url string) (waiting func(int), unlock func()) {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	for _, statement := range []string{`BEGIN`, `LOCK TABLE session IN ACCESS EXCLUSIVE MODE`} {
		if _, err := conn.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	waiting = func(count int) {
		t.Helper()
		const query = `SELECT count(*) FROM pg_locks WHERE relation = 'session'::regclass AND NOT granted`
		deadline := time.Now().Add(time.Minute)
		for got := 0; got < count; {
			if err := conn.QueryRow(t.Context(), query).Scan(&got); err != nil {
				t.Fatal(err)
			}
			if time.Now().After(deadline) {
				t.Fatalf("%d statements wait, not %d", got, count)
			}
		}
	}
	unlock = func() {
		if _, err := conn.Exec(t.Context(), `ROLLBACK`); err != nil {
			t.Error(err)
		}
	}
	return waiting, unlock
}
