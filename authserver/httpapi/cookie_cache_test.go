package httpapi_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/cookiecache"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// caching is the configuration of a server with a cookie cache.
const caching = unlimited + "session: {cookieCache: {enabled: true}}\n"

// clearing are the cookies that end a session and its cache, when the request carries one in a single cookie.
var clearing = []string{
	"better-auth.session_token=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
	"better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
	"better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
	"better-auth.dont_remember=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax",
}

func TestAFreshCacheAnswersWithoutTheDatabase(t *testing.T) {
	t.Parallel()
	for _, strategy := range strategies {
		t.Run(string(strategy), func(t *testing.T) {
			t.Parallel()
			h := start(t, unlimited+"session: {cookieCache: {enabled: true, strategy: "+string(strategy)+"}}\n"+
				`customFields: [{name: a, type: number}, {name: b, type: boolean}, {name: c, type: date}, {name: d, type: "string[]"}, {name: e, type: json}, {name: f, type: string, returned: false}]`)
			body := `{"name":"Ü","email":"a@b.co","password":"Password123!","a":7,"b":true,"c":"2001-02-03","d":["x"],"e":{"k":null},"f":"hidden"}`
			cookie := cookieOf(h.post(signUpPath, body))
			h.exec(`alter table session rename to gone`)
			got := h.get(getSessionPath, cookie)
			if got.status != 200 || got.headers["Set-Cookie"] != nil || got.headers.Get("Cache-Control") != "no-store" ||
				!strings.Contains(got.body, `"name":"Ü","image":null,"a":7,"b":true,"c":"2001-02-03T00:00:00.000Z","d":["x"],"e":{"k":null}}}`) {
				t.Errorf("%d %s", got.status, got.body)
			}
			for _, path := range []string{getSessionPath + "?disableCookieCache=true", "/api/auth/jwt", "/api/validate-session"} {
				if got := h.get(path, cookie); got.status != 500 {
					t.Errorf("%s does without the database: %d %s", path, got.status, got.body)
				}
			}
		})
	}
}

func TestARevokedSessionLivesAsLongAsItsCache(t *testing.T) {
	t.Parallel()
	h := start(t, caching)
	cookie, _ := h.signUp("a@b.co")
	h.exec(`delete from session`)
	if got := h.get(getSessionPath, cookie); got.body == "null" {
		t.Error("the cache is not used")
	}
	// A token of GET /jwt outlives every cache, so it is not made from one.
	if got := h.get("/api/auth/jwt", cookie); got.status != 401 || !slices.Equal(got.headers["Set-Cookie"], clearing) {
		t.Errorf("a token of a revoked session: %d %s %q", got.status, got.body, got.headers["Set-Cookie"])
	}
	h.clock.advance(5*time.Minute + time.Second)
	if got := h.get(getSessionPath, cookie); got.body != "null" || !slices.Equal(got.headers["Set-Cookie"], clearing) {
		t.Errorf("after maxAge: %s %q", got.body, got.headers["Set-Cookie"])
	}
}

func TestSensitiveEndpointsDoNotBelieveTheCache(t *testing.T) {
	t.Parallel()
	h := start(t, caching+"baseURL: http://localhost:3001\nuser: {deleteUser: {enabled: true}}")
	cookie, _ := h.signUp("a@b.co")
	h.exec(`delete from session`)
	origin := [2]string{"Origin", "http://localhost:3001"}
	const passwords = `{"currentPassword":"Password123!","newPassword":"Password456!"}`
	for path, body := range map[string]string{
		"/revoke-session": `{"token":"x"}`, "/revoke-sessions": `{}`, "/revoke-other-sessions": `{}`, "/change-password": passwords,
		"/verify-password": `{"password":"Password123!"}`, "/delete-user": `{"password":"Password123!"}`,
	} {
		if got := h.post("/api/auth"+path, body, cookie, origin); got.status != 401 || !slices.Equal(got.headers["Set-Cookie"], clearing) {
			t.Errorf("%s of a revoked session: %d %s %q", path, got.status, got.body, got.headers["Set-Cookie"])
		}
	}
	if got := h.get("/api/auth/list-sessions", cookie); got.status != 401 {
		t.Errorf("list-sessions of a revoked session: %d %s", got.status, got.body)
	}
	if got := h.get("/api/auth/delete-user/callback?token=x", cookie); got.status != 404 || !strings.Contains(got.body, "FAILED_TO_GET_USER_INFO") {
		t.Errorf("delete-user/callback of a revoked session: %d %s", got.status, got.body)
	}
	if got := h.get("/api/auth/list-accounts", cookie); got.status != 200 {
		t.Errorf("list-accounts from the cache: %d %s", got.status, got.body)
	}
	if h.count("user") != 1 {
		t.Error("the user of a revoked session is gone")
	}
	// As in Better-Auth, the user may be updated; but the session does not live on in a new cache.
	if got := h.post("/api/auth/update-user", `{"name":"B"}`, cookie, origin); got.status != 200 || !slices.Equal(got.headers["Set-Cookie"], clearing) {
		t.Errorf("update-user of a revoked session: %d %s %q", got.status, got.body, got.headers["Set-Cookie"])
	}
}

func TestACacheFollowsDeferredRefresh(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"session: {deferRefresh: true, cookieCache: {enabled: true}}\n")
	cookie, _ := h.signUp("a@b.co")
	token, _, _ := strings.Cut(cookie[1], "; ")
	h.exec(`update session set "expiresAt" = $1`, h.clock.Now().Add(24*time.Hour))
	if got := h.get(getSessionPath, cookie); strings.Contains(got.body, "needsRefresh") || got.headers["Set-Cookie"] != nil {
		t.Errorf("from the cache: %s %q", got.body, got.headers["Set-Cookie"])
	}
	got := h.get(getSessionPath, [2]string{"Cookie", token})
	if cookies := got.headers["Set-Cookie"]; !strings.HasSuffix(got.body, `"needsRefresh":true}`) || len(cookies) != 1 || !strings.Contains(cookies[0], "session_data=e") {
		t.Errorf("from the database: %s %q", got.body, cookies)
	}
}

func TestAnExpiredSessionEndsItsCache(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"session: {ttl: 1m, cookieCache: {enabled: true, maxAge: 1h}}\n")
	cookie, _ := h.signUp("a@b.co")
	h.clock.advance(time.Minute + time.Second)
	if got := h.get(getSessionPath, cookie); got.body != "null" || !slices.Equal(got.headers["Set-Cookie"], clearing) {
		t.Errorf("%s %q", got.body, got.headers["Set-Cookie"])
	}
}

func TestOnlyWhatUseExtendsIsCachedByUse(t *testing.T) {
	t.Parallel()
	h := start(t, caching)
	cookie, _ := h.signUp("a@b.co")
	token, _, _ := strings.Cut(cookie[1], "; ")
	names := func(path, cookies string) (names []string) {
		for _, cookie := range h.get(path, [2]string{"Cookie", cookies}).headers["Set-Cookie"] {
			name, value, rest := splitCookie(cookie)
			if value == "" || !strings.HasPrefix(rest, " Max-Age=") {
				t.Errorf("%s: cookie %s", path, cookie)
			}
			names = append(names, name)
		}
		return names
	}
	if got := names(getSessionPath, token); !slices.Equal(got, []string{"better-auth.session_data"}) {
		t.Errorf("a young session sets %v", got)
	}
	h.exec(`update session set "expiresAt" = $1`, h.clock.Now().Add(24*time.Hour))
	if got := names(getSessionPath+"?disableRefresh=true", token); got != nil {
		t.Errorf("with disableRefresh: %v", got)
	}
	if got := names(getSessionPath, token); !slices.Equal(got, []string{"better-auth.session_token", "better-auth.session_data"}) {
		t.Errorf("a session that is due sets %v", got)
	}
	forgotten := cookieOf(h.post(signInPath, `{"email":"a@b.co","password":"Password123!","rememberMe":false}`))
	without, _, _ := strings.Cut(forgotten[1], "; better-auth.session_data=")
	if got := names(getSessionPath, without); got != nil {
		t.Errorf("a session that is not remembered sets %v", got)
	}
}

func TestStaleChunksAreExpiredInTheirPlace(t *testing.T) {
	t.Parallel()
	h := start(t, caching)
	cookie, _ := h.signUp("a@b.co")
	token, _, _ := strings.Cut(cookie[1], "; ")
	cookie[1] = token + "; better-auth.session_data.2=x; better-auth.session_data.07=y; better-auth.session_data.0=z; better-auth.session_data.2=w; better-auth.session_data.x=v"
	for query, want := range map[string][]string{
		"?disableCookieCache=1": {".2=;", ".0=;", "=e"},
		"":                      {"=;", ".2=;", ".0=;", "=e"},
	} {
		got := h.get(getSessionPath+query, cookie).headers["Set-Cookie"]
		if len(got) != len(want) {
			t.Fatalf("%q, want %q", got, want)
		}
		for i := range want {
			if !strings.HasPrefix(got[i], "better-auth.session_data"+want[i]) {
				t.Errorf("cookie %s, want %s", got[i], want[i])
			}
		}
	}
}

func TestChunksFitAndCarryTheWholeCache(t *testing.T) {
	t.Parallel()
	h := start(t, caching+"customFields: [{name: note, type: string}]")
	for email, size := range map[string]int{"two@b.co": 3000, "five@b.co": 12_000, "nine@b.co": 23_000} {
		note := strings.Repeat("n", size)
		signedUp := h.post(signUpPath, `{"name":"N","email":"`+email+`","password":"Password123!","note":"`+note+`"}`)
		for _, cookie := range signedUp.headers["Set-Cookie"] {
			if len(cookie) > 4050 {
				t.Errorf("%s: a cookie of %d bytes", email, len(cookie))
			}
		}
		cookie := cookieOf(signedUp)
		pieces := strings.Split(cookie[1], "; ")
		slices.Reverse(pieces)
		cookie[1] = strings.Join(pieces, "; ")
		if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, note) || got.headers["Set-Cookie"] != nil {
			t.Errorf("%s: %d chunks are not read: %d, cookies %.200q", email, len(pieces)-1, got.status, got.headers["Set-Cookie"])
		}
	}
}

func TestWhatIsTooLargeForCookiesIsNotCached(t *testing.T) {
	t.Parallel()
	h := start(t, caching+"customFields: [{name: note, type: string}]")
	signedUp := h.post(signUpPath, `{"name":"N","email":"a@b.co","password":"Password123!","note":"`+strings.Repeat("n", 30_000)+`"}`)
	if cookies := signedUp.headers["Set-Cookie"]; signedUp.status != 200 || len(cookies) != 1 || !strings.Contains(cookies[0], "session_token=") {
		t.Errorf("%d, %d cookies", signedUp.status, len(signedUp.headers["Set-Cookie"]))
	}
	h.stop()
	if !strings.Contains(h.log.String(), "custom fields are too large for cookies") {
		t.Error("the log does not say why there is no cache")
	}
}

// A cache may be of another configuration, or of a Better-Auth with plugins: well sealed, but not what we need.
func TestCachesWithOtherMembersAreNotUsed(t *testing.T) {
	t.Parallel()
	h := start(t, caching+"customFields: [{name: age, type: number}]")
	cookie, _ := h.signUp("a@b.co")
	token, _, _ := strings.Cut(cookie[1], "; ")
	keys, err := tokens.NewKeyring(secret)
	if err != nil {
		t.Fatal(err)
	}
	cache, err := cookiecache.New(cookiecache.Options{Strategy: cookiecache.Compact, MaxAge: time.Hour, Version: "1", Keys: keys, Now: h.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	plain, _, _ := strings.Cut(strings.TrimPrefix(token, "better-auth.session_token="), ".")
	const moments = `"createdAt":"2026-01-01T00:00:00.000Z","updatedAt":"2026-01-01T00:00:00.000Z"`
	session := `"session":{"id":"s","token":"` + plain + `","userId":"u","expiresAt":"2999-01-01T00:00:00.000Z","ipAddress":null,"userAgent":null,"more":{},` + moments + `}`
	user := `"user":{"id":"u","name":"Cached","email":"a@b.co","emailVerified":true,"image":"/i","more":[],"age":5,` + moments + `}`
	for members, used := range map[string]bool{
		session + "," + user: true,
		session + "," + strings.Replace(user, `"age":5,`, "", 1):                       false,
		session + "," + strings.Replace(user, `"age":5,`, `"age":"5",`, 1):             false,
		session + "," + strings.Replace(user, `"age":5,`, `"age":null,`, 1):            true,
		session + "," + strings.Replace(user, `true`, `1`, 1):                          false,
		session + "," + strings.Replace(user, `"2026-`, `"x2026-`, 1):                  false,
		strings.Replace(session, `"id":"s"`, `"id":5`, 1) + "," + user:                 false,
		strings.Replace(session, `"2999-01-01T00:00:00.000Z"`, `null`, 1) + "," + user: false,
		strings.Replace(session, `2999-`, `2019-`, 1) + "," + user:                     false,
		strings.Replace(session, `"ipAddress":null`, `"ipAddress":[]`, 1) + "," + user: false,
		session: false, user: false, `"session":[],"user":null`: false,
	} {
		value, err := cache.Seal([]byte(members), true)
		if err != nil {
			t.Fatal(err)
		}
		got := h.get(getSessionPath, [2]string{"Cookie", token + "; better-auth.session_data=" + value})
		if got.status != 200 || strings.Contains(got.body, `"name":"Cached"`) != used || (got.headers["Set-Cookie"] == nil) != used {
			t.Errorf("%s\n%d %s %q", members, got.status, got.body, got.headers["Set-Cookie"])
		}
	}
}
