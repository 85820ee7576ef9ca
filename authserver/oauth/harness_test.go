package oauth_test

import (
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

const redirectURI = "http://localhost:3001/api/auth/callback/x"

// clock is moved by the tests.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func newClock() *clock { return &clock{now: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)} }

// fixture is one provider and the fake that it speaks to.
type fixture struct {
	*oauth.Provider
	t     *testing.T
	fake  *oauthtest.Server
	clock *clock
}

// start makes a provider at its built-in endpoints, whose hosts the fake stands in for, or discovered at the fake.
func start(t *testing.T, id string, change ...func(*oauth.Config)) *fixture {
	t.Helper()
	time := newClock()
	fake := oauthtest.Start(oauthtest.Options{Now: time.Now})
	t.Cleanup(fake.Close)
	config := fake.Config(id)
	config.Endpoints = oauth.Endpoints{}
	for _, c := range change {
		c(&config)
	}
	return &fixture{t: t, fake: fake, clock: time, Provider: provider(t, fake, time, config)}
}

func provider(t *testing.T, fake *oauthtest.Server, time *clock, config oauth.Config) *oauth.Provider {
	t.Helper()
	set, err := oauth.New(oauth.Options{Providers: []oauth.Config{config}, HTTPClient: fake.Client(), Now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	p, ok := set.Provider(config.ID)
	if !ok {
		t.Fatalf("no provider %s", config.ID)
	}
	return p
}

const verifier = "verifier-0123456789-0123456789-0123456789-0123456789"

// signIn walks to the provider and back, as somebody.
func (f *fixture) signIn(as oauthtest.Profile) (oauth.Tokens, error) {
	f.t.Helper()
	f.fake.SignIn(f.ID(), as)
	location, err := f.AuthorizeURL(f.t.Context(), oauth.AuthorizeRequest{
		State: "state", Verifier: verifier, RedirectURI: redirectURI, Nonce: "nonce",
	})
	if err != nil {
		f.t.Fatal(err)
	}
	back, err := f.fake.Visit(location)
	if err != nil {
		f.t.Fatal(err)
	}
	if back.Get("state") != "state" {
		f.t.Fatalf("the provider sends the state %q back", back.Get("state"))
	}
	tokens, err := f.Exchange(f.t.Context(), back.Get("code"), verifier, redirectURI)
	tokens.User = back.Get("user")
	if f.NeedsNonce() {
		tokens.Nonce = "nonce"
	}
	return tokens, err
}

// mustSignIn is a sign-in that succeeds.
func (f *fixture) mustSignIn(as oauthtest.Profile) oauth.Tokens {
	f.t.Helper()
	tokens, err := f.signIn(as)
	if err != nil {
		f.t.Fatal(err)
	}
	return tokens
}
