package httpapi_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"
)

const forwardAuthPath = "/api/forward-auth"

// guarding is a server whose users have roles.
const guarding = unlimited + baseURL + `allowedOrigins: ["https://app.example.com", "https://*.shop.example.com"]
customFields: [{name: role, type: string, default: user, input: false}, {name: tier, type: string}, {name: company_id, type: number}, {name: since, type: date},
	{name: tags, type: "string[]"}, {name: vip, type: boolean}, {name: hidden, type: string, returned: false}, {name: user_id, type: string}, {name: Tier, type: string}]
`

// browser are the headers of a page that is opened.
var browser = [2]string{"Accept", "text/html,application/xhtml+xml,*/*;q=0.8"}

func TestForwardAuthNamesTheUser(t *testing.T) {
	t.Parallel()
	h := start(t, guarding)
	body := `{"name":" Jürgen\r\nX-Auth-Role: admin 100% ","email":"a@b.co","password":"Password123!",
		"tier":"a\u0000b","company_id":7,"since":"2001-02-03","tags":["x","ü"],"vip":true,"hidden":"secret","user_id":"forged","Tier":"also"}`
	body = strings.Replace(body, `a\u0000b`, `a\nb\u007f`, 1)
	signedUp := h.post(signUpPath, body)
	cookie := cookieOf(signedUp)
	for _, method := range []string{"GET", "HEAD", "POST", "DELETE", "OPTIONS", "PROPFIND"} {
		got := h.send(method, forwardAuthPath, [][2]string{
			{"Host", "localhost"}, cookie, {"Origin", "https://evil.example.com"}, {"Access-Control-Request-Method", "PUT"},
		}, "")
		want := map[string]string{
			"X-Auth-Email": "a@b.co", "X-Auth-Name": "%20J%C3%BCrgen%0D%0AX-Auth-Role: admin 100%25%20", "X-Auth-Role": "user", "X-Auth-Tier": "a%0Ab%7F",
			"X-Auth-Company-Id": "7", "X-Auth-Since": "2001-02-03T00:00:00.000Z", "X-Auth-Tags": `["x","%C3%BC"]`, "X-Auth-Vip": "true",
			"Cache-Control": "no-store", "Set-Cookie": "", "Access-Control-Allow-Origin": "", "X-Auth-Hidden": "", "Vary": "",
		}
		for name, value := range want {
			if got.headers.Get(name) != value {
				t.Errorf("%s: %s is %q, want %q", method, name, got.headers.Get(name), value)
			}
		}
		if id := got.headers.Get("X-Auth-User-Id"); got.status != 200 || id == "forged" || !strings.Contains(signedUp.body, `"id":"`+id+`"`) || len(got.headers.Values("X-Auth-Tier")) != 1 {
			t.Errorf("%s: %d, the user is %q", method, got.status, id)
		}
	}
	if !strings.Contains(h.log.String(), `"field":"user_id","header":"X-Auth-User-Id"`) {
		t.Error("nothing says that a field has no header")
	}
}

// TestForwardAuthOverwritesWithNothing sends a header for what the user has not, or what is too long for one.
func TestForwardAuthOverwritesWithNothing(t *testing.T) {
	t.Parallel()
	h := start(t, guarding)
	cookie := cookieOf(h.post(signUpPath, `{"name":"`+strings.Repeat("ü", 400)+`","email":"a@b.co","password":"Password123!"}`))
	got := h.get(forwardAuthPath, cookie)
	for _, name := range []string{"X-Auth-Name", "X-Auth-Tier", "X-Auth-Company-Id", "X-Auth-Tags"} {
		if values, sent := got.headers[http.CanonicalHeaderKey(name)]; !sent || values[0] != "" {
			t.Errorf("%s: %q", name, values)
		}
	}
}

func TestForwardAuthAnswersWhoMayPass(t *testing.T) {
	t.Parallel()
	h := start(t, guarding)
	cookie, _ := h.signUp("a@b.co")
	both, _ := h.signUp("both@b.co")
	h.exec(`update "user" set role = ' editor , admin' where email = 'both@b.co'`)
	const (
		unauthorized = `{"message":"Unauthorized","code":"UNAUTHORIZED"}`
		forbidden    = `{"message":"The user has none of the roles that are needed here","code":"FORBIDDEN"}`
	)
	anonymous := [2]string{"Accept", "*/*"}
	for _, c := range []struct {
		query  string
		cookie [2]string
		status int
		body   string
	}{
		{"", cookie, 200, ""}, {"", anonymous, 401, unauthorized}, {"", [2]string{"Cookie", cookie[1] + "x"}, 401, unauthorized},
		{"?role=user", cookie, 200, ""}, {"?role=admin", cookie, 403, forbidden}, {"?role=admin", anonymous, 401, unauthorized},
		{"?role=admin,user", cookie, 200, ""}, {"?role=%20editor%20", both, 200, ""}, {"?role=admin", both, 200, ""}, {"?role=adm", both, 403, forbidden},
		{"?role=editor%20%2C%20admin", cookie, 403, forbidden}, {"?role=USER", cookie, 403, forbidden},
		{"?role=", cookie, 400, `{"message":"[query.role] Invalid input: expected roles, separated by commas","code":"VALIDATION_ERROR"}`},
		{"?role=user,", cookie, 400, `{"message":"[query.role] Invalid input: expected roles, separated by commas","code":"VALIDATION_ERROR"}`},
		{"?role=user&role=admin", cookie, 400, `{"message":"[query.role] Invalid input: expected string, received array","code":"VALIDATION_ERROR"}`},
		{"?rolle=admin", cookie, 400, `{"message":"[query.rolle] Unknown parameter: expected role or redirect","code":"VALIDATION_ERROR"}`},
		{"?redirect=https://evil.example.com/", cookie, 403, `{"message":"Invalid redirectURL","code":"INVALID_REDIRECT_URL"}`},
		{"?redirect=", cookie, 403, `{"message":"Invalid redirectURL","code":"INVALID_REDIRECT_URL"}`},
		{"/", cookie, 404, ""},
	} {
		got := h.get(forwardAuthPath+c.query, c.cookie)
		if got.status != c.status || got.body != c.body || got.headers.Get("Set-Cookie") != "" || (got.headers.Get("X-Auth-Email") != "") != (c.status == 200) {
			t.Errorf("%s: %d %s %v", c.query, got.status, got.body, got.headers)
		}
	}
	h.exec(`update session set "expiresAt" = $1`, h.clock.Now().Add(-time.Second))
	if got := h.get(forwardAuthPath, cookie); got.status != 401 || h.count("session") != 2 {
		t.Errorf("of an expired session: %d, %d rows", got.status, h.count("session"))
	}
}

func TestForwardAuthKnowsRolesInOtherFields(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]map[string]int{
		"": {"admin": 403},
		`customFields: [{name: role, type: "string[]", default: '["admin","a,b"]', returned: false}]`: {"admin": 200, "a": 403, "b": 403, `["admin"`: 403},
		`customFields: [{name: role, type: json, default: '{"admin":"admin"}'}]`:                      {"admin": 403},
		`customFields: [{name: role, type: enum, values: [admin, user], default: admin}]`:             {"admin": 200, "user": 403},
		`customFields: [{name: role, type: string}]`:                                                  {"admin": 403, "null": 403},
	} {
		h := start(t, unlimited+yaml)
		cookie, _ := h.signUp("a@b.co")
		for role, status := range want {
			got := h.get(forwardAuthPath+"?role="+url.QueryEscape(role), cookie)
			if got.status != status || yaml == "" && !strings.Contains(got.body, "add the custom field role") {
				t.Errorf("%s, %s: %d %s", yaml, role, got.status, got.body)
			}
		}
	}
}

// TestForwardAuthChangesNothing asks with a session that is due, and with one that the cookie cache still knows.
func TestForwardAuthChangesNothing(t *testing.T) {
	t.Parallel()
	h := start(t, caching+baseURL)
	cookie, _ := h.signUp("a@b.co")
	h.clock.advance(25 * time.Hour)
	if got := h.get(forwardAuthPath, cookie); got.status != 200 || got.headers["Set-Cookie"] != nil {
		t.Errorf("%d %q", got.status, got.headers["Set-Cookie"])
	}
	var untouched bool
	if err := h.db.QueryRow(t.Context(), `select "updatedAt" = "createdAt" from session`).Scan(&untouched); err != nil || !untouched {
		t.Errorf("the session was written, %v", err)
	}
	cookie = cookieOf(h.post(signInPath, signUpBody("a@b.co")))
	h.exec(`delete from session`)
	if got := h.get(getSessionPath, cookie); got.body == "null" {
		t.Fatal("the cookie cache is not used")
	}
	if got := h.get(forwardAuthPath, cookie); got.status != 401 {
		t.Errorf("a revoked session: %d", got.status)
	}
}

func TestForwardAuthIsNotLimited(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"/api/auth", "/api"} {
		h := start(t, "basePath: "+path+"\nrateLimit: {storage: Memory, default: {max: 1, window: 1h}}")
		for range 3 {
			if got := h.get(forwardAuthPath); got.status != 401 {
				t.Errorf("below %s: %d", path, got.status)
			}
		}
	}
}

func TestForwardAuthSendsBrowsersToSignIn(t *testing.T) {
	t.Parallel()
	h := start(t, guarding)
	const page = "https://app.example.com/login?x=1#top"
	ask := "?redirect=" + url.QueryEscape(page)
	forwarded := func(proto, host, uri string) [][2]string {
		return [][2]string{{"X-Forwarded-Proto", proto}, {"X-Forwarded-Host", host}, {"X-Forwarded-Uri", uri}}
	}
	back := func(original string) string {
		return "https://app.example.com/login?x=1&callbackURL=" + url.QueryEscape(original) + "#top"
	}
	for name, c := range map[string]struct {
		headers [][2]string
		want    string
	}{
		"no original":           {nil, page},
		"Traefik":               {forwarded("https", "eu.shop.example.com", "/a?b=c&d=é"), back("https://eu.shop.example.com/a?b=c&d=é")},
		"no path":               {forwarded("https", "app.example.com", ""), back("https://app.example.com/")},
		"nginx":                 {[][2]string{{"X-Original-URL", "https://app.example.com/a?b"}}, back("https://app.example.com/a?b")},
		"own origin":            {[][2]string{{"X-Original-URL", "http://localhost:3001/a"}}, back("http://localhost:3001/a")},
		"stranger":              {forwarded("https", "evil.example.com", "/"), page},
		"stranger as user":      {[][2]string{{"X-Original-URL", "https://app.example.com@evil.example.com/"}}, page},
		"stranger by backslash": {[][2]string{{"X-Original-URL", `https://evil.example.com\.shop.example.com/`}}, page},
		"stranger by path":      {forwarded("https", "evil.example.com/", "/.shop.example.com"), page},
		"script":                {forwarded("javascript", "app.example.com", "/%0aalert(1)"), page},
		"path only":             {[][2]string{{"X-Original-URL", "/a"}}, page},
		"tab":                   {[][2]string{{"X-Original-URL", "https://app.example.com/\ta"}}, page},
		"very long":             {forwarded("https", "app.example.com", "/"+strings.Repeat("a", 3000)), page},
	} {
		got := h.get(forwardAuthPath+ask, append([][2]string{browser}, c.headers...)...)
		if got.status != 302 || got.headers.Get("Location") != c.want || got.headers.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: %d to %s, want %s", name, got.status, got.headers.Get("Location"), c.want)
		}
	}
	for name, headers := range map[string][][2]string{
		"of a program": {{"Accept", "application/json"}}, "of a script": {browser, {"Sec-Fetch-Mode", "cors"}}, "of a form": {browser, {"X-Forwarded-Method", "POST"}},
	} {
		if got := h.get(forwardAuthPath+ask, headers...); got.status != 401 || got.headers.Get("Location") != "" {
			t.Errorf("a request %s: %d", name, got.status)
		}
	}
	if got := h.get(forwardAuthPath+"?redirect=/login", browser, [2]string{"Sec-Fetch-Mode", "navigate"}); got.headers.Get("Location") != "/login" {
		t.Errorf("to a path: %v", got.headers)
	}
	cookie, _ := h.signUp("a@b.co")
	if got := h.get(forwardAuthPath+ask+"&role=admin", browser, cookie); got.status != 403 {
		t.Errorf("a user without the role: %d", got.status)
	}
}
