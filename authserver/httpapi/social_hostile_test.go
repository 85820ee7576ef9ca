package httpapi_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

// TestAHostileProviderLeavesNothing lets each endpoint of a provider answer what no provider should. Every sign-in must end
// at the page for errors, with no row and no session.
func TestAHostileProviderLeavesNothing(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	answers := map[string]http.HandlerFunc{
		"an error":          oauthtest.Status(500),
		"a refusal":         oauthtest.Status(403),
		"nothing":           oauthtest.Body("application/json", ""),
		"HTML":              oauthtest.Body("text/html", "<script>alert(1)</script>"),
		"null":              oauthtest.Body("application/json", "null"),
		"an array":          oauthtest.Body("application/json", "[]"),
		"a text":            oauthtest.Body("application/json", `"x"`),
		"deep nesting":      oauthtest.Body("application/json", strings.Repeat("[", 100_000)),
		"odd types":         oauthtest.Body("application/json", `{"access_token":{},"id_token":[],"id":[],"sub":{},"email":7,"verified":"x"}`),
		"an endless answer": oauthtest.Endless,
		"a redirect":        oauthtest.Redirect("http://evil.test/", http.StatusTemporaryRedirect),
	}
	endpoints := map[string][]string{
		"google": {s.fake.Endpoints("google").Token}, "github": {s.fake.Endpoints("github").Token, s.fake.Endpoints("github").UserInfo},
		"corp": {s.fake.Endpoints("corp").Token, s.fake.Endpoints("corp").JWKS}, "discord": {s.fake.Endpoints("discord").UserInfo},
	}
	for provider, list := range endpoints {
		for _, endpoint := range list {
			for name, answer := range answers {
				s.fake.Replace(endpoint, answer)
				b := s.browser()
				got := b.signIn(provider, ada, `,"errorCallbackURL":"/err"`)
				location := got.headers.Get("Location")
				if got.status != 302 || location != "/err?error=invalid_code" && location != "/err?error=unable_to_get_user_info" || len(b.cookies) > 0 {
					t.Errorf("%s %s answers %s: %d %s, cookies %v", provider, endpoint, name, got.status, location, b.cookies)
				}
				s.fake.Replace(endpoint, nil)
			}
		}
	}
	s.rows(0, 0)
	if n := s.count("session"); n != 0 {
		t.Errorf("%d sessions", n)
	}
	s.clock.advance(time.Hour) // bad keys are not asked for again at once
	b := s.browser()
	b.arrives(b.signIn("corp", ada, `,"callbackURL":"/in"`), "/in")
}

func TestWhatAProfileSaysIsStoredSafelyOrNotAtAll(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "account: {encryptOAuthTokens: true}")
	for name, c := range map[string]struct {
		user map[string]any
		code string
	}{
		"no id":                               {map[string]any{"id": nil}, "unable_to_get_user_info"},
		"an empty id":                         {map[string]any{"id": " "}, "unable_to_get_user_info"},
		"an id that is null":                  {map[string]any{"id": "null"}, "unable_to_get_user_info"},
		"an endless id":                       {map[string]any{"id": long(256)}, "unable_to_get_user_info"},
		"an id with NUL":                      {map[string]any{"id": "1\x00"}, "unable_to_get_user_info"},
		"no address":                          {map[string]any{"id": 71, "email": nil}, "email_not_found"},
		"an address that no index could hold": {map[string]any{"id": 72, "email": long(9_000) + "@example.com"}, "email_not_found"},
		"an address with NUL":                 {map[string]any{"id": 73, "email": "a\x00@example.com"}, "email_not_found"},
	} {
		who := ada
		who.User = c.user
		if c.code == "email_not_found" {
			s.fake.Replace("/api.github.com/user/emails", oauthtest.Body("application/json", "[]"))
		}
		b := s.browser()
		if got := b.signIn("github", who, ""); got.headers.Get("Location") != errorAt(c.code) {
			t.Errorf("%s: %d %s, want %s", name, got.status, got.headers.Get("Location"), c.code)
		}
		s.fake.Replace("/api.github.com/user/emails", nil)
	}
	s.rows(0, 0)
	odd := ada
	odd.User = map[string]any{"id": 7, "name": "<b>\x00\r\n" + long(5_000), "avatar_url": "javascript:alert(1)"}
	b := s.browser()
	b.arrives(b.signIn("github", odd, `,"callbackURL":"/in"`), "/in")
	if got := s.text(`select length(name) || ' ' || coalesce(image, 'none') from "user"`); got != "1024 none" {
		t.Errorf("the user is %s", got)
	}
}

// TestSecretsOfASignInAreNotLogged looks for everything secret of good and of failed sign-ins in the log at debug level.
func TestSecretsOfASignInAreNotLogged(t *testing.T) {
	t.Parallel()
	for _, account := range []string{"", "account: {storeStateStrategy: Cookie, storeAccountCookie: true, encryptOAuthTokens: true}\n"} {
		s := startSocial(t, account)
		var secrets []string
		for _, provider := range []string{"google", "github", "apple", "corp"} {
			s.fake.SignIn(provider, ada)
			b := s.browser()
			for _, endpoint := range []string{"", s.fake.Endpoints(provider).Token} {
				if endpoint != "" {
					s.fake.Replace(endpoint, oauthtest.Status(500)) // repeats what it was sent
				}
				authorize := b.leave(provider, `,"additionalData":{"x":"my-additional-data"}`)
				back := b.visit(authorize)
				b.back(back)
				b.back(back) // replayed
				secrets = append(secrets, back.Get("state"), back.Get("code"), ada.Code()[:40], b.cookies[accountCookie], b.cookies["better-auth.session_token"])
			}
			s.fake.Replace(s.fake.Endpoints(provider).Token, nil)
			if provider == "google" {
				body := s.account("google")
				tokens := b.tokens("/refresh-token", body)
				secrets = append(secrets, tokens.AccessToken, tokens.RefreshToken, tokens.IDToken)
				s.fake.Replace(s.fake.Endpoints(provider).Token, oauthtest.Status(400))
				b.post("/refresh-token", body)
				b.post("/sign-in/social", `{"provider":"google","idToken":{"token":"my.id.token","nonce":"my-nonce"}}`)
				s.fake.Replace(s.fake.Endpoints(provider).Token, nil)
			}
			secret, err := s.fake.Config(provider).ClientSecret()
			if err != nil {
				t.Fatal(err)
			}
			secrets = append(secrets, secret)
		}
		secrets = append(secrets, "my-additional-data", "my.id.token", "my-nonce", "codeVerifier", "at_", "rt_", "Ada@Example.com", "ada@example.com")
		for _, request := range s.fake.Requests("") {
			secrets = append(secrets, request.Form.Get("code_verifier"), request.Form.Get("client_secret"))
		}
		log := s.log.String()
		if strings.Count(log, `"code":"invalid_code"`) != 4 {
			t.Errorf("the log does not tell of 4 failures:\n%s", log)
		}
		for _, secret := range secrets {
			if secret != "" && strings.Contains(log, secret) {
				t.Errorf("the log holds %.60s", secret)
			}
		}
	}
}

func TestAnOutageOfTheDatabaseSendsTheBrowserToTheErrorPage(t *testing.T) {
	t.Parallel()
	s := startSocial(t, inCookie)
	s.fake.SignIn("google", ada)
	b := s.browser()
	back := b.visit(b.leave("google", `,"errorCallbackURL":"/err"`))
	s.exec(`alter table account rename to gone`)
	b.arrives(b.back(back), "/err?error=internal_server_error")
	if !strings.Contains(s.log.String(), `"level":"ERROR","msg":"request"`) {
		t.Errorf("no error in the log:\n%s", s.log)
	}
	s.exec(`alter table gone rename to account`)
	s.rows(0, 0)
}
