package httpapi_test

import (
	"encoding/json"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

const inRedis = unlimited + baseURL + "session: {storage: Redis}\n"

// TestALifeWithSessionsInRedis goes through everything that touches sessions, with two browsers of one user.
func TestALifeWithSessionsInRedis(t *testing.T) {
	t.Parallel()
	h := start(t, inRedis+"user: {deleteUser: {enabled: true}}")
	first, _ := h.signUp("a@b.co")
	second := cookieOf(h.post("/api/auth/sign-in/email", `{"email":"a@b.co","password":"Password123!"}`))
	if first[1] == "" || second[1] == "" {
		t.Fatal("no cookies")
	}
	alive := func(cookie [2]string, want bool) {
		t.Helper()
		if got := h.get(getSessionPath, cookie); got.status != 200 || (got.body != "null") != want {
			t.Errorf("get-session: %d %s", got.status, got.body)
		}
	}
	do := func(path, body string, cookie [2]string) string {
		t.Helper()
		got := h.post("/api/auth"+path, body, cookie, own)
		if got.status != 200 {
			t.Fatalf("%s: %d %s", path, got.status, got.body)
		}
		return got.body
	}
	sessions := func(cookie [2]string) (list []struct{ Token, UserID string }) {
		t.Helper()
		got := h.get("/api/auth/list-sessions", cookie)
		if err := json.Unmarshal([]byte(got.body), &list); err != nil {
			t.Fatalf("list-sessions: %d %s", got.status, got.body)
		}
		return list
	}
	if list := sessions(first); len(list) != 2 {
		t.Errorf("the sessions are %v", list)
	}
	do("/update-user", `{"name":"New"}`, first)
	if got := h.get(getSessionPath, second); !strings.Contains(got.body, `"name":"New"`) {
		t.Errorf("the other browser sees %s", got.body)
	}
	if got := h.get("/api/validate-session", second); !strings.Contains(got.body, `"name":"New"`) {
		t.Errorf("back ends see %s", got.body)
	}
	do("/revoke-session", `{"token":"`+sessions(first)[0].Token+`"}`, second)
	alive(first, false)
	alive(second, true)

	third := cookieOf(h.post("/api/auth/sign-in/email", `{"email":"a@b.co","password":"Password123!"}`))
	do("/revoke-other-sessions", `{}`, second)
	alive(third, false)
	alive(second, true)

	changed := h.post(changePasswordPath, `{"currentPassword":"Password123!","newPassword":"Password456!","revokeOtherSessions":true}`, second, own)
	fresh := cookieOf(changed)
	alive(second, false)
	alive(fresh, true)
	do("/verify-password", `{"password":"Password456!"}`, fresh)

	do("/sign-out", `{}`, fresh)
	alive(fresh, false)
	last := cookieOf(h.post("/api/auth/sign-in/email", `{"email":"a@b.co","password":"Password456!"}`))
	do("/delete-user", `{"password":"Password456!"}`, last)
	alive(last, false)
	if n := h.count("user"); n != 0 {
		t.Errorf("%d users", n)
	}
}

func TestASessionInRedisIsExtendedAndEnds(t *testing.T) {
	t.Parallel()
	h := start(t, inRedis)
	cookie, _ := h.signUp("a@b.co")
	h.clock.advance(25 * time.Hour)
	got := h.get(getSessionPath, cookie)
	if end := h.clock.Now().Add(7 * 24 * time.Hour).UTC().Format("2006-01-02T15:04:05"); len(got.headers["Set-Cookie"]) != 1 || !strings.Contains(got.body, `"expiresAt":"`+end) {
		t.Errorf("%s %q", got.body, got.headers["Set-Cookie"])
	}
	h.clock.advance(7*24*time.Hour + time.Second)
	if got := h.get(getSessionPath, cookie); got.body != "null" || len(got.headers["Set-Cookie"]) != 3 {
		t.Errorf("%s %q", got.body, got.headers["Set-Cookie"])
	}
	client := h.redis.Client()
	defer client.Close()
	if keys, err := client.Keys(t.Context(), "*").Result(); err != nil || len(keys) > 0 {
		t.Errorf("what is left of an expired session: %q, %v", keys, err)
	}
}

// commands is how many commands Redis has executed, those of scripts not counted.
func (h *harness) commands() (n int) {
	h.t.Helper()
	client := h.redis.Client()
	defer client.Close()
	info, err := client.Info(h.t.Context(), "commandstats").Result()
	if err != nil {
		h.t.Fatal(err)
	}
	for _, match := range regexp.MustCompile(`cmdstat_(evalsha|eval|get|set|getdel|del|ping):calls=(\d+)`).FindAllStringSubmatch(info, -1) {
		calls, err := strconv.Atoi(match[2])
		if err != nil {
			h.t.Fatal(err)
		}
		if match[1] != "get" || !strings.Contains(info, "cmdstat_evalsha") {
			n += calls
		}
	}
	return n
}

func TestGetSessionIsOneRoundTripToRedisAlone(t *testing.T) {
	t.Parallel()
	h := start(t, inRedis)
	cookie, _ := h.signUp("a@b.co")
	h.get(getSessionPath, cookie)
	h.exec(`alter table "user" rename to gone`)
	before := h.commands()
	for range 5 {
		if got := h.get(getSessionPath, cookie); got.status != 200 || !strings.Contains(got.body, "a@b.co") {
			t.Fatalf("%d %s", got.status, got.body)
		}
	}
	if n := h.commands() - before; n != 5 {
		t.Errorf("%d commands for 5 sessions", n)
	}
}

func TestAnOutageOfRedisIsA503AndPasses(t *testing.T) {
	t.Parallel()
	h := start(t, baseURL+"session: {storage: Redis}")
	cookie, _ := h.signUp("a@b.co")
	h.redis.Kill()
	begun := time.Now()
	for _, got := range []answer{
		h.get(getSessionPath, cookie), h.get("/api/auth/list-sessions", cookie), h.post("/api/auth/sign-out", `{}`, cookie, own),
		h.post(signUpPath, signUpBody("b@b.co")), h.post("/api/auth/sign-in/email", `{"email":"a@b.co","password":"Password123!"}`),
	} {
		if got.status != 503 || got.headers.Get("Retry-After") == "" || !strings.Contains(got.body, "SERVICE_UNAVAILABLE") {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	if took := time.Since(begun); took > 20*time.Second {
		t.Errorf("five requests took %v", took)
	}
	if n := h.count("user"); n != 1 {
		t.Errorf("%d users: sign-up without a place for its session left one", n)
	}
	if got := h.get("/api/auth/ok"); got.status != 200 {
		t.Errorf("what needs no session: %d", got.status)
	}
	h.redis.Restart()
	deadline := time.Now().Add(20 * time.Second)
	for h.get(getSessionPath, cookie).status != 200 {
		if time.Now().After(deadline) {
			t.Fatal("Redis is back, and requests still fail")
		}
		time.Sleep(10 * time.Millisecond)
	}
	if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, "a@b.co") {
		t.Errorf("the session is %s", got.body)
	}
}

// TestNoEndpointNeedsTablesThatAreElsewhere calls every route with a session and a body that may or may not fit.
func TestNoEndpointNeedsTablesThatAreElsewhere(t *testing.T) {
	t.Parallel()
	table, err := os.ReadFile("routes.go")
	if err != nil {
		t.Fatal(err)
	}
	routes := regexp.MustCompile(`\{"([A-Z]+)", (base \+ )?"([^"]+)"`).FindAllStringSubmatch(string(table), -1)
	if len(routes) < 19 {
		t.Fatalf("%d routes in routes.go", len(routes))
	}
	for _, storage := range []string{"Redis", "Stateless"} {
		h := start(t, unlimited+baseURL+"session: {storage: "+storage+"}\nuser: {deleteUser: {enabled: true}}")
		for i, route := range routes {
			cookie, _ := h.signUp("a" + strconv.Itoa(i) + "@b.co")
			path := strings.NewReplacer("{token}", "x", "{provider}", "google", "/:token", "/x").Replace(route[3])
			if route[2] != "" {
				path = "/api/auth" + path
			}
			for _, body := range []string{`{}`, `{"token":"x","password":"Password123!","currentPassword":"Password123!","newPassword":"Password456!","name":"B","revokeOtherSessions":true}`} {
				var got answer
				if route[1] == "GET" {
					got = h.get(path+"?token=x&identifier=x", cookie)
				} else {
					got = h.post(path, body, cookie, own)
				}
				if got.status >= 500 {
					t.Errorf("%s: %s %s: %d %s", storage, route[1], path, got.status, got.body)
				}
			}
		}
		h.stop()
		if strings.Contains(h.log.String(), "42P01") {
			t.Errorf("%s: a table was missing", storage)
		}
	}
}
