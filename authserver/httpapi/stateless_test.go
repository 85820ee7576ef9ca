package httpapi_test

import (
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

const stateless = unlimited + baseURL + "session: {storage: Stateless}\n"

// carried are the cookies that an answer sets, as a browser sends them back: of those that are set twice, the last.
func carried(t *testing.T, got answer) [2]string {
	t.Helper()
	values, order := map[string]string{}, []string{}
	for pair := range strings.SplitSeq(cookieOf(got)[1], "; ") {
		name, value, _ := strings.Cut(pair, "=")
		if _, again := values[name]; !again {
			order = append(order, name)
		}
		values[name] = value
	}
	pairs := make([]string, len(order))
	for i, name := range order {
		pairs[i] = name + "=" + values[name]
	}
	cookie := [2]string{"Cookie", strings.Join(pairs, "; ")}
	if got.status != 200 || !strings.Contains(cookie[1], "session_token=") || !strings.Contains(cookie[1], "session_data") {
		t.Fatalf("%d %s %q", got.status, got.body, got.headers["Set-Cookie"])
	}
	return cookie
}

// known fails unless the session of a cookie is known to an endpoint that believes cookies, and to one that asks.
func (h *harness) known(cookie [2]string, believed, asked bool) {
	h.t.Helper()
	if got := h.get(getSessionPath, cookie); got.status != 200 || (got.body != "null") != believed {
		h.t.Errorf("get-session: %d %s", got.status, got.body)
	}
	if got := h.get("/api/auth/jwt", cookie); (got.status == 200) != asked || !asked && got.status != 401 {
		h.t.Errorf("jwt: %d %s", got.status, got.body)
	}
	if got := h.get("/api/validate-session", cookie); got.status != 200 || strings.Contains(got.body, `"user":{`) != asked {
		h.t.Errorf("validate-session: %d %s", got.status, got.body)
	}
}

func (h *harness) signIn(body string) [2]string {
	h.t.Helper()
	return carried(h.t, h.post("/api/auth/sign-in/email", body))
}

const credentials = `{"email":"a@b.co","password":"Password123!"}`

func TestStatelessSessionsAreInTheCookieAlone(t *testing.T) {
	t.Parallel()
	h := start(t, stateless)
	_, got := h.signUp("a@b.co")
	cookie := carried(t, got)
	for i, want := range []string{"better-auth.session_token=", "better-auth.session_data=eyJ"} {
		if set := got.headers["Set-Cookie"][i]; !strings.HasPrefix(set, want) || !strings.HasSuffix(set, "; Max-Age=604800; Path=/; HttpOnly; SameSite=Lax") {
			t.Errorf("cookie %d is %s", i, set)
		}
	}
	h.known(cookie, true, true)
	h.exec(`alter table "user" rename to gone`)
	if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, `"email":"a@b.co"`) || got.headers["Set-Cookie"] != nil {
		t.Errorf("without the database: %s %q", got.body, got.headers["Set-Cookie"])
	}
	// Another server with the same secret knows the session, though not the user.
	other := start(t, stateless)
	other.known(cookie, true, false)
	tampered := [2]string{"Cookie", strings.Replace(cookie[1], "session_data=", "session_data=x", 1)}
	token, _, _ := strings.Cut(cookie[1], "; ")
	for _, cookie := range [][2]string{tampered, {"Cookie", token}} {
		if got := h.get(getSessionPath, cookie); got.body != "null" || !strings.HasPrefix(got.headers.Get("Set-Cookie"), "better-auth.session_token=; Max-Age=0") {
			t.Errorf("%s %q", got.body, got.headers["Set-Cookie"])
		}
	}
}

func TestStatelessSessionsAreExtendedWithTheUserAsItIs(t *testing.T) {
	t.Parallel()
	h := start(t, stateless)
	_, got := h.signUp("a@b.co")
	cookie := carried(t, got)
	h.exec(`update "user" set name = 'New'`)
	if got := h.get(getSessionPath, cookie); strings.Contains(got.body, "New") {
		t.Errorf("the cookie is not believed: %s", got.body)
	}
	if got := h.get(getSessionPath+"?disableCookieCache=true", cookie); !strings.Contains(got.body, "New") || len(got.headers["Set-Cookie"]) != 1 {
		t.Errorf("the database is not asked: %s %q", got.body, got.headers["Set-Cookie"])
	}
	h.clock.advance(25 * time.Hour)
	if got := h.get(getSessionPath+"?disableRefresh=true", cookie); got.headers["Set-Cookie"] != nil {
		t.Errorf("extended against its will: %q", got.headers["Set-Cookie"])
	}
	extended := h.get(getSessionPath, cookie)
	end := h.clock.Now().Add(7 * 24 * time.Hour).UTC().Format("2006-01-02T15:04:05")
	if !strings.Contains(extended.body, `"expiresAt":"`+end) || !strings.Contains(extended.body, "New") {
		t.Errorf("extended to %s", extended.body)
	}
	h.clock.advance(6*24*time.Hour + time.Hour)
	h.known(cookie, false, false)
	h.known(carried(t, extended), true, true)
}

func TestStatelessSessionsOfADeletedUserEnd(t *testing.T) {
	t.Parallel()
	h := start(t, stateless+"user: {deleteUser: {enabled: true}}")
	_, got := h.signUp("a@b.co")
	other := carried(t, got)
	cookie := h.signIn(credentials)
	if got := h.post(deleteUserPath, `{}`, cookie, own); got.status != 200 || len(got.headers["Set-Cookie"]) == 0 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	h.known(other, true, false)
	if got := h.post(updateUserPath, `{"name":"B"}`, other, own); got.status != 401 {
		t.Errorf("update-user of nobody: %d %s", got.status, got.body)
	}
	h.clock.advance(24 * time.Hour)
	h.known(other, false, false)
}

func TestANewPasswordEndsOlderStatelessSessions(t *testing.T) {
	t.Parallel()
	h := start(t, stateless)
	_, got := h.signUp("a@b.co")
	other := carried(t, got)
	cookie := h.signIn(credentials)
	h.clock.advance(time.Second)
	changed := h.post(changePasswordPath, `{"currentPassword":"Password123!","newPassword":"Password456!"}`, cookie, own)
	if !strings.HasPrefix(changed.body, `{"token":null,"user":{`) {
		t.Errorf("%d %s", changed.status, changed.body)
	}
	here := carried(t, changed)
	h.known(here, true, true)
	h.known(other, true, false)
	h.known(cookie, true, false)
	h.clock.advance(24 * time.Hour)
	h.known(other, false, false)
	h.known(here, true, true)
	changed = h.post(changePasswordPath, `{"currentPassword":"Password456!","newPassword":"Password789!","revokeOtherSessions":true}`, here, own)
	if strings.HasPrefix(changed.body, `{"token":null`) || !strings.Contains(cookieOf(changed)[1], changed.body[10:42]) {
		t.Errorf("%d %s", changed.status, changed.body)
	}
}

func TestStatelessSessionsThatAreNotRememberedLiveADay(t *testing.T) {
	t.Parallel()
	h := start(t, stateless)
	h.signUp("a@b.co")
	got := h.post("/api/auth/sign-in/email", `{"email":"a@b.co","password":"Password123!","rememberMe":false}`)
	for _, set := range got.headers["Set-Cookie"] {
		if strings.Contains(set, "Max-Age") {
			t.Errorf("cookie %s", set)
		}
	}
	cookie := carried(t, got)
	h.clock.advance(24*time.Hour - time.Second)
	h.known(cookie, true, true)
	renewed := h.get("/api/auth/list-sessions", cookie)
	if sets := renewed.headers["Set-Cookie"]; renewed.status != 200 || len(sets) != 1 || strings.Contains(sets[0], "Max-Age") {
		t.Errorf("%d %s %q", renewed.status, renewed.body, sets)
	}
	h.clock.advance(2 * time.Second)
	h.known(cookie, false, false)
}

// TestWhatStatelessSessionsCannotDo is what the documentation says of their limits.
func TestWhatStatelessSessionsCannotDo(t *testing.T) {
	t.Parallel()
	h := start(t, stateless)
	_, got := h.signUp("a@b.co")
	other := carried(t, got)
	cookie := h.signIn(credentials)
	list := h.get("/api/auth/list-sessions", cookie)
	if strings.Count(list.body, `"token"`) != 1 || !strings.Contains(cookie[1], between(list.body, `"token":"`, `"`)) {
		t.Errorf("list-sessions: %d %s", list.status, list.body)
	}
	theirs := between(h.get(getSessionPath, other).body, `"token":"`, `"`)
	for path, body := range map[string]string{"/revoke-session": `{"token":"` + theirs + `"}`, "/revoke-other-sessions": `{}`} {
		if got := h.post("/api/auth"+path, body, cookie, own); got.body != `{"status":true}` {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	h.known(other, true, true)
	// The browser forgets its session; a copy of the cookie lives on.
	for _, path := range []string{"/sign-out", "/revoke-sessions"} {
		got := h.post("/api/auth"+path, `{}`, cookie, own)
		if got.status != 200 || !strings.HasPrefix(got.headers.Get("Set-Cookie"), "better-auth.session_token=; Max-Age=0") {
			t.Errorf("%s: %d %s %q", path, got.status, got.body, got.headers["Set-Cookie"])
		}
	}
	h.known(cookie, true, true)
}

func between(text, before, after string) string {
	_, rest, _ := strings.Cut(text, before)
	middle, _, _ := strings.Cut(rest, after)
	return middle
}

func TestStatelessSessionsFollowChangesOfTheirUser(t *testing.T) {
	t.Parallel()
	h := start(t, stateless)
	_, got := h.signUp("a@b.co")
	cookie := carried(t, got)
	updated := carried(t, h.post(updateUserPath, `{"name":"New"}`, cookie, own))
	h.exec(`alter table "user" rename to gone`)
	if got := h.get(getSessionPath, updated); !strings.Contains(got.body, "New") {
		t.Errorf("%s", got.body)
	}
}

func TestUsersWhoAreTooLargeForCookiesAreReadFromTheDatabase(t *testing.T) {
	t.Parallel()
	h := start(t, stateless+"customFields: [{name: bio, type: string}]")
	bio := incompressible(40_000)
	cookie := carried(t, h.post(signUpPath, `{"name":"A","email":"a@b.co","password":"Password123!","bio":"`+bio+`"}`))
	if len(cookie[1]) > 4000 {
		t.Errorf("%d bytes of cookies", len(cookie[1]))
	}
	for range 2 {
		got := h.get(getSessionPath, cookie)
		if !strings.Contains(got.body, bio) {
			t.Fatalf("%.200s", got.body)
		}
		h.known(cookie, true, true)
	}
	// A smaller one is in the cookie again.
	cookie = carried(t, h.post(updateUserPath, `{"bio":"short"}`, cookie, own))
	h.exec(`alter table "user" rename to gone`)
	if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, `"bio":"short"`) {
		t.Errorf("%s", got.body)
	}
}

func TestStatelessSessionsGetFieldsThatAreNew(t *testing.T) {
	t.Parallel()
	h := start(t, stateless)
	_, got := h.signUp("a@b.co")
	cookie := carried(t, got)
	more := strings.Replace(stateless, "Stateless}", "Stateless, fields: [{name: theme, type: string, default: light}]}", 1) +
		"customFields: [{name: role, type: string, default: user}]"
	migrate(t, h.url, load(t, more))
	next := start(t, more, func(o *server.Options) { o.DatabaseURL = config.Redacted(h.url) })
	got = next.get(getSessionPath, cookie)
	if !strings.Contains(got.body, `"role":"user"`) || !strings.Contains(got.body, `"theme":"light"`) {
		t.Errorf("%s", got.body)
	}
}

func TestFieldsOfStatelessSessionsAreInTheCookie(t *testing.T) {
	t.Parallel()
	h := start(t, strings.Replace(stateless, "Stateless}", "Stateless, fields: [{name: theme, type: string}, {name: other, type: string}]}", 1))
	_, got := h.signUp("a@b.co")
	cookie := carried(t, got)
	updated := h.post("/api/auth/update-session", `{"theme":"dark"}`, cookie, own)
	cookie = carried(t, updated)
	if !strings.Contains(updated.body, `"theme":"dark"`) {
		t.Errorf("%s", updated.body)
	}
	if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, `"theme":"dark","other":null`) {
		t.Errorf("%s", got.body)
	}
	large := h.post("/api/auth/update-session", `{"theme":"`+incompressible(40_000)+`"}`, cookie, own)
	if large.status != 400 || !strings.Contains(large.body, "SESSION_TOO_LARGE") || large.headers["Set-Cookie"] != nil {
		t.Errorf("%d %.200s, %d cookies", large.status, large.body, len(large.headers["Set-Cookie"]))
	}
}
