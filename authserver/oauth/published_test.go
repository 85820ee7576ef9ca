package oauth_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

func (f *fixture) asked(endpoint string) int { return len(f.fake.Requests(endpoint)) }

func (f *fixture) wellKnown() string {
	return f.fake.Issuer(f.ID()) + "/.well-known/openid-configuration"
}

// verifies says whether an ID token that the provider signs now counts.
func (f *fixture) verifies() error {
	return f.VerifyIDToken(f.t.Context(), f.fake.IDToken(f.ID(), anna, ""), "")
}

func TestKeysAreAskedForOnce(t *testing.T) {
	for _, id := range withIDTokens {
		f := start(t, id)
		var all sync.WaitGroup
		for range 20 {
			all.Go(func() {
				if err := f.verifies(); err != nil {
					t.Error(err)
				}
			})
		}
		all.Wait()
		if n := f.asked(f.fake.Endpoints(id).JWKS); n != 1 {
			t.Errorf("%s: asked %d times", id, n)
		}
	}
}

func TestARotatedKeyIsFoundAndTheOldOneForgotten(t *testing.T) {
	for _, id := range []string{"google", "keycloak"} {
		f := start(t, id)
		old := f.fake.IDToken(id, anna, "")
		if err := f.VerifyIDToken(t.Context(), old, ""); err != nil {
			t.Fatal(err)
		}
		f.fake.RotateKeys()
		f.clock.advance(30 * time.Second)
		if err := f.verifies(); err != nil {
			t.Errorf("%s: the new key: %v", id, err)
		}
		if err := f.VerifyIDToken(t.Context(), old, ""); !errors.Is(err, oauth.ErrInvalidIDToken) {
			t.Errorf("%s: the old key: %v", id, err)
		}
	}
}

func TestUnknownKeysAreLookedForNowAndThenOnly(t *testing.T) {
	f := start(t, "google")
	keys := f.fake.Endpoints("google").JWKS
	forged := anna
	forged.Signature = oauthtest.SignedByUnknown
	token := f.fake.IDToken("google", forged, "")
	verify := func(times int) {
		for range times {
			if err := f.VerifyIDToken(t.Context(), token, ""); !errors.Is(err, oauth.ErrInvalidIDToken) {
				t.Errorf("a forged token: %v", err)
			}
		}
	}
	verify(10)
	if n := f.asked(keys); n != 1 {
		t.Errorf("asked %d times at first", n)
	}
	f.clock.advance(31 * time.Second)
	verify(10)
	if n := f.asked(keys); n != 2 {
		t.Errorf("asked %d times after half a minute", n)
	}
	if err := f.verifies(); err != nil {
		t.Error(err)
	}
}

func TestOldKeysCountWhileTheProviderIsDown(t *testing.T) {
	f := start(t, "keycloak")
	if err := f.verifies(); err != nil {
		t.Fatal(err)
	}
	f.fake.Replace(f.fake.Endpoints("keycloak").JWKS, oauthtest.Status(http.StatusBadGateway))
	f.fake.Replace(f.wellKnown(), oauthtest.Status(http.StatusBadGateway))
	for _, passed := range []time.Duration{11 * time.Minute, 20 * time.Hour} {
		f.clock.advance(passed)
		if err := f.verifies(); err != nil {
			t.Errorf("after %s more: %v", passed, err)
		}
	}
	f.clock.advance(24 * time.Hour)
	if err := f.verifies(); !errors.Is(err, oauth.ErrUnavailable) {
		t.Errorf("after a day: %v", err)
	}
	f.fake.Replace(f.fake.Endpoints("keycloak").JWKS, nil)
	f.fake.Replace(f.wellKnown(), nil)
	f.clock.advance(3 * time.Second)
	if err := f.verifies(); err != nil {
		t.Errorf("when it is up again: %v", err)
	}
}

func TestKeySetsThatCannotBeUsed(t *testing.T) {
	for name, test := range map[string]struct {
		by   http.HandlerFunc
		want error
	}{
		"down":             {oauthtest.Status(http.StatusServiceUnavailable), oauth.ErrUnavailable},
		"gone":             {oauthtest.Status(http.StatusNotFound), oauth.ErrRejected},
		"garbage":          {oauthtest.Body("text/html", "<html>"), oauth.ErrRejected},
		"no keys":          {oauthtest.JSON(map[string]any{"keys": []any{}}), oauth.ErrRejected},
		"a secret key":     {oauthtest.Body("application/json", `{"keys":[{"kty":"oct","kid":"rsa-0","k":"aHVudGVyMg"}]}`), oauth.ErrRejected},
		"a broken key":     {oauthtest.Body("application/json", `{"keys":[1,null,[],{"kty":"x"},{"kty":"RSA","kid":"rsa-0","n":"?","e":"AQAB"}]}`), oauth.ErrRejected},
		"an empty key":     {oauthtest.Body("application/json", `{"keys":[{"kty":"RSA","kid":"rsa-0","n":"","e":"AQAB"}]}`), oauth.ErrInvalidIDToken},
		"a private key":    {oauthtest.Body("application/json", `{"keys":[{"kty":"EC","crv":"P-256","kid":"rsa-0","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM","d":"870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"}]}`), oauth.ErrRejected},
		"a key to encrypt": {oauthtest.Body("application/json", `{"keys":[{"kty":"EC","use":"enc","crv":"P-256","x":"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4","y":"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"}]}`), oauth.ErrRejected},
		"endless":          {oauthtest.Endless, oauth.ErrRejected},
		"elsewhere":        {oauthtest.Redirect("https://evil.example.com/keys", http.StatusFound), oauth.ErrRejected},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, "google")
			f.fake.Replace(f.fake.Endpoints("google").JWKS, test.by)
			if err := f.verifies(); !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
		})
	}
}

func TestAKeyOfAnotherKindBesideTheRightOneDoesNoHarm(t *testing.T) {
	f := start(t, "google")
	keys := f.fake.Endpoints("google").JWKS
	response, err := f.fake.Client().Get(keys)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var set struct {
		Keys []any `json:"keys"`
	}
	if err := json.NewDecoder(response.Body).Decode(&set); err != nil {
		t.Fatal(err)
	}
	set.Keys = append([]any{map[string]string{"kty": "AKP", "alg": "ML-DSA-44", "kid": "rsa-0"}}, set.Keys...)
	f.fake.Replace(keys, oauthtest.JSON(set))
	if err := f.verifies(); err != nil {
		t.Error(err)
	}
}

func TestADiscoveredProviderMayBeDownAtFirst(t *testing.T) {
	f := start(t, "keycloak")
	f.fake.Replace(f.wellKnown(), oauthtest.Status(http.StatusServiceUnavailable))
	authorize := func() error {
		_, err := f.AuthorizeURL(t.Context(), oauth.AuthorizeRequest{State: "s", Verifier: verifier, RedirectURI: redirectURI, Nonce: "n"})
		return err
	}
	for range 5 {
		if err := authorize(); !errors.Is(err, oauth.ErrUnavailable) {
			t.Errorf("down: %v", err)
		}
	}
	if n := f.asked(f.wellKnown()); n != 1 {
		t.Errorf("a provider that is down is asked %d times at once", n)
	}
	f.fake.Replace(f.wellKnown(), nil)
	f.clock.advance(2 * time.Second)
	for range 5 {
		if err := authorize(); err != nil {
			t.Errorf("up again: %v", err)
		}
	}
	if n := f.asked(f.wellKnown()); n != 2 {
		t.Errorf("asked %d times", n)
	}
}

func TestDiscoveryThatCannotBeUsed(t *testing.T) {
	change := func(member string, value any) func(*fixture) http.HandlerFunc {
		return func(f *fixture) http.HandlerFunc {
			document := f.fake.Discovery("keycloak")
			document[member] = value
			return oauthtest.JSON(document)
		}
	}
	always := func(h http.HandlerFunc) func(*fixture) http.HandlerFunc {
		return func(*fixture) http.HandlerFunc { return h }
	}
	for name, test := range map[string]struct {
		by   func(*fixture) http.HandlerFunc
		want error
	}{
		"garbage":                   {always(oauthtest.Body("application/json", "{")), oauth.ErrRejected},
		"no document":               {always(oauthtest.Status(http.StatusNotFound)), oauth.ErrRejected},
		"too many":                  {always(oauthtest.Status(http.StatusTooManyRequests)), oauth.ErrUnavailable},
		"elsewhere":                 {always(oauthtest.Redirect("https://evil.example.com/", http.StatusMovedPermanently)), oauth.ErrRejected},
		"endless":                   {always(oauthtest.Endless), oauth.ErrRejected},
		"another issuer":            {change("issuer", "https://evil.example.com"), oauth.ErrMisconfigured},
		"no issuer":                 {change("issuer", nil), oauth.ErrMisconfigured},
		"no token endpoint":         {change("token_endpoint", ""), oauth.ErrRejected},
		"no keys":                   {change("jwks_uri", nil), oauth.ErrRejected},
		"an endpoint without TLS":   {change("token_endpoint", "http://10.0.0.1/token"), oauth.ErrRejected},
		"an endpoint with a secret": {change("userinfo_endpoint", "https://user:pass@example.com/"), oauth.ErrRejected},
		"an endpoint that is none":  {change("authorization_endpoint", "javascript:alert(1)"), oauth.ErrRejected},
		"an endpoint of a number":   {change("authorization_endpoint", 1), oauth.ErrRejected},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, "keycloak")
			f.fake.Replace(f.wellKnown(), test.by(f))
			_, err := f.AuthorizeURL(t.Context(), oauth.AuthorizeRequest{State: "s", RedirectURI: redirectURI})
			if !errors.Is(err, test.want) {
				t.Errorf("%v, want %v", err, test.want)
			}
		})
	}
}

// A provider on the Internet must not make us call what listens on this machine.
func TestDiscoveryCannotPointToThisMachineFromElsewhere(t *testing.T) {
	fake := oauthtest.Start(oauthtest.Options{})
	defer fake.Close()
	config := fake.Config("keycloak")
	config.Issuer = "https://idp.example.com/realm"
	document := fake.Discovery("keycloak")
	document["issuer"] = config.Issuer
	fake.Replace("/idp.example.com/realm/.well-known/openid-configuration", oauthtest.JSON(document))
	p := provider(t, fake, newClock(), config)
	if _, err := p.AuthorizeURL(t.Context(), oauth.AuthorizeRequest{State: "s", RedirectURI: redirectURI}); !errors.Is(err, oauth.ErrRejected) {
		t.Error(err)
	}
}

func TestADiscoveredProviderThatTakesTheSecretInTheHeaderOnly(t *testing.T) {
	f := start(t, "keycloak")
	document := f.fake.Discovery("keycloak")
	document["token_endpoint_auth_methods_supported"] = []string{"client_secret_basic", "private_key_jwt"}
	f.fake.Replace(f.wellKnown(), oauthtest.JSON(document))
	f.mustSignIn(anna)
	requests := f.fake.Requests(f.fake.Endpoints("keycloak").Token)
	if len(requests) != 1 || !strings.HasPrefix(requests[0].Header.Get("Authorization"), "Basic ") || requests[0].Form.Has("client_secret") {
		t.Errorf("%+v", requests)
	}
}

// A provider that offers only algorithms with a shared secret does not make us accept them.
func TestDiscoveryCannotAllowWeakAlgorithms(t *testing.T) {
	f := start(t, "keycloak")
	document := f.fake.Discovery("keycloak")
	document["id_token_signing_alg_values_supported"] = []string{"HS256", "none"}
	f.fake.Replace(f.wellKnown(), oauthtest.JSON(document))
	for _, how := range []oauthtest.Signature{oauthtest.SignedNot, oauthtest.SignedHS256} {
		as := anna
		as.Signature = how
		if err := f.VerifyIDToken(t.Context(), f.fake.IDToken("keycloak", as, ""), ""); !errors.Is(err, oauth.ErrInvalidIDToken) {
			t.Errorf("%s: %v", how, err)
		}
	}
	document["id_token_signing_alg_values_supported"] = []string{"RS256"}
	f.clock.advance(11 * time.Minute)
	if err := f.verifies(); !errors.Is(err, oauth.ErrInvalidIDToken) {
		t.Errorf("ES256 counts although the provider says RS256: %v", err)
	}
}

func TestADiscoveredProviderMaySayThatItDoesNotRefresh(t *testing.T) {
	for want, grants := range map[error][]string{
		nil: {"authorization_code", "refresh_token"}, oauth.ErrRefreshNotSupported: {"authorization_code"}, oauth.ErrRejected: nil,
	} {
		f := start(t, "keycloak")
		document := f.fake.Discovery("keycloak")
		document["grant_types_supported"] = grants
		f.fake.Replace(f.wellKnown(), oauthtest.JSON(document))
		token := "not one of the provider"
		if want == nil {
			token = f.mustSignIn(anna).RefreshToken
		}
		if _, err := f.Refresh(t.Context(), token); !errors.Is(err, want) {
			t.Errorf("%v: %v, want %v", grants, err, want)
		}
	}
}

func TestConfiguredEndpointsReplaceDiscoveredOnes(t *testing.T) {
	var other string
	f := start(t, "keycloak", func(c *oauth.Config) {
		other = strings.Replace(c.Issuer, "keycloak", "proxy", 1) + "/authorize"
		c.Endpoints.Authorization = other
	})
	location, err := f.AuthorizeURL(t.Context(), oauth.AuthorizeRequest{State: "s", RedirectURI: redirectURI})
	if err != nil || !strings.HasPrefix(location, other+"?") {
		t.Errorf("%s, %v", location, err)
	}
}

// Somebody who leaves does not take the answer with them.
func TestDiscoveryGoesOnForTheOthers(t *testing.T) {
	f := start(t, "keycloak")
	arrived, proceed := make(chan struct{}), make(chan struct{})
	f.fake.Replace(f.wellKnown(), func(w http.ResponseWriter, r *http.Request) {
		close(arrived)
		<-proceed
		oauthtest.JSON(f.fake.Discovery("keycloak"))(w, r)
	})
	impatient, leave := context.WithCancel(t.Context())
	left, stayed := make(chan error, 1), make(chan error, 1)
	ask := func(ctx context.Context, result chan<- error) {
		_, err := f.AuthorizeURL(ctx, oauth.AuthorizeRequest{State: "s", RedirectURI: redirectURI})
		result <- err
	}
	go ask(impatient, left)
	<-arrived
	go ask(t.Context(), stayed)
	leave()
	if err := <-left; !errors.Is(err, oauth.ErrUnavailable) {
		t.Errorf("who left: %v", err)
	}
	close(proceed)
	if err := <-stayed; err != nil {
		t.Errorf("who stayed: %v", err)
	}
	if n := f.asked(f.wellKnown()); n != 1 {
		t.Errorf("asked %d times", n)
	}
}
