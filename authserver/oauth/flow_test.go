package oauth_test

import (
	"encoding/json"
	"errors"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

var anna = oauthtest.Profile{
	Sub: "4711", Email: "Anna@Example.com", Name: "Anna Berg", Login: "anna", Picture: "https://img.example.com/1",
	EmailVerified: new(true), Scope: "one two", ExpiresIn: 3600, Refresh: true,
}

// profiles are what the providers tell about anna.
var profiles = map[string]oauth.Profile{
	"google":    {ID: "4711", Name: "Anna Berg", Email: "Anna@Example.com", EmailVerified: true, Image: "https://img.example.com/1"},
	"github":    {ID: "4711", Name: "Anna Berg", Email: "Anna@Example.com", EmailVerified: true, Image: "https://img.example.com/1"},
	"microsoft": {ID: "4711", Name: "Anna Berg", Email: "Anna@Example.com", EmailVerified: true, Image: "https://img.example.com/1"},
	"apple":     {ID: "4711", Name: "Anna Berg", Email: "Anna@Example.com", EmailVerified: true},
	"discord": {ID: "4711", Name: "Anna Berg", Email: "Anna@Example.com", EmailVerified: true,
		Image: "https://cdn.discordapp.com/avatars/4711/https:%2F%2Fimg.example.com%2F1.png"},
	"keycloak": {ID: "4711", Name: "Anna Berg", Email: "Anna@Example.com", EmailVerified: true, Image: "https://img.example.com/1"},
}

func TestSignInWithEveryProvider(t *testing.T) {
	for id, want := range profiles {
		t.Run(id, func(t *testing.T) {
			f := start(t, id)
			tokens := f.mustSignIn(anna)
			if !tokens.AccessTokenExpiresAt.Equal(f.clock.Now().Add(time.Hour)) || !slices.Equal(tokens.Scopes, []string{"one", "two"}) ||
				tokens.AccessToken == "" || tokens.RefreshToken == "" || !tokens.RefreshTokenExpiresAt.IsZero() {
				t.Errorf("tokens %+v", tokens)
			}
			got, err := f.Profile(t.Context(), tokens)
			if err != nil {
				t.Fatal(err)
			}
			if !json.Valid(got.Raw) || !strings.Contains(string(got.Raw), "Anna@Example.com") {
				t.Errorf("raw %s", got.Raw)
			}
			got.Raw = nil
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestRefreshGivesNewTokensOnce(t *testing.T) {
	for id := range profiles {
		t.Run(id, func(t *testing.T) {
			f := start(t, id)
			old := f.mustSignIn(anna)
			f.clock.advance(time.Hour)
			renewed, err := f.Refresh(t.Context(), old.RefreshToken)
			if err != nil {
				t.Fatal(err)
			}
			if renewed.AccessToken == old.AccessToken || renewed.RefreshToken == old.RefreshToken ||
				!renewed.AccessTokenExpiresAt.Equal(f.clock.Now().Add(time.Hour)) {
				t.Errorf("tokens %+v", renewed)
			}
			if _, err := f.Profile(t.Context(), renewed); err != nil {
				t.Error(err)
			}
			if _, err := f.Refresh(t.Context(), old.RefreshToken); !errors.Is(err, oauth.ErrRejected) {
				t.Errorf("the old refresh token: %v", err)
			}
		})
	}
}

func TestRefreshKeepsTheTokenThatTheProviderDoesNotReplace(t *testing.T) {
	f := start(t, "google")
	f.fake.Replace("/oauth2.googleapis.com/token", oauthtest.JSON(map[string]any{
		"access_token": "new", "expires_in": "60", "refresh_token_expires_in": 120, "scope": []string{"a", " b ", ""},
	}))
	got, err := f.Refresh(t.Context(), "old")
	if err != nil {
		t.Fatal(err)
	}
	now := f.clock.Now()
	want := oauth.Tokens{
		AccessToken: "new", RefreshToken: "old", Scopes: []string{"a", "b"},
		AccessTokenExpiresAt: now.Add(time.Minute), RefreshTokenExpiresAt: now.Add(2 * time.Minute),
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

// The form of a token request is that of Better-Auth (contract 10).
func TestExchangeSendsTheFormOfBetterAuth(t *testing.T) {
	for id, secret := range map[string]string{"google": "google-client-secret", "github": "github-client-secret", "discord": "discord-client-secret"} {
		f := start(t, id)
		if _, err := f.Exchange(t.Context(), anna.Code(), "the-verifier", redirectURI); err != nil {
			t.Fatal(err)
		}
		requests := f.fake.Requests(f.fake.Endpoints(id).Token)
		if len(requests) != 1 {
			t.Fatalf("%d requests", len(requests))
		}
		want := url.Values{
			"grant_type": {"authorization_code"}, "code": {anna.Code()}, "code_verifier": {"the-verifier"}, "redirect_uri": {redirectURI},
			"client_id": {id + "-client-id"}, "client_secret": {secret},
		}
		if id == "discord" {
			delete(want, "code_verifier")
		}
		if diff := cmp.Diff(want, requests[0].Form); diff != "" {
			t.Error(diff)
		}
		if accept, basic := requests[0].Header.Get("Accept"), requests[0].Header.Get("Authorization"); accept != "application/json" || basic != "" {
			t.Errorf("Accept %q, Authorization %q", accept, basic)
		}
	}
}

func TestGitHubIsAskedUnderTheNameOfBetterAuth(t *testing.T) {
	f := start(t, "github")
	if _, err := f.Profile(t.Context(), f.mustSignIn(anna)); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"/api.github.com/user", "/api.github.com/user/emails"} {
		requests := f.fake.Requests(path)
		if len(requests) != 1 || requests[0].Header.Get("User-Agent") != "better-auth" ||
			!strings.HasPrefix(requests[0].Header.Get("Authorization"), "Bearer at_") {
			t.Errorf("%s: %+v", path, requests)
		}
	}
}

func TestACodeCountsOnceForWhoBeganWithIt(t *testing.T) {
	for _, id := range []string{"google", "github", "microsoft", "apple", "keycloak"} {
		t.Run(id, func(t *testing.T) {
			f := start(t, id)
			f.fake.SignIn(id, anna)
			code := func() string {
				location, err := f.AuthorizeURL(t.Context(), oauth.AuthorizeRequest{State: "s", Verifier: verifier, RedirectURI: redirectURI, Nonce: "n"})
				if err != nil {
					t.Fatal(err)
				}
				back, err := f.fake.Visit(location)
				if err != nil {
					t.Fatal(err)
				}
				return back.Get("code")
			}
			first := code()
			if _, err := f.Exchange(t.Context(), first, verifier, redirectURI); err != nil {
				t.Fatal(err)
			}
			if _, err := f.Exchange(t.Context(), first, verifier, redirectURI); !errors.Is(err, oauth.ErrRejected) {
				t.Errorf("twice: %v", err)
			}
			if _, err := f.Exchange(t.Context(), code(), "another-verifier", redirectURI); !errors.Is(err, oauth.ErrRejected) {
				t.Errorf("another verifier: %v", err)
			}
			if _, err := f.Exchange(t.Context(), code(), verifier, redirectURI+"/x"); !errors.Is(err, oauth.ErrRejected) {
				t.Errorf("another redirect URI: %v", err)
			}
		})
	}
}

func TestTheSecretIsReadEachTime(t *testing.T) {
	secret := "old"
	f := start(t, "google", func(c *oauth.Config) { c.ClientSecret = func() (string, error) { return secret, nil } })
	if _, err := f.Exchange(t.Context(), anna.Code(), verifier, redirectURI); !errors.Is(err, oauth.ErrRejected) || !strings.Contains(err.Error(), "invalid_client") {
		t.Errorf("a wrong secret: %v", err)
	}
	secret = oauthtest.ClientSecret("google")
	if _, err := f.Exchange(t.Context(), anna.Code(), verifier, redirectURI); err != nil {
		t.Errorf("the rotated secret: %v", err)
	}
}

func TestASecretThatCannotBeReadIsAConfigurationError(t *testing.T) {
	f := start(t, "google", func(c *oauth.Config) {
		c.ClientSecret = func() (string, error) { return "", errors.New("no file clientSecret") }
	})
	if _, err := f.Refresh(t.Context(), "token"); !errors.Is(err, oauth.ErrMisconfigured) || !strings.Contains(err.Error(), "no file clientSecret") {
		t.Error(err)
	}
}

func TestAuthorizePageSendsErrorsBack(t *testing.T) {
	for id := range profiles {
		f := start(t, id)
		f.fake.SignIn(id, oauthtest.Profile{Denied: "access_denied"})
		location, err := f.AuthorizeURL(t.Context(), oauth.AuthorizeRequest{State: "s", Verifier: verifier, RedirectURI: redirectURI, Nonce: "n"})
		if err != nil {
			t.Fatal(err)
		}
		back, err := f.fake.Visit(location)
		if err != nil || back.Get("error") != "access_denied" || back.Get("state") != "s" || back.Get("code") != "" {
			t.Errorf("%s: %+v, %v", id, back, err)
		}
		if iss := back.Get("iss"); iss != f.Issuer() {
			t.Errorf("%s: iss is %q, the provider expects %q", id, iss, f.Issuer())
		}
	}
}
