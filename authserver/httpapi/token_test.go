package httpapi_test

import (
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

const (
	tokenPath = "/api/auth/token"
	jwksPath  = "/api/auth/jwks"
	withJWT   = unlimited + "baseURL: https://auth.example.com\nsession: {cookie: {secure: false}}\n"
)

// tokenOf is the token of an answer of GET /token.
func tokenOf(t *testing.T, got answer) string {
	t.Helper()
	var body struct{ Token string }
	if err := json.Unmarshal([]byte(got.body), &body); err != nil || got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	return body.Token
}

// claims verifies a token with what the server publishes, and nothing else.
func (h *harness) claims(token string) jwt.MapClaims {
	h.t.Helper()
	published := h.get(jwksPath)
	var set jose.JSONWebKeySet
	if err := json.Unmarshal([]byte(published.body), &set); err != nil || published.status != 200 {
		h.t.Fatalf("%d %s", published.status, published.body)
	}
	parsed, err := jwt.Parse(token, func(token *jwt.Token) (any, error) {
		return set.Key(token.Header["kid"].(string))[0].Key, nil
	}, jwt.WithValidMethods([]string{set.Keys[0].Algorithm}), jwt.WithTimeFunc(h.clock.Now))
	if err != nil {
		h.t.Fatal(err)
	}
	return parsed.Claims.(jwt.MapClaims)
}

func TestTokensCarryTheReturnedFieldsOfTheUser(t *testing.T) {
	t.Parallel()
	for _, algorithm := range []string{"EdDSA", "ES256", "RS256"} {
		h := start(t, withJWT+"features: {jwt: {algorithm: "+algorithm+", ttl: 1h, audience: shop}}\n"+
			"customFields: [{name: role, type: string, default: user}, {name: note, type: string, default: x, returned: false}]")
		cookie, _ := h.signUp("a@b.co")
		claims := h.claims(tokenOf(t, h.get(tokenPath, cookie)))
		now := float64(h.clock.Now().Unix())
		for name, want := range map[string]any{
			"iat": now, "exp": now + 3600, "iss": "https://auth.example.com", "aud": "shop", "sub": claims["id"], "email": "a@b.co", "role": "user",
			"note": nil, "emailVerified": false,
		} {
			if claims[name] != want {
				t.Errorf("%s: claim %s is %v, want %v", algorithm, name, claims[name], want)
			}
		}
	}
}

func TestJWTEndpointsAreOffUntilTheyAreNamed(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited)
	cookie, _ := h.signUp("a@b.co")
	for _, path := range []string{tokenPath, jwksPath} {
		if got := h.get(path, cookie); got.status != 404 || got.body != "" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	if got := h.get(getSessionPath, cookie); got.headers.Get("Set-Auth-Jwt") != "" {
		t.Error("get-session sends set-auth-jwt")
	}
}

func TestSessionsComeWithAToken(t *testing.T) {
	t.Parallel()
	for yaml, test := range map[string]struct {
		deferred, silent bool
	}{
		"features: {jwt: {}}":                           {},
		"features: {jwt: {disableSettingHeader: true}}": {silent: true},
		"features: {jwt: {}}\nsession: {deferRefresh: true}\ntrustedOrigins: ['http://localhost']": {deferred: true},
		"features: {jwt: {}, bearer: {}}\nsession: {cookieCache: {enabled: true}}":                 {},
		"features: {jwt: {}}\nallowedOrigins: ['https://app.example.com']":                         {},
	} {
		h := start(t, unlimited+yaml)
		cookie, _ := h.signUp("a@b.co")
		answers := []answer{h.get(getSessionPath, cookie)}
		if test.deferred {
			answers = append(answers, h.post(getSessionPath, "", cookie, [2]string{"Origin", "http://localhost"}))
		}
		for _, got := range answers {
			token := got.headers.Get("Set-Auth-Jwt")
			if test.silent {
				if token != "" || got.headers.Get("Access-Control-Expose-Headers") != "" {
					t.Errorf("%s: %v", yaml, got.headers)
				}
				continue
			}
			if got.headers.Get("Access-Control-Expose-Headers") != "set-auth-jwt" {
				t.Errorf("%s: %v", yaml, got.headers)
			}
			if claims := h.claims(token); claims["email"] != "a@b.co" || !strings.Contains(got.body, claims["sub"].(string)) {
				t.Errorf("%s: claims %v", yaml, claims)
			}
		}
		if got := h.get(getSessionPath); got.body != "null" || got.headers.Get("Set-Auth-Jwt") != "" {
			t.Errorf("%s: without a session: %s %v", yaml, got.body, got.headers)
		}
		if got := h.get("/api/validate-session", cookie); got.headers.Get("Set-Auth-Jwt") != "" {
			t.Errorf("%s: validate-session: %v", yaml, got.headers)
		}
	}
}

func TestARevokedSessionGetsNoToken(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"features: {jwt: {}}\nsession: {cookieCache: {enabled: true}}")
	cookie, _ := h.signUp("a@b.co")
	h.exec("delete from session")
	if got := h.get(tokenPath, cookie); got.status != 401 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestATokenIsNoSession(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"features: {jwt: {}, bearer: {}}")
	cookie, _ := h.signUp("a@b.co")
	token := tokenOf(t, h.get(tokenPath, cookie))
	parts := strings.Split(token, ".")
	unsigned := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"sub": "x"})
	none, err := unsigned.SignedString(jwt.UnsafeAllowNoneSignatureType)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{token, parts[0] + "." + parts[1], none} {
		if got := h.get(getSessionPath, authorization("Bearer "+text)); got.status != 200 || got.body != "null" || got.headers["Set-Cookie"] != nil {
			t.Errorf("%d %s %q", got.status, got.body, got.headers["Set-Cookie"])
		}
	}
}

func TestLargeFieldsDoNotLockAUserOut(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"features: {jwt: {}}\ncustomFields: [{name: extra, type: string}]")
	cookie, _ := h.signUp("a@b.co")
	h.exec(`update "user" set extra = repeat('x', 8000)`)
	if got := h.get(getSessionPath, cookie); got.status != 200 || got.headers.Get("Set-Auth-Jwt") != "" || !strings.Contains(h.log.String(), "too large for a header") {
		t.Errorf("%d, header of %d bytes", got.status, len(got.headers.Get("Set-Auth-Jwt")))
	}
	if claims := h.claims(tokenOf(t, h.get(tokenPath, cookie))); len(claims["extra"].(string)) != 8000 {
		t.Errorf("claims %v", claims)
	}
}

func TestSessionsGoOnWithoutKeys(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+"features: {jwt: {}}")
	cookie, _ := h.signUp("a@b.co")
	h.exec("alter table jwks rename to elsewhere")
	if got := h.get(getSessionPath, cookie); got.status != 200 || !strings.Contains(got.body, "a@b.co") || got.headers.Get("Set-Auth-Jwt") != "" {
		t.Errorf("get-session: %d %s", got.status, got.body)
	}
	for _, path := range []string{tokenPath, jwksPath} {
		if got := h.get(path, cookie); got.status != 500 || got.body != `{"message":"Internal Server Error","code":"INTERNAL_SERVER_ERROR"}` || got.headers.Get("Cache-Control") == "public, max-age=300" {
			t.Errorf("%s: %d %s %v", path, got.status, got.body, got.headers)
		}
	}
	h.exec("alter table elsewhere rename to jwks")
	h.claims(tokenOf(t, h.get(tokenPath, cookie)))
}

func TestARotationOfSecretsKeepsTheKeys(t *testing.T) {
	t.Parallel()
	old, current := strings.Repeat("old", 12), strings.Repeat("new", 12)
	h := start(t, unlimited+"features: {jwt: {rotationInterval: 24h}}", func(o *server.Options) {
		o.Secrets.Keys = []config.SigningKey{{Value: config.Redacted(old)}}
	})
	cookie, _ := h.signUp("a@b.co")
	before := tokenOf(t, h.get(tokenPath, cookie))
	published := h.get(jwksPath).body
	h.stop()
	h.run(server.Options{
		Config: load(t, unlimited+"features: {jwt: {rotationInterval: 24h}}"), DatabaseURL: config.Redacted(h.url), Now: h.clock.Now, Log: slog.New(slog.DiscardHandler),
		Secrets: config.Secrets{Keys: []config.SigningKey{{Version: 2, Versioned: true, Value: config.Redacted(current)}, {Value: config.Redacted(old)}}, JWT: jwtSecret},
	})
	h.claims(before)
	if after := h.get(jwksPath).body; after != published {
		t.Errorf("published %s, before %s", after, published)
	}
	if after := tokenOf(t, h.get(tokenPath, cookie)); strings.Split(after, ".")[0] != strings.Split(before, ".")[0] {
		t.Error("another key signs")
	}
	h.clock.advance(23 * time.Hour)
	h.get(jwksPath)
	var envelopes int
	if err := h.db.QueryRow(t.Context(), `select count(*) from jwks where "privateKey" like '"$ba$2$%"'`).Scan(&envelopes); err != nil || envelopes != 1 {
		t.Errorf("%d keys are encrypted with the new secret, %v", envelopes, err)
	}
}
