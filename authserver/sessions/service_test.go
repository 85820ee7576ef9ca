package sessions_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
)

const (
	ttl       = 7 * 24 * time.Hour
	updateAge = 24 * time.Hour
)

// life is a service on a real database with a clock of the test.
type life struct {
	*sessions.Service
	t     *testing.T
	store *postgres.Store
	now   time.Time
}

func begin(t *testing.T, age time.Duration) *life {
	t.Helper()
	url := pgtest.Database(t)
	cfg, err := config.Load("", func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	if err := schema.Migrate(t.Context(), url, cfg); err != nil {
		t.Fatal(err)
	}
	store, err := postgres.Open(t.Context(), postgres.Options{URL: url})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	l := &life{t: t, store: store, now: time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.UTC)}
	l.Service = sessions.New(sessions.Options{Store: store, TTL: ttl, UpdateAge: age, NewID: ids.Generator{}.New, Now: func() time.Time { return l.now }})
	user := authserver.User{ID: "u", Email: "a@b.co", CreatedAt: l.now, UpdatedAt: l.now}
	account := authserver.Account{ID: "a", AccountID: "u", ProviderID: authserver.CredentialProvider, UserID: "u", CreatedAt: l.now, UpdatedAt: l.now}
	if err := store.CreateUser(t.Context(), user, account, nil); err != nil {
		t.Fatal(err)
	}
	return l
}

func (l *life) session(remember bool) authserver.Session {
	l.t.Helper()
	session, err := l.Begin(l.t.Context(), "u", remember, authserver.Client{IPAddress: "1.2.3.4", UserAgent: "x"})
	if err != nil {
		l.t.Fatal(err)
	}
	return session
}

func (l *life) find(token string, extend bool) sessions.Found {
	l.t.Helper()
	found, err := l.Find(l.t.Context(), token, extend)
	if err != nil {
		l.t.Fatal(err)
	}
	return found
}

func TestUseExtendsASessionADayAfterItsLastExtension(t *testing.T) {
	l := begin(t, updateAge)
	session := l.session(true)
	if want := l.now.Truncate(time.Millisecond).Add(ttl); !session.ExpiresAt.Equal(want) {
		t.Errorf("expires %v, want %v", session.ExpiresAt, want)
	}
	l.now = session.CreatedAt.Add(updateAge - time.Millisecond)
	if l.find(session.Token, true).Extended {
		t.Error("extended a millisecond early")
	}
	l.now = session.CreatedAt.Add(updateAge)
	if l.find(session.Token, false).Extended {
		t.Error("extended though nobody asked")
	}
	found := l.find(session.Token, true)
	if !found.Extended || !found.Session.ExpiresAt.Equal(l.now.Add(ttl)) || !found.Session.UpdatedAt.Equal(l.now) {
		t.Errorf("a day later: %+v", found)
	}
	if again := l.find(session.Token, true); again.Extended || !again.Session.ExpiresAt.Equal(found.Session.ExpiresAt) || again.User.Email != "a@b.co" {
		t.Errorf("the extension is not stored: %+v", again)
	}
}

func TestUpdateAgeZeroExtendsAtEveryUse(t *testing.T) {
	l := begin(t, 0)
	session := l.session(true)
	if !l.find(session.Token, true).Extended {
		t.Error("not extended")
	}
}

func TestANotRememberedSessionLivesOneDay(t *testing.T) {
	l := begin(t, updateAge)
	session := l.session(false)
	if got := session.ExpiresAt.Sub(session.CreatedAt); got != 24*time.Hour {
		t.Errorf("lives %v", got)
	}
	if !l.find(session.Token, true).Extended {
		t.Error("presented without its dont_remember cookie it is extended, as in Better-Auth")
	}
}

func TestAnExpiredSessionIsDeletedByUseOnly(t *testing.T) {
	l := begin(t, updateAge)
	session := l.session(true)
	l.now = session.ExpiresAt
	l.find(session.Token, false)
	l.now = session.ExpiresAt.Add(time.Millisecond)
	if _, err := l.Peek(t.Context(), session.Token); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("Peek = %v", err)
	}
	if _, _, err := l.store.SessionByToken(t.Context(), session.Token); err != nil {
		t.Errorf("Peek deletes: %v", err)
	}
	if _, err := l.Find(t.Context(), session.Token, true); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("Find = %v", err)
	}
	if _, _, err := l.store.SessionByToken(t.Context(), session.Token); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("Find leaves the row: %v", err)
	}
}

func TestEndIsForSessionsAndStrangers(t *testing.T) {
	l := begin(t, updateAge)
	session := l.session(true)
	for _, token := range []string{session.Token, session.Token, "stranger"} {
		if err := l.End(t.Context(), token); err != nil {
			t.Errorf("End(%s) = %v", token, err)
		}
	}
	if _, err := l.Find(t.Context(), session.Token, true); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("Find = %v", err)
	}
}

// vanishing deletes a session between reading and extending it, as a concurrent sign-out does.
type vanishing struct{ *postgres.Store }

func (v vanishing) SessionByToken(ctx context.Context, token string) (authserver.Session, authserver.User, error) {
	session, user, err := v.Store.SessionByToken(ctx, token)
	if err == nil {
		err = v.DeleteSession(ctx, token)
	}
	return session, user, err
}

func TestASessionThatVanishesDuringItsExtensionIsNotFound(t *testing.T) {
	l := begin(t, 0)
	session := l.session(true)
	l.Store = vanishing{l.store}
	if found, err := l.Find(t.Context(), session.Token, true); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("Find = %+v, %v", found, err)
	}
}
