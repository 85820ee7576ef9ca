package sessions_test

import (
	"slices"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// tokens are those that List returns.
func (l *life) tokens(userID string) (tokens []string) {
	l.t.Helper()
	list, err := l.List(l.t.Context(), authserver.Session{UserID: userID})
	if err != nil {
		l.t.Fatal(err)
	}
	for _, session := range list {
		tokens = append(tokens, session.Token)
	}
	return tokens
}

// another makes a second user with a session.
func (l *life) another() authserver.Session {
	l.t.Helper()
	session := l.New("v", true, authserver.Client{})
	user := authserver.User{ID: "v", Email: "v@b.co", CreatedAt: l.now, UpdatedAt: l.now}
	account := authserver.Account{ID: "va", AccountID: "v", ProviderID: authserver.CredentialProvider, UserID: "v", CreatedAt: l.now, UpdatedAt: l.now}
	if err := l.store.CreateUser(l.t.Context(), user, account, &session); err != nil {
		l.t.Fatal(err)
	}
	return session
}

func TestListHasTheLiveSessionsOfTheUserOldestFirst(t *testing.T) {
	l := begin(t, updateAge)
	forgotten := l.session(false)
	l.another()
	l.now = l.now.Add(time.Hour)
	first := l.session(true)
	l.now = l.now.Add(time.Hour)
	second := l.session(true)
	if got, want := l.tokens("u"), []string{forgotten.Token, first.Token, second.Token}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	l.now = forgotten.ExpiresAt
	if got, want := l.tokens("u"), []string{first.Token, second.Token}; !slices.Equal(got, want) {
		t.Errorf("with one expired: %q, want %q", got, want)
	}
}

func TestAUserRevokesItsOwnSessionsOnly(t *testing.T) {
	l := begin(t, updateAge)
	first, second, third, stranger := l.session(true), l.session(true), l.session(true), l.another()
	for _, token := range []string{first.Token, first.Token, stranger.Token, "nobody's", ""} {
		if err := l.Revoke(t.Context(), "u", token); err != nil {
			t.Errorf("Revoke(%s) = %v", token, err)
		}
	}
	if got := l.tokens("u"); len(got) != 2 {
		t.Errorf("after one was revoked: %q", got)
	}
	if err := l.RevokeOthers(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if got := l.tokens("u"); !slices.Equal(got, []string{second.Token}) || slices.Contains(got, third.Token) {
		t.Errorf("after the others were revoked: %q", got)
	}
	if err := l.RevokeAll(t.Context(), "u"); err != nil {
		t.Fatal(err)
	}
	if got := l.tokens("u"); len(got) != 0 {
		t.Errorf("after all were revoked: %q", got)
	}
	if got := l.tokens("v"); !slices.Equal(got, []string{stranger.Token}) {
		t.Errorf("the other user has %q", got)
	}
}

func TestASessionIsFreshForAWhile(t *testing.T) {
	l := begin(t, updateAge)
	session := l.session(true)
	for age, want := range map[time.Duration]bool{0: true, time.Hour - time.Millisecond: true, time.Hour: false} {
		l.now = session.CreatedAt.Add(age)
		l.FreshAge = time.Hour
		if got := l.Fresh(session); got != want {
			t.Errorf("after %v: %v", age, got)
		}
		l.FreshAge = 0
		if !l.Fresh(session) {
			t.Errorf("after %v, without a limit: not fresh", age)
		}
	}
}

func TestPeekTellsThatARefreshIsDue(t *testing.T) {
	l := begin(t, updateAge)
	session := l.session(true)
	for _, c := range []struct {
		age      time.Duration
		disabled bool
		due      bool
	}{{updateAge - time.Millisecond, false, false}, {updateAge, false, true}, {updateAge, true, false}} {
		l.now, l.DisableRefresh = session.CreatedAt.Add(c.age), c.disabled
		found, err := l.Peek(t.Context(), session.Token)
		if err != nil || found.Due != c.due || found.Extended || !found.Session.ExpiresAt.Equal(session.ExpiresAt) {
			t.Errorf("%+v: %+v, %v", c, found, err)
		}
	}
	if l.find(session.Token, true).Extended {
		t.Error("extended though refresh is disabled")
	}
	l.DisableRefresh = false
	if found := l.find(session.Token, true); !found.Extended || found.Due {
		t.Errorf("extended and still due: %+v", found)
	}
}
