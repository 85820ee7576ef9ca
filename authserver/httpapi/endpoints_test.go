package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// signUp signs a user up and returns the Cookie header of its session.
func (h *harness) signUp(email string, headers ...[2]string) (cookie [2]string, got answer) {
	h.t.Helper()
	got = h.post(signUpPath, signUpBody(email), headers...)
	if got.status != 200 {
		h.t.Fatalf("sign-up: %d %s", got.status, got.body)
	}
	return cookieOf(got), got
}

// cookieOf is the Cookie header that a browser would send after an answer.
func cookieOf(got answer) [2]string {
	var pairs []string
	for _, header := range got.headers["Set-Cookie"] {
		pair, _, _ := strings.Cut(header, ";")
		name, _, _ := strings.Cut(pair, "=")
		// Of cookies with one name, the last counts.
		pairs = slices.DeleteFunc(pairs, func(earlier string) bool { return strings.HasPrefix(earlier, name+"=") })
		pairs = append(pairs, pair)
	}
	return [2]string{"Cookie", strings.Join(pairs, "; ")}
}

func TestJWTIsForBackEnds(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"jwt: {audience: shop, ttl: 1h}")
	if got := h.get("/api/auth/jwt"); got.status != 401 || got.body != `{"message":"Unauthorized","code":"UNAUTHORIZED"}` {
		t.Errorf("without a session: %d %s", got.status, got.body)
	}
	cookie, signedUp := h.signUp("a@b.co")
	got := h.get("/api/auth/jwt", cookie)
	var body struct{ Token string }
	if err := json.Unmarshal([]byte(got.body), &body); err != nil || got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got.headers.Get("Cache-Control") != "no-store" {
		t.Error("a cache may keep the token")
	}
	token, err := jwt.Parse(body.Token, func(*jwt.Token) (any, error) { return []byte(jwtSecret), nil },
		jwt.WithValidMethods([]string{"HS256"}), jwt.WithTimeFunc(h.clock.Now))
	if err != nil {
		t.Fatal(err)
	}
	var user struct{ User struct{ ID string } }
	if err := json.Unmarshal([]byte(signedUp.body), &user); err != nil {
		t.Fatal(err)
	}
	now := float64(h.clock.Now().Unix())
	want := map[string]any{"sub": user.User.ID, "email": "a@b.co", "name": "A", "iss": "better-auth", "aud": []any{"shop"}, "iat": now, "exp": now + 3600}
	if diff := cmp.Diff(want, map[string]any(token.Claims.(jwt.MapClaims))); diff != "" {
		t.Error(diff)
	}
	h.exec("delete from session")
	got = h.get("/api/auth/jwt", cookie)
	if got.status != 401 || len(got.headers["Set-Cookie"]) != 3 {
		t.Errorf("with a dead session: %d, cookies %q", got.status, got.headers["Set-Cookie"])
	}
}

func TestASessionThatIsDueIsExtendedByAnyEndpointThatNeedsIt(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited)
	cookie, _ := h.signUp("a@b.co")
	h.clock.advance(25 * time.Hour)
	got := h.get("/api/auth/jwt", cookie)
	if cookies := got.headers["Set-Cookie"]; got.status != 200 || len(cookies) != 1 || !strings.Contains(cookies[0], "Max-Age=604800") {
		t.Errorf("%d, cookies %q", got.status, cookies)
	}
	var expires time.Time
	if err := h.db.QueryRow(t.Context(), `select "expiresAt" from session`).Scan(&expires); err != nil {
		t.Fatal(err)
	}
	if life := expires.Sub(h.clock.Now()); (life - 168*time.Hour).Abs() > time.Millisecond {
		t.Errorf("the session lives %v more", life)
	}
}

func TestValidateSessionReadsAndChangesNothing(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"customFields: [{name: role, type: string, default: user}]")
	const nobody = `{"user":null,"session":null}`
	for name, headers := range map[string][][2]string{"no cookie": nil, "a forged cookie": {{"Cookie", "better-auth.session_token=x.y"}}} {
		if got := h.get("/api/validate-session", headers...); got.status != 200 || got.body != nobody {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	cookie, _ := h.signUp("a@b.co")
	form := regexp.MustCompile(`^\{"user":\{"name":"A","email":"a@b.co",.*"role":"user","id":"\w{32}"\},"session":\{"expiresAt":".*"token":"\w{32}".*\}\}$`)
	h.clock.advance(25 * time.Hour)
	got := h.get("/api/validate-session", cookie)
	if got.status != 200 || !form.MatchString(got.body) || got.headers["Set-Cookie"] != nil || got.headers.Get("Cache-Control") != "no-store" {
		t.Errorf("%d %s %v", got.status, got.body, got.headers)
	}
	h.clock.advance(168 * time.Hour)
	if got := h.get("/api/validate-session", cookie); got.body != nobody || got.headers["Set-Cookie"] != nil {
		t.Errorf("an expired session: %s %v", got.body, got.headers)
	}
	if n := h.count("session"); n != 1 {
		t.Errorf("%d sessions, want the expired one to stay", n)
	}
}

func TestHealth(t *testing.T) {
	t.Parallel()
	h := start(t, "rateLimit: {default: {max: 1, window: 1m}}")
	for range 5 {
		if got := h.get("/health"); got.status != 200 || got.body != `{"status":"ok"}` {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
}

func TestEveryKeyVerifiesCookiesAndTheNewestSigns(t *testing.T) {
	t.Parallel()
	const old, current = "old-secret-0123456789abcdefghijklmnop", "new-secret-0123456789abcdefghijklmnop"
	h := start(t, unlimited, func(o *server.Options) {
		o.Secrets.Keys = []config.SigningKey{{Version: 1, Versioned: true, Value: old}}
	})
	cookie, _ := h.signUp("a@b.co")
	h.stop()
	h.run(server.Options{
		Config: load(t, unlimited), DatabaseURL: config.Redacted(h.url), Log: h.server.Log, Now: h.clock.Now, ShutdownTimeout: time.Second,
		Secrets: config.Secrets{Keys: []config.SigningKey{{Version: 2, Versioned: true, Value: current}, {Version: 1, Versioned: true, Value: old}}, JWT: jwtSecret},
	})
	if got := h.get(getSessionPath, cookie); got.body == "null" {
		t.Error("a rotation logs users out")
	}
	h.clock.advance(25 * time.Hour)
	renewed := cookieOf(h.get(getSessionPath, cookie))
	if renewed == cookie || renewed[1] == "" {
		t.Errorf("the extended session's cookie is still signed with the old key: %s", renewed)
	}
	if got := h.get(getSessionPath, renewed); got.body == "null" {
		t.Error("the new cookie is not taken")
	}
}

func TestSameSiteNoneForcesSecure(t *testing.T) {
	t.Parallel()
	for yaml, want := range map[string]string{
		"baseURL: https://a.example.com\nsession: {cookie: {sameSite: None}}":   "; Path=/; HttpOnly; Secure; SameSite=None",
		"baseURL: https://a.example.com\nsession: {cookie: {sameSite: Strict}}": "; Path=/; HttpOnly; Secure; SameSite=Strict",
		"baseURL: http://localhost:3001":                                        "; Path=/; HttpOnly; SameSite=Lax",
	} {
		h := start(t, unlimited+yaml)
		_, got := h.signUp("a@b.co")
		if header := got.headers["Set-Cookie"][0]; !strings.HasSuffix(header, want) {
			t.Errorf("%s: cookie %s", yaml, header)
		}
	}
}

func TestCrossOrigin(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"allowedOrigins: ['https://app.example.com', 'https://*.preview.example.com']\ntrustedOrigins: ['myapp://']")
	preflight := func(origin, method, headers string) answer {
		return h.send("OPTIONS", signInPath, [][2]string{
			{"Host", "x"}, {"Origin", origin}, {"Access-Control-Request-Method", method}, {"Access-Control-Request-Headers", headers},
		}, "")
	}
	for _, origin := range []string{"https://app.example.com", "https://a.b.preview.example.com"} {
		got := preflight(origin, "POST", "content-type")
		want := map[string]string{
			"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true",
			"Access-Control-Allow-Methods": "POST", "Access-Control-Allow-Headers": "content-type",
		}
		for name, value := range want {
			if got.headers.Get(name) != value {
				t.Errorf("preflight from %s: %s is %q, want %q", origin, name, got.headers.Get(name), value)
			}
		}
		if got.status != 204 || !strings.Contains(got.headers.Get("Vary"), "Origin") {
			t.Errorf("preflight from %s: %d, Vary %q", origin, got.status, got.headers.Get("Vary"))
		}
		got = h.post(signInPath, `{"email":"a@b.co","password":"x"}`, [2]string{"Origin", origin})
		if got.status != 401 || got.headers.Get("Access-Control-Allow-Origin") != origin || !slices.Contains(got.headers["Vary"], "Origin") ||
			got.headers.Get("Access-Control-Allow-Credentials") != "true" ||
			!strings.EqualFold(got.headers.Get("Access-Control-Expose-Headers"), "set-auth-token, set-auth-jwt, X-Retry-After, Retry-After") {
			t.Errorf("request from %s: %d %v", origin, got.status, got.headers)
		}
	}
	for _, origin := range []string{"https://evil.com", "https://app.example.com.evil.com", "http://app.example.com", "null", "myapp://", "https://preview.example.com", "https://app.example.com/"} {
		for _, got := range []answer{preflight(origin, "POST", "content-type"), h.get(getSessionPath, [2]string{"Origin", origin})} {
			if got.headers.Get("Access-Control-Allow-Origin") != "" || got.headers.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("%s is allowed: %v", origin, got.headers)
			}
			if !slices.ContainsFunc(got.headers["Vary"], func(v string) bool { return strings.Contains(v, "Origin") }) {
				t.Errorf("%s: a cache may give this answer to others; Vary is %q", origin, got.headers["Vary"])
			}
		}
	}
	if got := preflight("https://app.example.com", "DELETE", ""); got.headers.Get("Access-Control-Allow-Origin") != "" {
		t.Error("DELETE is allowed")
	}
	if got := h.post(signInPath, strings.Repeat("x", 2<<20), [2]string{"Origin", "https://app.example.com"}); got.headers.Get("Access-Control-Allow-Origin") == "" {
		t.Errorf("a browser cannot read the refusal of a large body: %d %v", got.status, got.headers)
	}
}

func TestPreflightsAreNotCounted(t *testing.T) {
	t.Parallel()
	h := start(t, "allowedOrigins: ['https://app.example.com']\nrateLimit: {auth: {max: 1, window: 1m}}")
	for range 5 {
		h.send("OPTIONS", signInPath, [][2]string{{"Host", "x"}, {"Origin", "https://app.example.com"}, {"Access-Control-Request-Method", "POST"}}, "")
	}
	if got := h.post(signInPath, `{"email":"a@b.co","password":"x"}`); got.status != 401 {
		t.Errorf("status %d", got.status)
	}
	got := h.post(signInPath, `{}`, [2]string{"Origin", "https://app.example.com"})
	if got.status != 429 || got.headers.Get("Access-Control-Allow-Origin") == "" || got.headers.Get("Retry-After") != "60" {
		t.Errorf("%d %v", got.status, got.headers)
	}
}

// TestRateLimitSeesThroughTrustedProxies signs in from many clients behind one proxy, and from one client that lies.
func TestRateLimitSeesThroughTrustedProxies(t *testing.T) {
	t.Parallel()
	h := start(t, "rateLimit: {storage: Memory, auth: {max: 1, window: 1m}}\ntrustedProxies: ['127.0.0.1']")
	signIn := func(forwarded string) int {
		return h.post(signInPath, `{}`, [2]string{"X-Forwarded-For", forwarded}).status
	}
	for i := range 3 {
		if got := signIn(fmt.Sprintf("203.0.113.%d", i)); got != 400 {
			t.Errorf("client %d: %d", i, got)
		}
	}
	for i := range 3 {
		if got := signIn(fmt.Sprintf("198.51.100.%d, 203.0.113.1", i)); got != 429 {
			t.Errorf("a client that forges the header escapes its limit: %d", got)
		}
	}
}

func TestTheSessionRemembersTheClient(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"trustedProxies: ['127.0.0.1']")
	cookie, _ := h.signUp("a@b.co", [2]string{"X-Forwarded-For", "2001:db8::1"}, [2]string{"User-Agent", "browser/1"})
	if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, `"ipAddress":"2001:db8::1","userAgent":"browser/1"`) {
		t.Error(got.body)
	}
}

func TestAnotherBasePath(t *testing.T) {
	t.Parallel()
	h := start(t, "basePath: /auth\nrateLimit: {default: {max: 2, window: 1m}}")
	for path, want := range map[string]int{"/auth/ok": 200, "/api/auth/ok": 404, "/authx/ok": 404, "/auth": 404} {
		if got := h.get(path); got.status != want {
			t.Errorf("%s: %d, want %d", path, got.status, want)
		}
	}
	if got := h.get("/auth/ok/"); got.status != 404 {
		t.Errorf("trailing slash: %d", got.status)
	}
	if got := h.get("/auth/ok"); got.status != 429 {
		t.Errorf("the limit below another base path: %d", got.status)
	}
}

func TestSignOutWithACookieCacheOfAnotherConfiguration(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"baseURL: http://localhost:3001")
	got := h.post("/api/auth/sign-out", "{}", [2]string{"Origin", "http://localhost:3001"}, [2]string{"Cookie", "better-auth.session_data.0=a; better-auth.session_data.1=b; better-auth.session_database=c"})
	var names []string
	for _, header := range got.headers["Set-Cookie"] {
		name, _, _ := splitCookie(header)
		names = append(names, strings.TrimPrefix(name, "better-auth."))
	}
	want := []string{"session_token", "session_data", "session_data.0", "session_data.1", "dont_remember"}
	if got.status != 200 || !slices.Equal(names, want) {
		t.Errorf("%d, cookies %q, want %q", got.status, names, want)
	}
}

// TestSecretsStayOutOfLogs runs every flow with the log at its most talkative.
func TestSecretsStayOutOfLogs(t *testing.T) {
	t.Parallel()
	h := start(t, "baseURL: http://localhost:3001\nrateLimit: {default: {max: 3, window: 1m}, auth: {max: 30, window: 1m}}\ncustomFields: [{name: note, type: string}]\nuser: {deleteUser: {enabled: true}}")
	cookie, signedUp := h.signUp("private@example.com")
	h.post(signInPath, `{"email":"private@example.com","password":"Password123!","callbackURL":"/callback-secret"}`)
	h.post(signInPath, `{"email":"private@example.com","password":"wrong-password"}`)
	h.post(signInPath, `{"email":"private@example.com"`)
	h.post(signUpPath, `{"name":"x","email":"private@example.com","password":"Password123!","note":"note-secret"}`)
	for range 6 {
		h.get(getSessionPath+"?disableRefresh=query-secret", cookie)
	}
	h.get("/api/auth/reset-password/path-secret", cookie)
	h.get("/api/auth/jwt", cookie)
	h.get("/api/validate-session", cookie)
	h.post(changePasswordPath, `{"currentPassword":"wrong-password","newPassword":"new-password-secret","revokeOtherSessions":true}`, cookie, own)
	h.post(updateUserPath, `{"note":"note-secret","name":null}`, cookie, own)
	h.post(deleteUserPath, `{"token":"token-secret"}`, cookie, own)
	h.get(deleteUserPath+"/callback?token=token-secret", cookie)
	h.exec(`drop table session cascade`)
	if got := h.get("/api/validate-session", cookie); got.status != 500 || got.body != `{"message":"Internal Server Error","code":"INTERNAL_SERVER_ERROR"}` {
		t.Errorf("a broken database: %d %s", got.status, got.body)
	}
	h.post("/api/auth/sign-out", `{}`, cookie, [2]string{"Origin", "http://localhost:3001"})
	h.stop()
	log := h.log.String()
	var body struct{ Token string }
	if err := json.Unmarshal([]byte(signedUp.body), &body); err != nil {
		t.Fatal(err)
	}
	_, value, _ := strings.Cut(cookie[1], "=")
	decoded, err := url.PathUnescape(value)
	if err != nil {
		t.Fatal(err)
	}
	for _, private := range []string{
		"Password123!", "wrong-password", "private@example.com", "callback-secret", "note-secret", "query-secret", "path-secret", "new-password-secret", "token-secret", secret, jwtSecret,
		body.Token, value, decoded, h.url,
	} {
		if strings.Contains(log, private) {
			t.Errorf("the log has %q", private)
		}
	}
	for _, wanted := range []string{`"route":"/api/auth/sign-up/email"`, `"status":429`, `"level":"ERROR"`, `"requestID":`} {
		if !strings.Contains(log, wanted) {
			t.Errorf("the log has no %s", wanted)
		}
	}
	if n := strings.Count(log, `"level":"ERROR"`); n < 1 || n > 2 {
		t.Errorf("%d error lines for two failed requests", n)
	}
}

func TestRequestIDsAreTakenOrMade(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited)
	h.get("/api/auth/ok", [2]string{"X-Request-Id", "trace-1.a_B"})
	h.get("/api/auth/ok", [2]string{"X-Request-Id", `"injected"`})
	h.stop()
	log := h.log.String()
	if !strings.Contains(log, `"requestID":"trace-1.a_B"`) || strings.Contains(log, "injected") {
		t.Error(log)
	}
}

func TestTheLogNamesARefusedOrigin(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited)
	h.post(signInPath, `{"email":"a@b.co","password":"x"}`, [2]string{"Referer", "https://forgotten.example.com/page?private=1"})
	h.post(signInPath, `{}`)
	h.stop()
	log := h.log.String()
	if !strings.Contains(log, `"code":"INVALID_ORIGIN","origin":"https://forgotten.example.com"`) || !strings.Contains(log, `"code":"VALIDATION_ERROR"`) {
		t.Error(log)
	}
}

func TestMetrics(t *testing.T) {
	t.Parallel()
	h := start(t, "rateLimit: {default: {max: 1, window: 1m}}")
	h.get("/api/auth/ok")
	h.get("/api/auth/ok")
	h.get("/unknown-secret")
	public := h.address
	h.address = h.ops
	got := h.get("/metrics")
	h.address = public
	for _, want := range []string{
		`gatehouse_http_request_duration_seconds_count{code="200",method="GET",route="/api/auth/ok"} 1`,
		`gatehouse_http_request_duration_seconds_count{code="429",method="GET",route="/api/auth/ok"} 1`,
		`gatehouse_http_request_duration_seconds_count{code="404",method="GET",route="none"} 1`,
		`gatehouse_rate_limit_refusals_total{route="/api/auth/ok"} 1`,
		"gatehouse_http_requests_in_flight 0", "gatehouse_password_hashes 0", "gatehouse_database_connections_limit 10", "go_goroutines",
	} {
		if !strings.Contains(got.body, want) {
			t.Errorf("no %s", want)
		}
	}
	if strings.Contains(got.body, "unknown-secret") {
		t.Error("paths of clients are labels")
	}
}
