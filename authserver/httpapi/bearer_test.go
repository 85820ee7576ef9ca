package httpapi_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// sessionTokens are the session token of an answer, signed and bare.
func sessionTokens(t *testing.T, got answer) (signed, bare string) {
	t.Helper()
	signed = got.headers.Get("Set-Auth-Token")
	bare, _, found := strings.Cut(signed, ".")
	if !found || !strings.Contains(got.headers.Get("Set-Cookie"), "session_token="+url.QueryEscape(signed)+";") {
		t.Fatalf("set-auth-token %q, cookies %q", signed, got.headers["Set-Cookie"])
	}
	return signed, bare
}

func authorization(value string) [2]string { return [2]string{"Authorization", value} }

func TestBearerTakesTheTokenInEveryForm(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"features: {bearer: {}}")
	_, signedUp := h.signUp("a@b.co")
	signed, bare := sessionTokens(t, signedUp)
	cookie, other := h.signUp("b@b.co")
	_, otherBare := sessionTokens(t, other)
	forged := bare + "." + strings.Repeat("A", 43) + "="
	for name, test := range map[string]struct {
		headers [][2]string
		email   string
	}{
		"signed":                            {[][2]string{authorization("Bearer " + signed)}, "a@b.co"},
		"percent-encoded":                   {[][2]string{authorization("Bearer " + url.QueryEscape(signed))}, "a@b.co"},
		"bare, another case, spaces":        {[][2]string{authorization("bEARER   " + bare + "  ")}, "a@b.co"},
		"over a cookie":                     {[][2]string{authorization("Bearer " + bare), cookie}, "a@b.co"},
		"a bad signature beside a cookie":   {[][2]string{authorization("Bearer " + forged), cookie}, "b@b.co"},
		"another scheme beside a cookie":    {[][2]string{authorization("Basic " + bare), cookie}, "b@b.co"},
		"nothing beside a cookie":           {[][2]string{authorization("Bearer  "), cookie}, "b@b.co"},
		"a bad signature":                   {[][2]string{authorization("Bearer " + forged)}, ""},
		"the signature of another":          {[][2]string{authorization("Bearer " + otherBare + signed[len(bare):])}, ""},
		"a dot":                             {[][2]string{authorization("Bearer .")}, ""},
		"no scheme":                         {[][2]string{authorization(bare)}, ""},
		"nothing":                           {[][2]string{authorization("")}, ""},
		"broken escape":                     {[][2]string{authorization("Bearer " + signed + "%zz")}, ""},
		"a token that no cookie could name": {[][2]string{authorization(`Bearer a;b="c" d, é`)}, ""},
		"NUL":                               {[][2]string{authorization("Bearer %00")}, ""},
	} {
		got := h.get(getSessionPath, test.headers...)
		if got.status != 200 || (test.email == "" && got.body != "null") || !strings.Contains(got.body, test.email) {
			t.Errorf("%s: %d %s, want %s", name, got.status, got.body, test.email)
		}
		if found := h.get("/api/validate-session", test.headers...); (test.email == "") != (found.body == `{"user":null,"session":null}`) || !strings.Contains(found.body, test.email) {
			t.Errorf("%s: validate-session: %s", name, found.body)
		}
	}
}

func TestBearerIsOffUntilItIsNamedAndMayWantSignatures(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]struct{ signed, bare bool }{
		"features: {}":           {false, false},
		"features: {bearer: {}}": {true, true},
		"features: {bearer: {requireSignature: true}}":  {true, false},
		"features: {bearer: {requireSignature: false}}": {true, true},
	} {
		h := start(t, unlimited+yaml)
		cookie, got := h.signUp("a@b.co")
		if told := got.headers.Get("Set-Auth-Token") != ""; told != want.signed || (got.headers.Get("Access-Control-Expose-Headers") == "set-auth-token") != want.signed {
			t.Errorf("%s: sign-up answers %v", yaml, got.headers)
		}
		value, _ := url.QueryUnescape(strings.TrimPrefix(cookie[1], "better-auth.session_token="))
		bare, _, _ := strings.Cut(value, ".")
		for token, accepted := range map[string]bool{value: want.signed, bare: want.bare} {
			if got := h.get(getSessionPath, authorization("Bearer "+token)); (got.body != "null") != accepted || got.headers["Set-Cookie"] != nil {
				t.Errorf("%s: %q: %s %q", yaml, token, got.body, got.headers["Set-Cookie"])
			}
		}
	}
}

func TestBearerTellsATokenOnlyWhenItsCookieIsSet(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"features: {bearer: {}}")
	_, signedUp := h.signUp("a@b.co")
	signed, _ := sessionTokens(t, signedUp)
	bearer := authorization("Bearer " + signed)
	if got := h.get(getSessionPath, bearer); got.headers.Get("Set-Auth-Token") != "" || got.headers.Get("Access-Control-Expose-Headers") != "" {
		t.Errorf("an answer without cookies: %v", got.headers)
	}
	h.clock.advance(25 * time.Hour)
	refreshed := h.get(getSessionPath, bearer)
	if again, _ := sessionTokens(t, refreshed); again != signed {
		t.Errorf("refreshed: %s, want %s", again, signed)
	}
	forgotten := h.post("/api/auth/sign-in/email", `{"email":"a@b.co","password":"Password123!","rememberMe":false}`)
	if forgotten.status == 200 {
		sessionTokens(t, forgotten)
	} else {
		t.Errorf("sign-in: %d %s", forgotten.status, forgotten.body)
	}
	if got := h.post("/api/auth/sign-out", "{}", bearer); got.status != 200 || got.headers.Get("Set-Auth-Token") != "" {
		t.Errorf("sign-out: %d %v", got.status, got.headers)
	}
	if got := h.get(getSessionPath, bearer); got.body != "null" || got.headers.Get("Set-Auth-Token") != "" {
		t.Errorf("after sign-out: %s %v", got.body, got.headers)
	}
}

func TestBearerWorksAcrossOrigins(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"allowedOrigins: ['https://app.example.com']\nfeatures: {bearer: {}}")
	origin := [2]string{"Origin", "https://app.example.com"}
	preflight := h.send("OPTIONS", signUpPath, [][2]string{
		{"Host", "localhost"}, origin, {"Access-Control-Request-Method", "POST"}, {"Access-Control-Request-Headers", "authorization,content-type"},
	}, "")
	if got := preflight.headers.Get("Access-Control-Allow-Headers"); preflight.status != 204 || !strings.Contains(got, "authorization") {
		t.Errorf("preflight: %d, allowed headers %q", preflight.status, got)
	}
	_, got := h.signUp("a@b.co", origin)
	exposed := strings.ToLower(got.headers.Get("Access-Control-Expose-Headers"))
	if strings.Count(exposed, "set-auth-token") != 1 || !strings.Contains(exposed, "set-auth-jwt") || got.headers.Get("Access-Control-Allow-Origin") != origin[1] {
		t.Errorf("exposed headers %q, %v", exposed, got.headers)
	}
	// Browsers do not send the header on their own, so there is nothing that another site could abuse.
	signed, _ := sessionTokens(t, got)
	evil := [2]string{"Origin", "https://evil.example.org"}
	if got := h.post("/api/auth/update-user", `{"name":"J"}`, evil, authorization("Bearer "+signed)); got.status != 200 || got.headers.Get("Access-Control-Allow-Origin") != "" {
		t.Errorf("from another origin: %d %s %v", got.status, got.body, got.headers)
	}
	if got := h.post("/api/auth/update-user", `{"name":"J"}`, evil, authorization("Bearer "+signed), cookieOf(got)); got.status != 403 {
		t.Errorf("from another origin with the cookie: %d %s", got.status, got.body)
	}
}

func TestBearerOfAProxiedRequestMayBeForTheOtherApplication(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"features: {bearer: {}}")
	cookie, signedUp := h.signUp("a@b.co")
	signed, bare := sessionTokens(t, signedUp)
	for name, test := range map[string]struct {
		headers [][2]string
		status  int
	}{
		"signed": {[][2]string{authorization("Bearer " + signed)}, 200},
		"bare":   {[][2]string{authorization("Bearer " + bare)}, 200},
		"a key of another application and cookie": {[][2]string{authorization("Bearer key"), cookie}, 200},
		"a key of another application":            {[][2]string{authorization("Bearer key")}, 401},
	} {
		if got := h.get("/api/forward-auth", test.headers...); got.status != test.status {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
}
