package httpapi_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

const (
	updateUserPath     = "/api/auth/update-user"
	changePasswordPath = "/api/auth/change-password"
	deleteUserPath     = "/api/auth/delete-user"
)

// own is the origin of requests with cookies, that of the server with baseURL.
var own = [2]string{"Origin", "http://localhost:3001"}

const baseURL = "baseURL: http://localhost:3001\n"

// TestBadValuesOfUpdatesAreNamed sends what Better-Auth answers with an empty 500.
func TestBadValuesOfUpdatesAreNamed(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+`customFields: [{name: role, type: string, index: true, unique: true}, {name: meta, type: json}, {name: age, type: number}, {name: plan, type: enum, values: [free, pro]}]`)
	cookie, _ := h.signUp("a@b.co")
	other, _ := h.signUp("b@b.co")
	if got := h.post(updateUserPath, `{"role":"taken"}`, other, own); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for body, want := range map[string]string{
		`{"name":null}`:        "[body.name] Invalid input: expected string, received null",
		`{"name":"\u0000"}`:    "[body.name] Invalid input: must not contain the character U+0000",
		`{"image":["\u0000"]}`: "[body.image] Invalid input: must not contain the character U+0000",
		`{"age":2147483648}`:   "[body.age] Invalid input: expected integer of 32 bits, received number",
		`{"meta":"{"}`:         "[body.meta] Invalid input: expected JSON, received string",
		`{"plan":"none"}`:      `[body.plan] Invalid option: expected one of \"free\"|\"pro\"`,
		`{"role":"taken"}`:     "[body.role] Invalid input: another user has this value",
	} {
		got := h.post(updateUserPath, body, cookie, own)
		if got.status != 400 || got.body != `{"message":"`+want+`","code":"VALIDATION_ERROR"}` || got.headers["Set-Cookie"] != nil {
			t.Errorf("%s: %d %s", body, got.status, got.body)
		}
	}
	got := h.post(updateUserPath, `{"role":"`+incompressible(9000)+`"}`, cookie, own)
	if got.status != 422 || got.body != `{"message":"Failed to update user","code":"FAILED_TO_UPDATE_USER"}` {
		t.Errorf("a value too large for its index: %d %s", got.status, got.body)
	}
	if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, `"name":"A","email":"a@b.co","emailVerified":false,"image":null`) {
		t.Errorf("a refused update changed something: %s", got.body)
	}
}

// TestHostileBodiesOfSignedInUsers sends odd bodies to every endpoint that reads one. Nothing may be a 500, and the user
// stays who it is.
func TestHostileBodiesOfSignedInUsers(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+"user: {deleteUser: {enabled: true}}")
	cookie, _ := h.signUp("a@b.co")
	h.clock.advance(25 * time.Hour)
	for _, path := range []string{updateUserPath, changePasswordPath, "/api/auth/verify-password", deleteUserPath, "/api/auth/revoke-session", updateSessionPath} {
		for _, body := range []string{
			``, `null`, `[]`, `{`, `"x"`, `{"token":"\u0000"}`, `{"token":5}`, `{"password":5}`, `{"password":"\u0000"}`, `{"newPassword":"\u0000","currentPassword":"\u0000"}`,
			`{"newPassword":"Password123!","currentPassword":"Password123!","revokeOtherSessions":null}`, `{"callbackURL":"https://evil.example.com"}`, `{"callbackURL":{}}`,
			`{"token":"` + incompressible(9000) + `"}`, `{"__proto__":{"name":"x"}}`, `{"email":{"a":1},"name":"x"}`,
		} {
			got := h.post(path, body, cookie, own)
			unknownToken := path == "/api/auth/revoke-session" && got.body == `{"status":true}` || path == deleteUserPath && got.status == 404
			evil := strings.Contains(body, "evil") && got.status == 403 && strings.Contains(got.body, "INVALID_CALLBACK_URL")
			if got.status != 400 && !unknownToken && !evil {
				t.Errorf("%s %.60s: %d %s", path, body, got.status, got.body)
			}
		}
	}
	if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, `{"name":"A","email":"a@b.co"`) {
		t.Error(got.body)
	}
	if strings.Contains(h.log.String(), `"level":"ERROR"`) {
		t.Error(h.log.String())
	}
}

func TestANotRememberedUserStaysSoAfterAChangeOfPassword(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL)
	h.signUp("a@b.co")
	cookie := cookieOf(h.post(signInPath, `{"email":"a@b.co","password":"Password123!","rememberMe":false}`))
	got := h.post(changePasswordPath, `{"newPassword":"NewPassword1","currentPassword":"Password123!","revokeOtherSessions":true}`, cookie, own)
	if got.status != 200 || len(got.headers["Set-Cookie"]) != 2 || strings.Contains(strings.Join(got.headers["Set-Cookie"], ""), "Max-Age") {
		t.Fatalf("%d %q", got.status, got.headers["Set-Cookie"])
	}
	if n := h.count("session"); n != 1 {
		t.Errorf("%d sessions, want the new one", n)
	}
	if got := h.get(getSessionPath, cookieOf(got)); got.body == "null" {
		t.Error("the new session is not accepted")
	}
}

// TestDeferredRefreshLeavesRowsToPOST asks every endpoint that needs a session, when it is due and when it has expired.
func TestDeferredRefreshLeavesRowsToPOST(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+"session: {deferRefresh: true, freshAge: 0s}")
	cookie, _ := h.signUp("a@b.co")
	h.clock.advance(25 * time.Hour)
	for _, path := range []string{"/api/auth/list-sessions", "/api/auth/list-accounts", "/api/auth/jwt", getSessionPath} {
		if got := h.get(path, cookie); got.status != 200 || got.headers["Set-Cookie"] != nil {
			t.Errorf("%s: %d %q", path, got.status, got.headers["Set-Cookie"])
		}
	}
	if got := h.get(getSessionPath+"?disableRefresh=1", cookie); strings.Contains(got.body, "needsRefresh") {
		t.Errorf("a client that wants no refresh is told of it: %s", got.body)
	}
	if got := h.get(getSessionPath, cookie); !strings.HasSuffix(got.body, `,"needsRefresh":true}`) {
		t.Error(got.body)
	}
	got := h.post(getSessionPath, `{}`, cookie, own)
	if got.status != 200 || len(got.headers["Set-Cookie"]) != 1 || strings.Contains(got.body, "needsRefresh") || got.headers.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s %q", got.status, got.body, got.headers["Set-Cookie"])
	}
	if got := h.get(getSessionPath, cookie); !strings.HasSuffix(got.body, `,"needsRefresh":false}`) {
		t.Error(got.body)
	}
	h.clock.advance(169 * time.Hour)
	if got := h.get("/api/auth/list-accounts", cookie); got.status != 401 || h.count("session") != 1 {
		t.Errorf("expired: %d, %d rows", got.status, h.count("session"))
	}
	if got := h.post(getSessionPath, `{}`, cookie, own); got.body != "null" || h.count("session") != 0 {
		t.Errorf("expired, by POST: %s, %d rows", got.body, h.count("session"))
	}
}

func TestWithoutRefreshASessionEndsOnTime(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+"session: {disableRefresh: true, ttl: 48h}")
	cookie, _ := h.signUp("a@b.co")
	h.clock.advance(47 * time.Hour)
	if got := h.get(getSessionPath, cookie); got.body == "null" || got.headers["Set-Cookie"] != nil {
		t.Errorf("%s %q", got.body, got.headers["Set-Cookie"])
	}
	h.clock.advance(61 * time.Minute)
	if got := h.get(getSessionPath, cookie); got.body != "null" {
		t.Error(got.body)
	}
}

func TestDeletionByTheLinkOfAMail(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+"user: {deleteUser: {enabled: true}}\nallowedOrigins: ['https://app.example.com']")
	link := func(cookie [2]string, query string) answer { return h.get(deleteUserPath+"/callback?"+query, cookie) }
	for i, c := range []struct {
		query  string
		status int
		answer string
	}{
		{"token=good&token=good", 400, `\[query\.token\] Invalid input: expected string, received array`},
		{"token=good&callbackURL=https://evil.example.com", 403, "INVALID_CALLBACK_URL"},
		{"token=%00", 400, `must not contain the character U\+0000`},
		{"token=", 404, "INVALID_TOKEN"},
		{"token=good&callbackURL=https%3A%2F%2Fapp.example.com%2Fbye%3Fa%3Db", 302, `^$`},
		{"token=good", 200, `^{"success":true,"message":"User deleted"}$`},
	} {
		cookie, _ := h.signUp(string(rune('a'+i)) + "@b.co")
		h.exec(`delete from verification`)
		h.exec(`insert into verification (id, identifier, value, "expiresAt") select 'v', 'delete-account-good', id, now() + interval '1h' from "user" where email = $1`, string(rune('a'+i))+"@b.co")
		got := link(cookie, c.query)
		if got.status != c.status || !regexp.MustCompile(c.answer).MatchString(got.body) {
			t.Errorf("%s: %d %s", c.query, got.status, got.body)
		}
		if got.status == 302 && (got.headers.Get("Location") != "https://app.example.com/bye?a=b" || len(got.headers["Set-Cookie"]) != 3) {
			t.Errorf("%s: %v", c.query, got.headers)
		}
		deleted := h.get(getSessionPath, cookie).body == "null"
		if deleted != (c.status == 302 || c.status == 200) {
			t.Errorf("%s: deleted is %v", c.query, deleted)
		}
	}
}

// TestRevokedSessionsAreDeadEverywhere signs a user in three times and ends sessions from one of them.
func TestRevokedSessionsAreDeadEverywhere(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL)
	first, _ := h.signUp("a@b.co")
	signIn := func() [2]string { return cookieOf(h.post(signInPath, `{"email":"a@b.co","password":"Password123!"}`)) }
	second, third := signIn(), signIn()
	var list []struct{ Token string }
	if err := json.Unmarshal([]byte(h.get("/api/auth/list-sessions", first).body), &list); err != nil || len(list) != 3 {
		t.Fatalf("%v, %v", list, err)
	}
	at := slices.IndexFunc(list, func(s struct{ Token string }) bool { return strings.Contains(second[1], s.Token) })
	if got := h.post("/api/auth/revoke-session", `{"token":"`+list[at].Token+`"}`, first, own); got.status != 200 || got.headers["Set-Cookie"] != nil {
		t.Errorf("%d %q", got.status, got.headers["Set-Cookie"])
	}
	h.post("/api/auth/revoke-other-sessions", "", third, own)
	for name, c := range map[string]struct {
		cookie [2]string
		status int
	}{"first": {first, 401}, "second": {second, 401}, "third": {third, 200}} {
		if got := h.get("/api/auth/list-accounts", c.cookie); got.status != c.status {
			t.Errorf("%s session: %d, want %d", name, got.status, c.status)
		}
	}
}

// TestGuessesOfThePasswordAreLimited guesses with a stolen session, which Better-Auth's rules allow 600 times a minute.
func TestGuessesOfThePasswordAreLimited(t *testing.T) {
	t.Parallel()
	h := start(t, baseURL+"rateLimit: {storage: Memory, auth: {max: 2, window: 1m}}\nuser: {deleteUser: {enabled: true}}")
	cookie, _ := h.signUp("a@b.co")
	for _, path := range []string{changePasswordPath, "/api/auth/verify-password", deleteUserPath} {
		var statuses []int
		for range 3 {
			statuses = append(statuses, h.post(path, `{"password":"guess","currentPassword":"guess","newPassword":"NewPassword1"}`, cookie, own).status)
		}
		if !slices.Equal(statuses, []int{400, 400, 429}) {
			t.Errorf("%s: %v", path, statuses)
		}
	}
}
