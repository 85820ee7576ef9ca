package httpapi_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

// local signs somebody up with a password, in a browser of its own.
func (s *social) local(email string, verified bool) *agent {
	s.t.Helper()
	b := s.browser()
	if got := b.post("/sign-up/email", signUpBody(email)); got.status != 200 {
		s.t.Fatalf("%d %s", got.status, got.body)
	}
	s.exec(`update "user" set "emailVerified" = $1 where email = $2`, verified, email)
	return b
}

func TestAnAddressIsNoProofOfWhoSomebodyIs(t *testing.T) {
	t.Parallel()
	proven, unverified := ada, ada
	unverified.EmailVerified = &unproven
	for _, c := range []struct {
		name, account string
		local         bool
		who           oauthtest.Profile
		linked        bool
	}{
		{"both sides proved it", "", true, proven, true},
		{"the user of the password did not", "", false, proven, false},
		{"the provider did not", "", true, unverified, false},
		{"nobody did", "", false, unverified, false},
		{"the provider is trusted", "linking: {trustedProviders: [google]}", true, unverified, true},
		{"another provider is trusted", "linking: {trustedProviders: [github]}", true, unverified, false},
		{"the provider is trusted, but the user proved nothing", "linking: {trustedProviders: [google]}", false, unverified, false},
		{"linking is off", "linking: {enabled: false, trustedProviders: [google]}", true, proven, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := startSocial(t, "account: {"+c.account+"}")
			s.local("ada@example.com", c.local)
			b := s.browser()
			got := b.signIn("google", c.who, `,"callbackURL":"/in"`)
			if c.linked {
				b.arrives(got, "/in")
				s.rows(1, 2)
				return
			}
			b.arrives(got, errorAt("account_not_linked"))
			if b.user() != "" {
				t.Error("somebody is signed in")
			}
			s.rows(1, 1)
		})
	}
}

func TestLinkingIsForTheUserWhoBeganIt(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	b := s.local("ada@example.com", false)
	session := b.cookies["better-auth.session_token"]
	b.arrives(b.link("google", ada, `,"callbackURL":"/linked"`), "/linked")
	if b.cookies["better-auth.session_token"] != session || s.count("session") != 1 {
		t.Error("linking changes the session")
	}
	s.rows(1, 2)
	// The account belongs to the user by now: it signs in, and nobody else may link it.
	other := s.browser()
	other.arrives(other.signIn("google", ada, `,"callbackURL":"/in"`), "/in")
	if got := other.user(); got != "ada@example.com" {
		t.Errorf("the account signs %q in", got)
	}
	stranger := s.local("eve@example.com", true)
	same := ada
	same.Email = "eve@example.com"
	stranger.arrives(stranger.link("google", same, `,"errorCallbackURL":"/err"`), "/err?error=account_already_linked_to_different_user")
	s.rows(2, 3)
}

func TestLinkingIsRefused(t *testing.T) {
	t.Parallel()
	unverified, elsewhere, nobody := ada, ada, ada
	unverified.EmailVerified = &unproven
	elsewhere.Email = "other@example.com"
	nobody.Email = ""
	for _, c := range []struct {
		name, account string
		who           oauthtest.Profile
		meanwhile     func(*agent)
		code          string
	}{
		{"another address", "", elsewhere, nil, "email_does_not_match"},
		{"another address, which is allowed", "linking: {allowDifferentEmails: true}", elsewhere, nil, ""},
		{"no address", "", nobody, nil, "unable_to_link_account"},
		{"no address, of a trusted provider", "linking: {trustedProviders: [google]}", nobody, nil, "email_does_not_match"},
		{"an address that the provider did not verify", "", unverified, nil, "unable_to_link_account"},
		{"the same of a trusted provider", "linking: {trustedProviders: [google]}", unverified, nil, ""},
		{"linking is off", "linking: {enabled: false}", ada, nil, "unable_to_link_account"},
		{"the user signed out at another tab", "", ada, func(b *agent) { b.post("/sign-out", "{}") }, "unable_to_link_account"},
		{"the session was revoked", "", ada, func(b *agent) { b.exec("delete from session") }, "unable_to_link_account"},
		{"the session ended", "", ada, func(b *agent) { b.exec(`update session set "expiresAt" = now() - interval '1 day'`) }, "unable_to_link_account"},
		{"the user was deleted", "", ada, func(b *agent) { b.exec(`delete from "user"`) }, "unable_to_link_account"},
		{"the session became that of somebody else", "", ada, func(b *agent) {
			b.exec(`insert into "user" (id, name, email, "emailVerified") values ('eve', 'E', 'eve@example.com', true)`)
			b.exec(`update session set "userId" = 'eve'`)
		}, "unable_to_link_account"},
	} {
		strategies := []string{"Database"}
		if c.meanwhile != nil {
			strategies = append(strategies, "Cookie")
		}
		for _, strategy := range strategies {
			t.Run(c.name+"/"+strategy, func(t *testing.T) {
				t.Parallel()
				s := startSocial(t, "account: {storeStateStrategy: "+strategy+", "+c.account+"}")
				b := s.local("ada@example.com", true)
				s.fake.SignIn("google", c.who)
				state := b.urlOf(b.post("/link-social", `{"provider":"google","callbackURL":"/linked"}`))
				if c.meanwhile != nil {
					kept := b.cookies[stateCookie] + b.cookies[wholeCookie]
					c.meanwhile(b)
					// A sign-out in this browser would end the state in its cookie as well.
					if b.cookies[stateCookie]+b.cookies[wholeCookie] == "" {
						b.cookies[wholeCookie] = kept
					}
				}
				got := b.back(b.visit(state))
				if c.code == "" {
					b.arrives(got, "/linked")
					return
				}
				b.arrives(got, errorAt(c.code))
				if n := s.text(`select count(*) from account where "providerId" = 'google'`); n != "0" {
					t.Errorf("%s accounts were linked", n)
				}
			})
		}
	}
}

func TestLinkingAgainRenewsTheTokensAndAddsScopes(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "account: {linking: {updateUserInfoOnLink: true}}")
	b := s.local("ada@example.com", false)
	b.link("github", ada, "")
	const user = `select name || ' ' || image || ' ' || "emailVerified" from "user"`
	if got := s.text(user); got != "Ada L https://img.test/a.png false" {
		t.Errorf("the user is %q", got)
	}
	before := s.text(`select "accessToken" from account where "providerId" = 'github'`)
	again := ada
	again.Scope, again.Name, again.Picture = "repo,email", "Ada", ""
	b.arrives(b.link("github", again, `,"callbackURL":"/linked"`), "/linked")
	if scope := s.text(`select scope from account where "providerId" = 'github'`); scope != "openid,email,repo" {
		t.Errorf("the scope is %q", scope)
	}
	if after := s.text(`select "accessToken" from account where "providerId" = 'github'`); after == before {
		t.Error("the access token is the old one")
	}
	if got := s.text(user); got != "Ada https://img.test/a.png false" {
		t.Errorf("the user is %q", got)
	}
	s.rows(1, 2)
}

func TestOneAccountLinkedByTwoUsersAtOnceBelongsToOne(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "account: {linking: {allowDifferentEmails: true}}")
	s.fake.SignIn("google", ada)
	browsers := []*agent{s.local("one@example.com", true), s.local("two@example.com", true), s.local("three@example.com", true)}
	var backs []oauthtest.Back
	for _, b := range browsers {
		backs = append(backs, b.visit(b.urlOf(b.post("/link-social", `{"provider":"google","callbackURL":"/linked"}`))))
	}
	locations := make(chan string, len(browsers))
	var wait sync.WaitGroup
	for i, b := range browsers {
		wait.Go(func() { locations <- b.back(backs[i]).headers.Get("Location") })
	}
	wait.Wait()
	close(locations)
	linked := 0
	for location := range locations {
		switch location {
		case "/linked":
			linked++
		case errorAt("account_already_linked_to_different_user"):
		default:
			t.Errorf("location %s", location)
		}
	}
	if linked != 1 {
		t.Errorf("%d users have the account", linked)
	}
	s.rows(3, 4)
}

func TestUnlinkingLeavesAWayIn(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "session: {cookieCache: {enabled: true}}")
	b := s.browser()
	b.signIn("google", ada, "")
	b.link("github", ada, "")
	id := s.text(`select id from account where "providerId" = 'github'`)
	eve := s.local("eve@example.com", true)
	eve.exec(`insert into account (id, "accountId", "providerId", "userId", "createdAt", "updatedAt") select 'x', '9', 'discord', id, now(), now() from "user" where email = 'eve@example.com'`)
	if got := eve.post("/unlink-account", `{"accountId":"`+id+`"}`); got.status != 400 || !strings.Contains(got.body, "ACCOUNT_NOT_FOUND") {
		t.Errorf("the account of another user: %d %s", got.status, got.body)
	}
	if got := b.post("/unlink-account", `{"accountId":"`+id+`"}`); got.status != 200 || got.body != `{"status":true}` {
		t.Errorf("%d %s", got.status, got.body)
	}
	last := s.text(`select id from account where "providerId" = 'google'`)
	if got := b.post("/unlink-account", `{"accountId":"`+last+`"}`); got.status != 400 || !strings.Contains(got.body, "FAILED_TO_UNLINK_LAST_ACCOUNT") {
		t.Errorf("the last one: %d %s", got.status, got.body)
	}
	b.exec(`update session set "createdAt" = $1`, s.clock.Now().Add(-25*time.Hour))
	if got := b.post("/unlink-account", `{"accountId":"`+last+`"}`); got.status != 403 {
		t.Errorf("a session that is not fresh: %d %s", got.status, got.body)
	}
	b.exec(`delete from session`)
	if got := b.post("/unlink-account", `{"accountId":"`+last+`"}`); got.status != 401 {
		t.Errorf("a session that only the cookie cache knows: %d %s", got.status, got.body)
	}
}

func TestIDTokensSignInAndLink(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "socialProviders: [{id: google, clientID: google-client-id}, {id: github, clientID: github-client-id}, {id: apple, clientID: apple-client-id, disableSignUp: true}]\n")
	token := func(provider string, who oauthtest.Profile, nonce string) string {
		return s.fake.IDToken(provider, who, nonce)
	}
	expired, other, forged, anonymous := ada, ada, ada, ada
	expired.Claims = map[string]any{"exp": s.clock.Now().Add(-time.Hour).Unix()}
	other.Claims = map[string]any{"aud": "another-client"}
	forged.Signature = oauthtest.SignedByOther
	anonymous.Email = ""
	eve := s.local("ada@example.com", true)
	for _, path := range []string{"/sign-in/social", "/link-social"} {
		for name, c := range map[string]struct {
			body   string
			status int
			code   string
		}{
			"of a provider without":        {`"provider":"github","idToken":{"token":"x"}`, 404, "ID_TOKEN_NOT_SUPPORTED"},
			"of a provider that is not":    {`"provider":"gitlab","idToken":{"token":"x"}`, 404, "PROVIDER_NOT_FOUND"},
			"that is none":                 {`"provider":"google","idToken":{"token":"x"}`, 401, "INVALID_TOKEN"},
			"that is over":                 {`"provider":"google","idToken":{"token":"` + token("google", expired, "") + `"}`, 401, "INVALID_TOKEN"},
			"for another client":           {`"provider":"google","idToken":{"token":"` + token("google", other, "") + `"}`, 401, "INVALID_TOKEN"},
			"of another key":               {`"provider":"google","idToken":{"token":"` + token("google", forged, "") + `"}`, 401, "INVALID_TOKEN"},
			"with another nonce":           {`"provider":"google","idToken":{"token":"` + token("google", ada, "n") + `","nonce":"m"}`, 401, "INVALID_TOKEN"},
			"without an address":           {`"provider":"google","idToken":{"token":"` + token("google", anonymous, "") + `"}`, 401, "USER_EMAIL_NOT_FOUND"},
			"of the wrong type":            {`"provider":"google","idToken":{"token":1}`, 400, "VALIDATION_ERROR"},
			"of no object":                 {`"provider":"google","idToken":"x"`, 400, "VALIDATION_ERROR"},
			"that no database could store": {`"provider":"google","idToken":{"token":"x","accessToken":"\u0000"}`, 400, "VALIDATION_ERROR"},
		} {
			if got := eve.post(path, "{"+c.body+"}"); got.status != c.status || !strings.Contains(got.body, `"`+c.code+`"`) {
				t.Errorf("%s with a token %s: %d %s", path, name, got.status, got.body)
			}
		}
	}
	s.rows(1, 1)
	idToken := fmt.Sprintf(`{"provider":"google","idToken":{"token":%q,"nonce":"n","accessToken":"at","refreshToken":"rt"}}`, token("google", ada, "n"))
	// The password's owner proved the address.
	b := s.browser()
	got := b.post("/sign-in/social", idToken)
	if got.status != 200 || !strings.HasPrefix(got.body, `{"redirect":false,"token":"`) || !strings.Contains(got.body, `"email":"ada@example.com"`) || b.user() != "ada@example.com" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if stored := s.text(`select concat_ws(' ', "accessToken", "refreshToken", scope) from account where "providerId" = 'google'`); stored != "at" {
		t.Errorf("stored is %q", stored)
	}
	if got := b.post("/link-social", idToken); got.status != 200 || got.body != `{"url":"","status":true,"redirect":false}` {
		t.Errorf("the own account: %d %s", got.status, got.body)
	}
	if stored := s.text(`select concat_ws(' ', "accessToken", "refreshToken", scope) from account where "providerId" = 'google'`); stored != "at rt" {
		t.Errorf("stored is %q", stored)
	}
	stranger := s.local("eve@example.com", true)
	if got := stranger.post("/link-social", idToken); got.status != 409 || !strings.Contains(got.body, "SOCIAL_ACCOUNT_ALREADY_LINKED") {
		t.Errorf("the account of another user: %d %s", got.status, got.body)
	}
	second := ada
	second.Sub = "2002"
	if got := stranger.post("/link-social", `{"provider":"google","idToken":{"token":"`+token("google", second, "")+`"}}`); got.status != 401 || !strings.Contains(got.body, "LINKING_DIFFERENT_EMAILS_NOT_ALLOWED") {
		t.Errorf("another address: %d %s", got.status, got.body)
	}
	second.EmailVerified = &unproven
	if got := stranger.post("/link-social", `{"provider":"google","idToken":{"token":"`+token("google", second, "")+`"}}`); got.status != 401 || !strings.Contains(got.body, "LINKING_NOT_ALLOWED") {
		t.Errorf("an unverified address: %d %s", got.status, got.body)
	}
	newcomer := ada
	newcomer.Sub, newcomer.Email = "3003", "new@example.com"
	if got := s.browser().post("/sign-in/social", `{"provider":"apple","idToken":{"token":"`+token("apple", newcomer, "")+`","user":{"name":{"firstName":"N"}}}}`); got.status != 401 ||
		got.body != `{"message":"signup disabled","code":"OAUTH_LINK_ERROR"}` {
		t.Errorf("a closed sign-up: %d %s", got.status, got.body)
	}
	s.rows(2, 3)
}
