package httpapi_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth/oauthtest"
)

const (
	stateCookie = "better-auth.state"
	wholeCookie = "better-auth.oauth_state"
)

var inCookie = "account: {storeStateStrategy: Cookie}"

func TestAStateIsGoodForOneBrowserOnce(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	s.fake.SignIn("google", ada)
	victim, attacker := s.browser(), s.browser()
	back := victim.visit(victim.leave("google", `,"callbackURL":"/in","errorCallbackURL":"/err"`))
	// Somebody who saw the URL, without a cookie and with one of an own sign-in.
	attacker.arrives(attacker.back(back), "/err?error=state_mismatch")
	attacker.leave("google", "")
	attacker.arrives(attacker.back(back), "/err?error=state_mismatch")
	own := attacker.cookies[stateCookie]
	token, _ := victim.signedState()
	for name, cookie := range map[string]string{
		"unsigned": token, "signed by somebody else": token + ".AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D", "empty": "",
	} {
		attacker.cookies[stateCookie] = cookie
		t.Run(name, func(*testing.T) { attacker.arrives(attacker.back(back), "/err?error=state_mismatch") })
	}
	attacker.cookies[stateCookie] = own
	if len(s.fake.Requests(s.fake.Endpoints("google").Token)) > 0 {
		t.Error("a code was exchanged")
	}
	// All that did not use the state up.
	victim.arrives(victim.back(back), "/in")
	if victim.cookies[stateCookie] != "" {
		t.Error("the cookie of the state stays")
	}
	// Nor a second time, even with the cookie.
	victim.cookies[stateCookie] = url.QueryEscape(signed(t, back.Get("state")))
	victim.arrives(victim.back(back), errorAt("state_mismatch"))
	s.rows(1, 1)
	if n := s.count("session"); n != 1 {
		t.Errorf("%d sessions", n)
	}
}

// signedState is the state in the browser's cookie.
func (b *agent) signedState() (string, bool) {
	return newPairing(keyring(b.t)).signed(b.cookies[stateCookie])
}

func TestTwoCallbacksWithOneStateHaveOneWinner(t *testing.T) {
	t.Parallel()
	for range 3 {
		s := startSocial(t, "")
		b := s.browser()
		s.fake.SignIn("google", ada)
		back := b.visit(b.leave("google", `,"callbackURL":"/in"`))
		back.Location.RawQuery = strings.Replace(back.Location.RawQuery, back.Get("code"), ada.Code(), 1) // any number of exchanges
		var wait sync.WaitGroup
		locations := make(chan string, 6)
		for range cap(locations) {
			wait.Go(func() {
				same := &agent{s, maps.Clone(b.cookies)}
				locations <- same.back(back).headers.Get("Location")
			})
		}
		wait.Wait()
		close(locations)
		counts := map[string]int{}
		for location := range locations {
			counts[location]++
		}
		if counts["/in"] != 1 || counts[errorAt("state_mismatch")] != cap(locations)-1 {
			t.Errorf("the browsers were sent to %v", counts)
		}
		if n := s.count("session"); n != 1 {
			t.Errorf("%d sessions", n)
		}
	}
}

func TestAStateEnds(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{"", inCookie} {
		s := startSocial(t, strategy)
		s.fake.SignIn("google", ada)
		b := s.browser()
		back := b.visit(b.leave("google", `,"callbackURL":"/in","errorCallbackURL":"https://app.test/e?x=1"`))
		s.clock.advance(10*time.Minute + time.Second)
		b.arrives(b.back(back), "https://app.test/e?x=1&error=state_mismatch")
		if len(b.cookies) > 0 {
			t.Errorf("the browser keeps %v", b.cookies)
		}
		back = b.visit(b.leave("google", `,"callbackURL":"/in"`))
		s.clock.advance(10*time.Minute - time.Second)
		b.arrives(b.back(back), "/in")
		s.rows(1, 1)
	}
}

func TestAStateInACookieIsSealed(t *testing.T) {
	t.Parallel()
	s := startSocial(t, inCookie)
	s.fake.SignIn("google", ada)
	b := s.browser()
	b.leave("google", "")
	other := b.cookies[wholeCookie]
	back := b.visit(b.leave("google", `,"callbackURL":"/in","errorCallbackURL":"/err"`))
	own := b.cookies[wholeCookie]
	if s.count("verification") != 0 || strings.Contains(own, back.Get("state")) {
		t.Error("the state is in the database, or to be read in the cookie")
	}
	for _, c := range []struct{ name, cookie, location string }{
		{"none", "", errorAt("state_mismatch")},
		{"that of another sign-in", other, errorAt("state_mismatch")},
		{"one changed letter", flip(own), errorAt("state_invalid")},
		{"a cut one", own[:len(own)-2], errorAt("state_invalid")},
		{"another text that is sealed", sealed(t, "", "hello"), errorAt("state_invalid")},
		{"a state sealed for something else", sealed(t, "", `{"callbackURL":"/in","codeVerifier":"v","expiresAt":9999999999999,"oauthState":"`+back.Get("state")+`"}`), errorAt("state_invalid")},
		{"a state that is not complete", sealed(t, "oauth-state-cookie", `{"callbackURL":"/in","oauthState":"`+back.Get("state")+`"}`), errorAt("state_invalid")},
	} {
		t.Run(c.name, func(t *testing.T) {
			b.cookies[wholeCookie] = c.cookie
			if c.cookie == "" {
				delete(b.cookies, wholeCookie)
			}
			got := b.back(back)
			if got.headers.Get("Location") != c.location {
				t.Errorf("location %q, want %q", got.headers.Get("Location"), c.location)
			}
		})
	}
	b.cookies[wholeCookie] = own
	b.arrives(b.back(back), "/in")
	if b.cookies[wholeCookie] != "" {
		t.Error("the state stays in the browser")
	}
	s.rows(1, 1)
}

func TestWhatComesBackWithoutASignIn(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	b := s.browser()
	for path, location := range map[string]string{
		"google":                              errorAt("state_not_found"),
		"google?code=x":                       errorAt("state_not_found"),
		"google?code=x&state=":                errorAt("state_not_found"),
		"google?error=access_denied":          errorAt("state_not_found"),
		"google?code=x&state=nope":            errorAt("state_mismatch"),
		"google?code=x&state=%FF%FE":          errorAt("state_mismatch"),
		"google?code=x&state=" + long(20_000): errorAt("state_mismatch"),
		"nope?code=x&state=nope":              errorAt("state_mismatch"),
		"%67oogle?code=x":                     errorAt("state_not_found"),
	} {
		b.arrives(b.get("/api/auth/callback/"+path), location)
	}
	got := b.get("/api/auth/callback/google?state=a&state=b&code[]=x")
	if got.status != 400 || !strings.Contains(got.body, "[query.state] Invalid input: expected string, received array") {
		t.Errorf("a state that is given twice: %d %s", got.status, got.body)
	}
	if got := b.get("/api/auth/callback/google?code=x&state=%00"); got.status != 400 {
		t.Errorf("a state that no database can hold: %d", got.status)
	}
	for _, path := range []string{"/api/auth/callback", "/api/auth/callback/", "/api/auth/callback/google/", "/api/auth/callback/a/b"} {
		if got := b.get(path); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func long(n int) string { return strings.Repeat("x", n) }

func TestWhatAProviderSaysInTheURL(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	for query, location := range map[string]string{
		"error=access_denied": "/err?error=access_denied",
		"error=access_denied&error_description=No+%26+no%0D%0A": "/err?error=access_denied&error_description=No+%26+no%0D%0A",
		"error=a%0D%0ASet-Cookie:+x%3Dy":                        "/err?error=a%0D%0ASet-Cookie%3A+x%3Dy",
		"error=<script>~*'%C3%BC":                               "/err?error=%3Cscript%3E%7E*%27%C3%BC",
		"x=1":                                                   "/err?error=no_code",
		"code=":                                                 "/err?error=no_code",
		"code=x":                                                "/err?error=invalid_code",
		"code=x&iss=https%3A%2F%2Fevil.test":                    "/err?error=issuer_mismatch",
	} {
		b := s.browser()
		back := b.visit(b.leave("corp", `,"errorCallbackURL":"/err"`))
		b.arrives(b.get("/api/auth/callback/corp?"+query+"&state="+back.Get("state")), location)
		if len(b.cookies) > 0 || len(b.get(getSessionPath).body) != len("null") {
			t.Errorf("%s: the browser keeps %v", query, b.cookies)
		}
	}
	// A state of one provider is not one of a provider that repeats a nonce, nor of one that is not configured.
	for provider, code := range map[string]string{"corp": "nonce_binding_missing", "gitlab": "oauth_provider_not_found", "%67oogle": "oauth_provider_not_found"} {
		b := s.browser()
		back := b.visit(b.leave("google", ""))
		b.arrives(b.get("/api/auth/callback/"+provider+"?code=x&state="+back.Get("state")), errorAt(code))
	}
	s.rows(0, 0)
	if n := s.count("verification"); n != 0 {
		t.Errorf("%d states are left", n)
	}
}

func TestNobodyIsSentToAnotherSite(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	b := s.browser()
	for _, member := range []string{"callbackURL", "errorCallbackURL", "newUserCallbackURL"} {
		for _, target := range []string{
			"https://evil.test", "//evil.test", `/\\evil.test`, "/%5cevil.test", "javascript:alert(1)", "https://app.test.evil.test",
			"https://app.test@evil.test", "relative", `/a\r\nb`,
		} {
			body := fmt.Sprintf(`{"provider":"google","%s":"%s"}`, member, target)
			if got := b.post("/sign-in/social", body); got.status != 403 || got.headers.Get("Location") != "" {
				t.Errorf("%s: %d %s", body, got.status, got.body)
			}
		}
		if got := b.post("/sign-in/social", `{"provider":"google","`+member+`":["/x"]}`); got.status != 400 {
			t.Errorf("%s is an array: %d %s", member, got.status, got.body)
		}
	}
	if s.count("verification") != 0 {
		t.Error("a state was stored")
	}
	// Data of the client cannot take the place of what was checked.
	s.fake.SignIn("google", ada)
	back := b.visit(b.leave("google", `,"callbackURL":"/in","additionalData":{"callbackURL":"https://evil.test","newUserURL":"https://evil.test",`+
		`"errorURL":"https://evil.test","link":{"userId":"u","email":"e"},"expiresAt":1,"oauthState":"x","codeVerifier":"v","requestSignUp":true,"serverContext":{},"mine":{"a":[1]}}`))
	var kept map[string]any
	if err := json.Unmarshal([]byte(s.text(`select value from verification`)), &kept); err != nil {
		t.Fatal(err)
	}
	if len(kept) != 5 || kept["callbackURL"] != "/in" || kept["oauthState"] != back.Get("state") || kept["mine"] == nil || kept["codeVerifier"] == "v" || kept["expiresAt"] == 1.0 {
		t.Errorf("the state is %v", kept)
	}
	b.arrives(b.back(back), "/in")
}

func TestWhatAnybodyMaySendIsBounded(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{"", inCookie} {
		s := startSocial(t, strategy)
		for name, members := range map[string]string{
			"data":   `"additionalData":{"x":"` + long(17_000) + `"}`,
			"a URL":  `"callbackURL":"/` + long(17_000) + `"`,
			"scopes": `"scopes":["` + long(9_000) + `"]`,
			"a hint": `"loginHint":"` + long(9_000) + `"`,
			"params": `"additionalParams":{"x":"` + long(9_000) + `"}`,
		} {
			got := s.browser().post("/sign-in/social", `{"provider":"google",`+members+`}`)
			if got.status != 400 || !strings.Contains(got.body, "VALIDATION_ERROR") || len(got.headers["Set-Cookie"]) > 0 {
				t.Errorf("%s: %d %.200s", name, got.status, got.body)
			}
		}
		if s.count("verification") != 0 {
			t.Error("a state was stored")
		}
		got := s.browser().post("/sign-in/social", `{"provider":"google","additionalData":{"x":"`+long(1_200)+`"}}`)
		if cookie := got.headers.Get("Set-Cookie"); got.status != 200 || len(cookie) > 4050 {
			t.Errorf("%d, a cookie of %d bytes", got.status, len(cookie))
		}
		form := "code=" + long(100_000)
		got = s.send("POST", "/api/auth/callback/apple", [][2]string{{"Host", "x"}, {"Content-Type", formType}, {"Content-Length", length(form)}}, form)
		if got.status != 413 {
			t.Errorf("a form of 100 kB: %d", got.status)
		}
	}
}

func TestAFormBecomesAURL(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	for _, c := range []struct{ query, contentType, body, location string }{
		{"", formType, "state=s+1&code=c%26&id_token=x", "?code=c%26&state=s+1"},
		{"?code=q", formType, "code=b&state=s", "?code=q&state=s"},
		{"", jsonType, `{"error":"no","error_description":"d","user":"{}","iss":"i","device_id":"v"}`, "?error=no&device_id=v&error_description=d&user=%7B%7D&iss=i"},
		{"", "", "", ""},
	} {
		headers := [][2]string{{"Host", "auth.test:41001"}, {"Content-Length", length(c.body)}}
		if c.contentType != "" {
			headers = append(headers, [2]string{"Content-Type", c.contentType})
		}
		got := s.send("POST", "/api/auth/callback/apple"+c.query, headers, c.body)
		if want := ownOrigin + "/api/auth/callback/apple" + c.location; got.status != 302 || got.headers.Get("Location") != want {
			t.Errorf("%v: %d %s, want %s", c, got.status, got.headers.Get("Location"), want)
		}
	}
	for body, contentType := range map[string]string{`{"code":1}`: jsonType, `null`: jsonType, `{`: jsonType} {
		if got := s.send("POST", "/api/auth/callback/apple", [][2]string{{"Host", "x"}, {"Content-Type", contentType}, {"Content-Length", length(body)}}, body); got.status != 400 {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
}

// TestAnAuthorizationServerThatIsDown is what a browser sees then: it can come back later.
func TestAProviderThatCannotBeDiscovered(t *testing.T) {
	t.Parallel()
	s := startSocial(t, "")
	for name, answer := range map[string]func(){
		"an error": func() { s.fake.Replace("/oidc/corp/.well-known/openid-configuration", oauthtest.Status(500)) },
		"no document": func() {
			s.fake.Replace("/oidc/corp/.well-known/openid-configuration", oauthtest.Body("text/html", "<p>"))
		},
	} {
		answer()
		got := s.browser().post("/sign-in/social", `{"provider":"corp"}`)
		if got.status != 503 || got.headers.Get("Retry-After") == "" || len(got.headers["Set-Cookie"]) > 0 {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	s.fake.Replace("/oidc/corp/.well-known/openid-configuration", nil)
	s.clock.advance(time.Hour)
	b := s.browser()
	b.arrives(b.signIn("corp", ada, `,"callbackURL":"/in"`), "/in")
}
