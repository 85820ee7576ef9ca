package oauth_test

import (
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

// secrets are what no error may hold.
var secrets = []string{"the-secret-code", "the-secret-token", "the-secret-verifier", "client-secret", "made-up-by-the-provider"}

func checkError(t *testing.T, err error, kinds ...error) {
	t.Helper()
	for _, kind := range kinds {
		if errors.Is(err, kind) {
			for _, secret := range secrets {
				if strings.Contains(err.Error(), secret) {
					t.Errorf("the error holds a secret: %v", err)
				}
			}
			return
		}
	}
	t.Errorf("the error is %v, want one of %v", err, kinds)
}

func TestTokenEndpointsThatMisbehave(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect is followed: %s %s", r.Method, r.URL)
	}))
	defer elsewhere.Close()
	for name, test := range map[string]struct {
		by   http.HandlerFunc
		want error
	}{
		"500":                         {oauthtest.Status(http.StatusInternalServerError), oauth.ErrUnavailable},
		"429":                         {oauthtest.Status(http.StatusTooManyRequests), oauth.ErrUnavailable},
		"400":                         {oauthtest.Status(http.StatusBadRequest), oauth.ErrRejected},
		"an error with 200":           {oauthtest.JSON(map[string]string{"error": "the-secret-code", "error_description": "the-secret-code"}), oauth.ErrRejected},
		"garbage":                     {oauthtest.Body("application/json", "the-secret-code"), oauth.ErrRejected},
		"a form that is garbage":      {oauthtest.Body("application/x-www-form-urlencoded", "%zz;the-secret-code"), oauth.ErrRejected},
		"nothing":                     {oauthtest.Body("application/json", ""), oauth.ErrRejected},
		"an array":                    {oauthtest.JSON([]string{"the-secret-code"}), oauth.ErrRejected},
		"no access token":             {oauthtest.JSON(map[string]any{"id_token": "x"}), oauth.ErrRejected},
		"an access token of a number": {oauthtest.JSON(map[string]any{"access_token": 1}), oauth.ErrRejected},
		"an access token with a NUL":  {oauthtest.JSON(map[string]any{"access_token": "a\x00b"}), oauth.ErrRejected},
		"a token with a line break":   {oauthtest.JSON(map[string]any{"access_token": "a", "refresh_token": "a\r\nb"}), oauth.ErrRejected},
		"an ID token with a NUL":      {oauthtest.JSON(map[string]any{"access_token": "a", "id_token": "\x00"}), oauth.ErrRejected},
		"a scope with a NUL":          {oauthtest.JSON(map[string]any{"access_token": "a", "scope": "a b\x00c"}), oauth.ErrRejected},
		"endless":                     {oauthtest.Endless, oauth.ErrRejected},
		"a redirect":                  {oauthtest.Redirect(elsewhere.URL, http.StatusTemporaryRedirect), oauth.ErrRejected},
		"a redirect here":             {oauthtest.Redirect("/oauth2.googleapis.com/token", http.StatusPermanentRedirect), oauth.ErrRejected},
		"a broken connection":         {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, oauth.ErrUnavailable},
		"a header that is none": {func(w http.ResponseWriter, _ *http.Request) {
			conn, _, err := w.(http.Hijacker).Hijack()
			if err == nil {
				conn.Write([]byte("the-secret-code made-up-by-the-provider\r\n\r\n"))
				conn.Close()
			}
		}, oauth.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t, "google")
			f.fake.Replace(f.fake.Endpoints("google").Token, test.by)
			_, err := f.Exchange(t.Context(), "the-secret-code", "the-secret-verifier", redirectURI)
			checkError(t, err, test.want)
			_, err = f.Refresh(t.Context(), "the-secret-token")
			checkError(t, err, test.want)
		})
	}
}

func TestStrangeLifetimesDoNoHarm(t *testing.T) {
	for _, body := range []string{
		`{"access_token":"a","expires_in":99999999999,"refresh_token_expires_in":1e300}`,
		`{"access_token":"a","expires_in":-99999999,"refresh_token_expires_in":-5}`,
		`{"access_token":"a","expires_in":null,"refresh_token_expires_in":"never"}`,
		`{"access_token":"a","expires_in":0,"refresh_token_expires_in":{},"scope":{"a":1}}`,
	} {
		f := start(t, "github")
		f.fake.Replace(f.fake.Endpoints("github").Token, oauthtest.Body("application/json", body))
		tokens, err := f.Exchange(t.Context(), "c", "v", redirectURI)
		if err != nil || len(tokens.Scopes) != 0 {
			t.Errorf("%s: %+v, %v", body, tokens, err)
		}
		for _, at := range []time.Time{tokens.AccessTokenExpiresAt, tokens.RefreshTokenExpiresAt} {
			if !at.IsZero() && (at.Year() < 1900 || at.Year() > 2200) {
				t.Errorf("%s: %s", body, at)
			}
		}
	}
}

func TestUserInfoThatMisbehaves(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a redirect to another host is followed, with %q", r.Header.Get("Authorization"))
	}))
	defer elsewhere.Close()
	for name, test := range map[string]struct {
		by   http.HandlerFunc
		want error
	}{
		"503":        {oauthtest.Status(http.StatusServiceUnavailable), oauth.ErrUnavailable},
		"401":        {oauthtest.Status(http.StatusUnauthorized), oauth.ErrRejected},
		"garbage":    {oauthtest.Body("application/json", `{"id":"the-secret-token`), oauth.ErrRejected},
		"an array":   {oauthtest.JSON([]int{1}), oauth.ErrRejected},
		"null":       {oauthtest.JSON(nil), oauth.ErrRejected},
		"deep":       {oauthtest.Body("application/json", strings.Repeat(`{"id":`, 10_000)), oauth.ErrRejected},
		"endless":    {oauthtest.Endless, oauth.ErrRejected},
		"a redirect": {oauthtest.Redirect(elsewhere.URL, http.StatusFound), oauth.ErrRejected},
		"in circles": {func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path, http.StatusFound) }, oauth.ErrRejected},
		"a JWT":      {oauthtest.Body("application/jwt", "a.b.c"), oauth.ErrRejected},
		"cut short": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			w.Write([]byte(`{"id":`))
		}, oauth.ErrUnavailable},
	} {
		t.Run(name, func(t *testing.T) {
			for _, id := range []string{"github", "discord", "keycloak"} {
				f := start(t, id)
				f.fake.Replace(f.fake.Endpoints(id).UserInfo, test.by)
				_, err := f.Profile(t.Context(), oauth.Tokens{AccessToken: "the-secret-token"})
				checkError(t, err, test.want)
			}
		})
	}
}

func TestARedirectWithinTheHostIsFollowed(t *testing.T) {
	f := start(t, "keycloak")
	tokens := f.mustSignIn(anna)
	tokens.IDToken = ""
	f.fake.Replace(f.fake.Endpoints("keycloak").UserInfo, oauthtest.Redirect("/oidc/other/userinfo", http.StatusTemporaryRedirect))
	if got, err := f.Profile(t.Context(), tokens); err != nil || got.ID != "4711" {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestAProviderThatHangs(t *testing.T) {
	for _, endpoint := range []func(oauth.Endpoints) string{
		func(e oauth.Endpoints) string { return e.Token }, func(e oauth.Endpoints) string { return e.UserInfo },
		func(e oauth.Endpoints) string { return e.JWKS },
	} {
		f := start(t, "keycloak")
		if _, err := f.AuthorizeURL(t.Context(), oauth.AuthorizeRequest{State: "s", RedirectURI: redirectURI}); err != nil {
			t.Fatal(err)
		}
		f.fake.Replace(endpoint(f.fake.Endpoints("keycloak")), f.fake.Hang)
		ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
		defer cancel()
		_, err := f.Exchange(ctx, anna.Code(), verifier, redirectURI)
		if err == nil {
			_, err = f.Profile(ctx, oauth.Tokens{AccessToken: "at_" + anna.Code(), Nonce: "n"})
		}
		if err == nil {
			err = f.VerifyIDToken(ctx, f.fake.IDToken("keycloak", anna, ""), "")
		}
		checkError(t, err, oauth.ErrUnavailable)
	}
}

func TestAProviderThatIsNotThere(t *testing.T) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	closed := "http://" + listener.Addr().String()
	listener.Close()
	for endpoint, want := range map[string]string{
		closed:                                "connection refused",
		"https://" + listener.Addr().String(): "connection refused",
	} {
		set, err := oauth.New(oauth.Options{Providers: []oauth.Config{{
			ID: "github", ClientID: "c", ClientSecret: func() (string, error) { return "client-secret", nil },
			Endpoints: oauth.Endpoints{Token: endpoint},
		}}})
		if err != nil {
			t.Fatal(err)
		}
		p, _ := set.Provider("github")
		_, err = p.Exchange(t.Context(), "the-secret-code", "the-secret-verifier", redirectURI)
		checkError(t, err, oauth.ErrUnavailable)
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v does not say %q", endpoint, err, want)
		}
	}
}

func TestAnUntrustedCertificateIsRefused(t *testing.T) {
	server := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		t.Errorf("a request arrives: %v", r.Form)
	}))
	server.Config.ErrorLog = log.New(io.Discard, "", 0) // the handshake is meant to fail
	defer server.Close()
	set, err := oauth.New(oauth.Options{Providers: []oauth.Config{{
		ID: "github", ClientID: "c", ClientSecret: func() (string, error) { return "client-secret", nil },
		Endpoints: oauth.Endpoints{Token: server.URL},
	}}})
	if err != nil {
		t.Fatal(err)
	}
	p, _ := set.Provider("github")
	_, err = p.Exchange(t.Context(), "the-secret-code", "v", redirectURI)
	checkError(t, err, oauth.ErrUnavailable)
	if !strings.Contains(err.Error(), "certificate") {
		t.Error(err)
	}
}

// observed is a transport that shows the requests to a test.
type observed struct {
	next http.RoundTripper
	see  func(*http.Request)
}

func (o observed) RoundTrip(r *http.Request) (*http.Response, error) {
	o.see(r)
	return o.next.RoundTrip(r)
}

func TestEveryRequestIsBoundedAndWithoutCookies(t *testing.T) {
	fake := oauthtest.Start(oauthtest.Options{})
	defer fake.Close()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	here, err := url.Parse(fake.URL())
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(here, []*http.Cookie{{Name: "tracking", Value: "1"}})
	requests := 0
	client := &http.Client{Jar: jar, Transport: observed{http.DefaultTransport, func(r *http.Request) {
		requests++
		if end, ok := r.Context().Deadline(); !ok || time.Until(end) > 10*time.Second {
			t.Errorf("%s may take until %s", r.URL.Path, end)
		}
		if r.Header.Get("Cookie") != "" {
			t.Errorf("%s gets the cookie %s", r.URL.Path, r.Header.Get("Cookie"))
		}
	}}}
	set, err := oauth.New(oauth.Options{Providers: []oauth.Config{fake.Config("keycloak"), fake.Config("github")}, HTTPClient: client})
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"keycloak", "github"} {
		p, _ := set.Provider(id)
		tokens, err := p.Exchange(t.Context(), anna.Code(), verifier, redirectURI)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Profile(t.Context(), tokens); err != nil {
			t.Fatal(err)
		}
		if _, err := p.Refresh(t.Context(), tokens.RefreshToken); err != nil {
			t.Fatal(err)
		}
	}
	if requests != 8 {
		t.Errorf("%d requests, want those for the discovery, the keys, four times tokens, and two for the user", requests)
	}
}
