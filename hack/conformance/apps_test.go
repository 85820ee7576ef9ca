package conformance

import (
	"encoding/base64"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// TestAppsKnowTheUserOfACookie runs the back ends that users copy from us, and asks them as a browser does.
func TestAppsKnowTheUserOfACookie(t *testing.T) {
	t.Parallel()
	for name, app := range map[string]struct {
		start func(testing.TB, servers.Server) string
		// roles says that there is /admin/, nobody which status it has for nobody.
		roles  bool
		nobody int
	}{
		"FastAPI": {start: func(tb testing.TB, server servers.Server) string { return servers.FastAPI(tb, "with_cookie", server) }},
		"Express": {start: servers.Express, roles: true, nobody: http.StatusForbidden},
		"Go":      {start: servers.GoApp, roles: true, nobody: http.StatusUnauthorized},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, user := userOfApps(t)
			address := app.start(t, server)
			cookie := "theme=dark; better-auth.session_token=" + user.cookies[0].Value
			answers := func(path, cookie string, status int) reply {
				t.Helper()
				got := fetch(t, address+path, "Cookie", cookie)
				if got.status != status {
					t.Errorf("%s: %d %s, want %d", path, got.status, got.raw, status)
				}
				return got
			}
			if got := answers("/api/protected", cookie, http.StatusOK); got.at("user.email") != "alice@example.com" || got.at("message") != "Protected data" {
				t.Errorf("the user is %v", got.at("user"))
			}
			tampered := strings.Replace(cookie, "session_token=", "session_token=x", 1)
			for _, nobody := range []string{"", "theme=dark", tampered} {
				answers("/api/protected", nobody, http.StatusUnauthorized)
			}
			if app.roles {
				answers("/admin/", "", app.nobody)
				answers("/admin/users", tampered, app.nobody)
				answers("/admin/users", cookie, http.StatusForbidden)
				execute(t, connect(t, server.Settings.Database), `UPDATE "user" SET role = 'admin'`)
				answers("/admin/users", cookie, http.StatusOK)
			}
			user.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
			answers("/api/protected", cookie, http.StatusUnauthorized)
			if app.roles {
				answers("/admin/users", cookie, app.nobody)
			}
		})
	}
}

// TestAppsVerifyTokens gives PyJWT the tokens of GET /jwt, and others that only look like one.
func TestAppsVerifyTokens(t *testing.T) {
	t.Parallel()
	server, user := userOfApps(t)
	address := servers.FastAPI(t, "with_token", server)
	token, _ := user.get("/jwt").want(t, http.StatusOK).at("token").(string)
	got := fetch(t, address+"/api/protected", "Authorization", "Bearer "+token)
	if got.status != http.StatusOK || got.at("user.email") != "alice@example.com" || got.at("user.name") != "Alice" || got.at("user.sub") == nil {
		t.Errorf("%d %s", got.status, got.raw)
	}
	now := time.Now()
	claims := func(change ...any) jwt.MapClaims {
		c := jwt.MapClaims{"sub": "x", "email": "mallory@example.com", "name": "M", "iss": "better-auth", "iat": now.Unix(), "exp": now.Add(time.Hour).Unix()}
		for i := 0; i < len(change); i += 2 {
			c[change[i].(string)] = change[i+1]
		}
		return c
	}
	for name, authorization := range map[string]string{
		"none":           "",
		"no scheme":      token,
		"tampered":       "Bearer " + withAnotherUser(t, token),
		"cut":            "Bearer " + token[:len(token)-2],
		"expired":        "Bearer " + signed(t, jwt.SigningMethodHS256, claims("exp", now.Add(-time.Minute).Unix()), servers.JWTSecret),
		"another secret": "Bearer " + signed(t, jwt.SigningMethodHS256, claims(), servers.Secret),
		"another issuer": "Bearer " + signed(t, jwt.SigningMethodHS256, claims("iss", "mallory"), servers.JWTSecret),
		"another method": "Bearer " + signed(t, jwt.SigningMethodHS512, claims(), servers.JWTSecret),
		"no signature":   "Bearer " + unsigned(t, claims()),
		"a cookie":       "Bearer " + user.cookies[0].Value,
	} {
		if got := fetch(t, address+"/api/protected", "Authorization", authorization); got.status != http.StatusUnauthorized {
			t.Errorf("%s: %d %s", name, got.status, got.raw)
		}
	}
	// What is refused above is refused for one reason: a token that has it all right is taken.
	if got := fetch(t, address+"/api/protected", "Authorization", "Bearer "+signed(t, jwt.SigningMethodHS256, claims(), servers.JWTSecret)); got.status != http.StatusOK {
		t.Errorf("a good token: %d %s", got.status, got.raw)
	}
}

// userOfApps is a server with a signed-in user who has the default role.
func userOfApps(t *testing.T) (servers.Server, *browser) {
	t.Helper()
	closed := false
	server := servers.Gatehouse(t, servers.Settings{Database: pgtest.Database(t), Fields: []config.CustomField{
		{Name: "role", Type: "string", Default: new("user"), Input: &closed},
	}})
	user := &browser{t: t, server: server}
	user.post("/sign-up/email", map[string]any{"name": "Alice", "email": "alice@example.com", "password": "Password123!"}).want(t, http.StatusOK)
	return server, user
}

// fetch asks an application with one header, unless it is "".
func fetch(t *testing.T, address, header, value string) reply {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	if err != nil {
		t.Fatal(err)
	}
	if value != "" {
		request.Header.Set(header, value)
	}
	return exchange(t, request)
}

func signed(t *testing.T, method jwt.SigningMethod, claims jwt.MapClaims, secret string) string {
	t.Helper()
	token, err := jwt.NewWithClaims(method, claims).SignedString([]byte(secret))
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func unsigned(t *testing.T, claims jwt.MapClaims) string {
	t.Helper()
	token, err := jwt.NewWithClaims(jwt.SigningMethodNone, claims).SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

// withAnotherUser is a token with another user in it and the signature of the first.
func withAnotherUser(t *testing.T, token string) string {
	t.Helper()
	parts := strings.Split(token, ".")
	payload, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(payload), "alice@", "admin@", 1)
	if changed == string(payload) || !json.Valid([]byte(changed)) {
		t.Fatalf("the payload is %s", payload)
	}
	parts[1] = base64.RawURLEncoding.EncodeToString([]byte(changed))
	return strings.Join(parts, ".")
}
