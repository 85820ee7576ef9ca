package httpapi_test

import (
	"fmt"
	"maps"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

func TestEveryProviderSignsANewUserInAndKnowsItAgain(t *testing.T) {
	t.Parallel()
	for _, provider := range []string{"google", "github", "microsoft", "apple", "discord", "corp"} {
		t.Run(provider, func(t *testing.T) {
			t.Parallel()
			s := startSocial(t, "")
			who := ada
			verified := true
			who.EmailVerified = &verified
			b := s.browser()
			b.arrives(b.signIn(provider, who, `,"callbackURL":"/dash","newUserCallbackURL":"/welcome"`), "/welcome")
			if got := b.user(); got != "ada@example.com" {
				t.Errorf("the session is that of %q", got)
			}
			first := s.text(`select row_to_json(u) from (select name, email, "emailVerified" from "user") u`)
			if provider == "apple" {
				// Apple tells the name beside the code.
				if !strings.Contains(first, `"name":"Ada L"`) {
					t.Errorf("the user is %s", first)
				}
			} else if want := `{"name":"Ada L","email":"ada@example.com","emailVerified":true}`; provider != "discord" && first != want {
				t.Errorf("the user is %s, want %s", first, want)
			}
			// Another browser, another name: the account decides.
			who.Name, who.Email = "Someone", "other@example.com"
			other := s.browser()
			other.arrives(other.signIn(provider, who, `,"callbackURL":"/dash","newUserCallbackURL":"/welcome"`), "/dash")
			if got := other.user(); got != "ada@example.com" {
				t.Errorf("the second session is that of %q", got)
			}
			s.rows(1, 1)
			if again := s.text(`select row_to_json(u) from (select name, email, "emailVerified" from "user") u`); again != first {
				t.Errorf("the user became %s", again)
			}
			if n := s.count("verification"); n != 0 {
				t.Errorf("%d states are left", n)
			}
			if len(b.cookies) != 1 || len(other.cookies) != 1 {
				t.Errorf("the browsers keep %v and %v", b.cookies, other.cookies)
			}
		})
	}
}

func TestAKnownAccountGetsNewTokensAndKeepsItsScopes(t *testing.T) {
	t.Parallel()
	for _, keep := range []bool{false, true} {
		s := startSocial(t, fmt.Sprintf("account: {updateOnSignIn: %v}", !keep))
		s.browser().signIn("google", ada, "")
		const tokens = `select "accessToken" || "refreshToken" || "idToken" || "accessTokenExpiresAt" from account`
		before, updated := s.text(tokens), s.text(`select "updatedAt" from account`)
		s.clock.advance(time.Minute)
		who := ada
		who.Scope = "openid"
		s.browser().signIn("google", who, "")
		if after := s.text(tokens); (after == before) != keep {
			t.Errorf("updateOnSignIn %v: the tokens were %s and are %s", !keep, before, after)
		}
		if after := s.text(`select "updatedAt" from account`); (after == updated) != keep {
			t.Errorf("updateOnSignIn %v: the row is of %s, was of %s", !keep, after, updated)
		}
		if scope := s.text(`select scope from account`); scope != "openid,email" {
			t.Errorf("the scope is %q", scope)
		}
	}
}

func TestASignInProvesTheAddressThatAnEarlierOneDidNot(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	who := ada
	who.EmailVerified = &unproven
	s.browser().signIn("google", who, "")
	if got := s.text(`select "emailVerified" from "user"`); got != "false" {
		t.Fatalf("an address that the provider did not verify is verified: %s", got)
	}
	other := ada
	other.Email = "other@example.com"
	s.browser().signIn("google", other, "")
	if got := s.text(`select "emailVerified" from "user"`); got != "false" {
		t.Error("another address verified that of the user")
	}
	s.browser().signIn("google", ada, "")
	if got := s.text(`select "emailVerified" from "user"`); got != "true" {
		t.Error("the address stays unverified")
	}
}

func TestSignUpMayBeClosed(t *testing.T) {
	t.Parallel()
	s := startSocial(t, `
socialProviders:
- {id: google, clientID: google-client-id, disableSignUp: true}
- {id: github, clientID: github-client-id, disableImplicitSignUp: true}
customFields: [{name: tier, type: string, default: free}]
`)
	b := s.browser()
	b.arrives(b.signIn("google", ada, `,"requestSignUp":true`), errorAt("signup_disabled"))
	b.arrives(b.signIn("github", ada, ``), errorAt("signup_disabled"))
	b.arrives(b.signIn("github", ada, `,"requestSignUp":false,"errorCallbackURL":"/no#top"`), "/no?error=signup_disabled#top")
	s.rows(0, 0)
	b.arrives(b.signIn("github", ada, `,"requestSignUp":true,"callbackURL":"/in"`), "/in")
	b.arrives(b.signIn("github", ada, `,"callbackURL":"/in"`), "/in")
	if got := s.text(`select tier from "user"`); got != "free" {
		t.Errorf("the custom field is %q", got)
	}
	// The address is known by now, and both sides verified it.
	b.arrives(b.signIn("google", ada, `,"callbackURL":"/in"`), "/in")
	s.rows(1, 2)
}

func TestARequiredFieldThatNobodyFillsInIsNamed(t *testing.T) {
	t.Parallel()
	s := startSocial(t, `customFields: [{name: tier, type: string, required: true}]`)
	b := s.browser()
	b.arrives(b.signIn("google", ada, ""), errorAt("MISSING_FIELD")+"&error_description=tier+is+required")
	s.rows(0, 0)
}

func TestWhoIsNotRememberedStaysSo(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	b := s.browser()
	b.post("/sign-up/email", `{"name":"A","email":"a@b.co","password":"Password123!","rememberMe":false}`)
	b.post("/sign-out", `{}`)
	b.signIn("google", ada, "")
	got := b.signIn("google", ada, "")
	for _, cookie := range got.headers["Set-Cookie"] {
		if strings.Contains(cookie, "session_token") && !strings.Contains(cookie, "Max-Age=604800") {
			t.Errorf("after a sign-out the sign-in is not remembered: %s", cookie)
		}
	}
	b.post("/sign-in/email", `{"email":"a@b.co","password":"Password123!","rememberMe":false}`)
	got = b.signIn("google", ada, "")
	cookies := strings.Join(got.headers["Set-Cookie"], "\n")
	if strings.Contains(cookies, "Max-Age=604800") || !strings.Contains(cookies, "dont_remember=") {
		t.Errorf("the cookies are %s", cookies)
	}
}

func TestFirstSignInsAtTheSameTimeMakeOneUser(t *testing.T) {
	t.Parallel()
	const tries = 8
	for name, providers := range map[string][]string{"one account": {"google"}, "one address at two providers": {"google", "github"}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := startSocial(t, "")
			for _, provider := range providers {
				s.fake.SignIn(provider, ada)
			}
			browsers, backs := make([]*agent, tries), make([]oauthtest.Back, tries)
			for i := range tries {
				browsers[i] = s.browser()
				backs[i] = browsers[i].visit(browsers[i].leave(providers[i%len(providers)], `,"callbackURL":"/in"`))
			}
			var wait sync.WaitGroup
			for i := range tries {
				wait.Go(func() { browsers[i].arrives(browsers[i].back(backs[i]), "/in") })
			}
			wait.Wait()
			s.rows(1, len(providers))
			if n := s.count("session"); n != tries {
				t.Errorf("%d sessions, want %d", n, tries)
			}
			for _, b := range browsers {
				if b.user() != "ada@example.com" {
					t.Error("a browser is not signed in")
				}
			}
		})
	}
}

func TestStrictCookiesDoNotKeepPeopleOut(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "session: {cookie: {sameSite: Strict}}")
	got := s.browser().post("/sign-in/social", `{"provider":"google"}`)
	if cookie := got.headers.Get("Set-Cookie"); !strings.Contains(cookie, "SameSite=Lax") {
		t.Errorf("a browser that comes back from the provider would not send %s", cookie)
	}
}

func TestAnAddressThatNoProviderVerifiedIsAskedByMail(t *testing.T) {
	t.Parallel()
	s := startSocial(t, unsent+`
emailVerification: {sendOnSignUp: true, sendOnSignIn: true}
socialProviders:
- {id: google, clientID: google-client-id}
- {id: github, clientID: github-client-id, requireEmailVerification: true}
`)
	unproved := ada
	unproved.EmailVerified = &unproven
	b := s.browser()
	b.arrives(b.signIn("google", ada, `,"callbackURL":"/in"`), "/in")
	if mails := s.newMails(); len(mails) > 0 {
		t.Errorf("a verified address got %+v", mails)
	}
	unproved.Sub, unproved.Email = "2", "two@example.com"
	b.arrives(b.signIn("google", unproved, `,"callbackURL":"/in"`), "/in")
	if link := s.newLink("verify-email"); !strings.HasSuffix(link, "&callbackURL=%2Fin") {
		t.Errorf("the link is %s", link)
	}
	// Where the address must be verified, nobody is let in before.
	unproved.Sub, unproved.Email = "3", "three@example.com"
	b = s.browser()
	b.arrives(b.signIn("github", unproved, `,"callbackURL":"/in"`), errorAt("email_not_verified"))
	s.newLink("verify-email")
	b.arrives(b.signIn("github", unproved, `,"callbackURL":"/in"`), errorAt("email_not_verified"))
	if b.user() != "" || s.count("session") != 2 {
		t.Error("somebody is signed in")
	}
	b.arrives(b.get(s.newLink("verify-email")), "/in")
	b.arrives(b.signIn("github", unproved, `,"callbackURL":"/in"`), "/in")
	if len(s.newMails()) > 0 || b.user() != "three@example.com" {
		t.Errorf("signed in is %q", b.user())
	}
	// No user without the mail.
	s.refuseMails()
	unproved.Sub, unproved.Email = "4", "four@example.com"
	b.arrives(b.signIn("google", unproved, ``), errorAt("internal_server_error"))
	s.rows(3, 3)
}

// TestSocialSignInWhereverSessionsAre goes through sign-in, linking and a sign-out at another tab.
func TestSocialSignInWhereverSessionsAre(t *testing.T) {
	t.Parallel()
	for _, storage := range []string{"Database", "Redis", "Stateless"} {
		t.Run(storage, func(t *testing.T) {
			t.Parallel()
			s := startSocial(t, "session: {storage: "+storage+"}\naccount: {storeAccountCookie: true}")
			b := s.browser()
			b.arrives(b.signIn("google", ada, `,"callbackURL":"/in"`), "/in")
			if got := b.user(); got != "ada@example.com" {
				t.Errorf("signed in is %q", got)
			}
			// The account was never stored in this browser's session, only in a cookie of its own.
			b.tokens("/get-access-token", `{"useAccountCookie":true}`)
			b.arrives(b.link("github", ada, `,"callbackURL":"/linked"`), "/linked")
			s.rows(1, 2)
			second := ada
			second.Sub = "2002"
			s.fake.SignIn("github", second)
			back := b.visit(b.urlOf(b.post("/link-social", `{"provider":"github","callbackURL":"/linked"}`)))
			state := map[string]string{stateCookie: b.cookies[stateCookie], wholeCookie: b.cookies[wholeCookie]}
			b.post("/sign-out", "{}")
			maps.Copy(b.cookies, state)
			b.arrives(b.back(back), errorAt("unable_to_link_account"))
			s.rows(1, 2)
			if got := b.user(); got != "" {
				t.Errorf("signed in is %q", got)
			}
		})
	}
}
