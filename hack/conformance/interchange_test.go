package conformance

import (
	"maps"
	"net/http"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

const (
	email    = "Someone.Else@Example.com"
	password = "correct horse battery staple"
)

// signedUp is the browser of a new user of the maker, with a session there.
func signedUp(t *testing.T, d direction, fields map[string]any) *browser {
	t.Helper()
	b := &browser{t: t, server: d.maker}
	b.post("/sign-up/email", account(d, fields)).want(t, http.StatusOK)
	return b
}

// account is the body of sign-up; each direction has a user of its own.
func account(d direction, fields map[string]any) map[string]any {
	body := map[string]any{"name": "Someone Else", "email": address(d), "password": password}
	maps.Copy(body, fields)
	return body
}

func address(d direction) string { return d.maker.Name + "." + email }

func credentials(d direction) map[string]any {
	return map[string]any{"email": address(d), "password": password}
}

func TestInterchangeOfPasswords(t *testing.T) {
	t.Parallel()
	bothWays(t, servers.Settings{}, func(t *testing.T, d direction) {
		made := signedUp(t, d, nil).get("/get-session")
		there := &browser{t: t, server: d.taker}
		if found := there.post("/sign-in/email", credentials(d)).want(t, http.StatusOK); !reflect.DeepEqual(found.at("user"), made.at("user")) {
			t.Errorf("the user was %v and is %v", made.at("user"), found.at("user"))
		}
		wrong := credentials(d)
		wrong["password"] = password + "!"
		if refused := there.post("/sign-in/email", wrong).want(t, http.StatusUnauthorized); refused.at("code") != "INVALID_EMAIL_OR_PASSWORD" {
			t.Error(refused.raw)
		}
		if taken := there.post("/sign-up/email", account(d, nil)).want(t, http.StatusUnprocessableEntity); taken.at("code") != "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" {
			t.Error(taken.raw)
		}
	})
}

func TestInterchangeOfUnicodePasswords(t *testing.T) {
	t.Parallel()
	// Each pair is one password in two notations, equal after NFKC.
	pairs := map[string][2]string{
		"composed":      {"Gr\u00fc\u00dfe aus K\u00f6ln", "Gru\u0308\u00dfe aus Ko\u0308ln"},
		"compatibility": {"\uff30\uff41\uff53\uff53\u2460\ufb01\u2122 word", "Pass1fiTM word"},
		"hangul":        {"\ube44\ubc00\ubc88\ud638 \ud55c\uad6d\uc5b4", "\u1107\u1175\u1106\u1175\u11af\u1107\u1165\u11ab\u1112\u1169 \u1112\u1161\u11ab\u1100\u116e\u11a8\u110b\u1165"},
		"emoji":         {"\U0001f469\u200d\U0001f4bb\U0001f511\U0001f511", "\U0001f469\u200d\U0001f4bb\U0001f511\U0001f511"},
	}
	bothWays(t, servers.Settings{}, func(t *testing.T, d direction) {
		for name, pair := range pairs {
			t.Run(name, func(t *testing.T) {
				made := &browser{t: t, server: d.maker}
				body := account(d, map[string]any{"email": name + "." + address(d), "password": pair[0]})
				made.post("/sign-up/email", body).want(t, http.StatusOK)
				body["password"] = pair[1]
				made.at(d.taker).post("/sign-in/email", body).want(t, http.StatusOK)
			})
		}
	})
}

func TestInterchangeOfSessions(t *testing.T) {
	t.Parallel()
	bothWays(t, servers.Settings{}, func(t *testing.T, d direction) {
		here := signedUp(t, d, nil)
		there := here.at(d.taker)
		made, found := here.get("/get-session"), there.get("/get-session")
		if made.body == nil || !reflect.DeepEqual(made.body, found.body) {
			t.Fatalf("the session was %s and is %s", made.raw, found.raw)
		}
		if found.header.Values("Set-Cookie") != nil {
			t.Errorf("a young session got cookies: %v", found.header.Values("Set-Cookie"))
		}
		there.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
		ended := here.get("/get-session").want(t, http.StatusOK)
		if ended.raw != "null" || ended.cookie(t, "session_token").MaxAge >= 0 {
			t.Errorf("after sign-out at %s, %s answers %s with %v", d.taker.Name, d.maker.Name, ended.raw, ended.cookies)
		}
	})
}

func TestInterchangeOfSessionRefresh(t *testing.T) {
	t.Parallel()
	const week = 7 * 24 * time.Hour
	bothWays(t, servers.Settings{}, func(t *testing.T, d direction) {
		here := signedUp(t, d, nil)
		token := here.get("/get-session").at("session.token")
		execute(t, d.database, `UPDATE session SET "expiresAt" = now() + interval '5 days' WHERE token = $1`, token)
		there := here.at(d.taker)
		refreshed := there.get("/get-session").want(t, http.StatusOK)
		if cookie := refreshed.cookie(t, "session_token"); cookie.MaxAge != int(week/time.Second) {
			t.Errorf("the refreshed cookie has Max-Age=%d", cookie.MaxAge)
		}
		expires := moment(t, refreshed.at("session.expiresAt"))
		if life := time.Until(expires); life < week-time.Minute || life > week+time.Minute {
			t.Errorf("the refreshed session lives for %s", life)
		}
		back := there.at(d.maker).get("/get-session")
		if seen := moment(t, back.at("session.expiresAt")); !seen.Equal(expires) {
			t.Errorf("refreshed to %s at %s, which %s sees as %s", expires, d.taker.Name, d.maker.Name, seen)
		}
	})
}

func TestInterchangeOfExpiredSessions(t *testing.T) {
	t.Parallel()
	bothWays(t, servers.Settings{}, func(t *testing.T, d direction) {
		here := signedUp(t, d, nil)
		token := here.get("/get-session").at("session.token")
		execute(t, d.database, `UPDATE session SET "expiresAt" = now() - interval '1 second' WHERE token = $1`, token)
		ended := here.at(d.taker).get("/get-session").want(t, http.StatusOK)
		if ended.raw != "null" || ended.cookie(t, "session_token").MaxAge >= 0 {
			t.Errorf("an expired session: %s with %v", ended.raw, ended.cookies)
		}
		var rows int
		if err := d.database.QueryRow(t.Context(), `SELECT count(*) FROM session WHERE token = $1`, token).Scan(&rows); err != nil || rows != 0 {
			t.Errorf("%d rows of the expired session are left (%v)", rows, err)
		}
	})
}

func TestInterchangeOfForgottenSessions(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	bothWays(t, servers.Settings{}, func(t *testing.T, d direction) {
		signedUp(t, d, nil)
		here := &browser{t: t, server: d.maker}
		body := credentials(d)
		body["rememberMe"] = false
		signedIn := here.post("/sign-in/email", body).want(t, http.StatusOK)
		for _, name := range []string{"session_token", "dont_remember"} {
			if cookie := signedIn.cookie(t, name); cookie.MaxAge != 0 {
				t.Errorf("%s outlives the browser: %s", name, cookie.Raw)
			}
		}
		there := here.at(d.taker)
		found := there.get("/get-session").want(t, http.StatusOK)
		if life := time.Until(moment(t, found.at("session.expiresAt"))); life < day-time.Minute || life > day+time.Minute {
			t.Errorf("the session lives for %s", life)
		}
		execute(t, d.database, `UPDATE session SET "expiresAt" = now() + interval '1 hour' WHERE token = $1`, found.at("session.token"))
		again := there.get("/get-session").want(t, http.StatusOK)
		if life := time.Until(moment(t, again.at("session.expiresAt"))); life > time.Hour || len(again.cookies) > 0 {
			t.Errorf("the session was refreshed to %s with %v", life, again.cookies)
		}
	})
}

func TestInterchangeOfCustomFields(t *testing.T) {
	t.Parallel()
	cases := map[string]struct {
		settings servers.Settings
		fields   map[string]any
	}{
		"seed": {servers.Settings{Fields: seed}, map[string]any{"role": "admin", "tier": "gold"}},
		"full": {servers.Settings{Fields: full}, map[string]any{
			"tier": "gold", "age": 31, "flag": true, "tags": []string{"a", "\u00fc, \"quoted\""}, "birthday": "2001-02-03T04:05:06.789Z",
			"secretNote": "not returned",
		}},
		"full, only what is required": {servers.Settings{Fields: full}, map[string]any{"tier": ""}},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bothWays(t, test.settings, func(t *testing.T, d direction) {
				here := signedUp(t, d, test.fields)
				made, found := here.get("/get-session"), here.at(d.taker).get("/get-session")
				if made.body == nil || !reflect.DeepEqual(made.body, found.body) {
					t.Errorf("the session was %s and is %s", made.raw, found.raw)
				}
				signedIn := here.at(d.taker).post("/sign-in/email", credentials(d)).want(t, http.StatusOK)
				if !reflect.DeepEqual(signedIn.at("user"), made.at("user")) {
					t.Errorf("the user was %v and is %v", made.at("user"), signedIn.at("user"))
				}
			})
		})
	}
}

func TestInterchangeOfCookies(t *testing.T) {
	t.Parallel()
	yes := true
	cases := map[string]struct {
		settings servers.Settings
		name     string
	}{
		"https base URL":     {servers.Settings{BaseURL: "https://auth.example.com"}, "__Secure-better-auth.session_token"},
		"secure at http":     {servers.Settings{SecureCookies: &yes}, "__Secure-better-auth.session_token"},
		"prefix":             {servers.Settings{CookiePrefix: "acme"}, "acme.session_token"},
		"prefix and domain":  {servers.Settings{BaseURL: "https://auth.example.com", CookiePrefix: "acme", CookieDomain: "example.com"}, "__Secure-acme.session_token"},
		"base path":          {servers.Settings{BasePath: "/auth/v2"}, "better-auth.session_token"},
		"versioned secrets":  {servers.Settings{Secrets: "2:" + strings.Repeat("second", 8) + ",1:" + servers.Secret}, "better-auth.session_token"},
		"secret of any text": {servers.Settings{Secret: `sécrét "with" 'quotes' \ and = + / ü 日本`}, "better-auth.session_token"},
	}
	for name, test := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bothWays(t, test.settings, func(t *testing.T, d direction) {
				here := signedUp(t, d, nil)
				if here.cookies[0].Name != test.name {
					t.Errorf("the cookie is called %s", here.cookies[0].Name)
				}
				found := here.at(d.taker).get("/get-session")
				if found.body == nil {
					t.Fatal("the session is not accepted")
				}
				here.cookies[0].Value += "x"
				if tampered := here.at(d.taker).get("/get-session"); tampered.raw != "null" {
					t.Errorf("with a changed signature: %s", tampered.raw)
				}
			})
		})
	}
}

func TestInterchangeAcrossARotation(t *testing.T) {
	t.Parallel()
	before := servers.Settings{Database: pgtest.Database(t)}
	after := before
	after.Secrets = "2:" + strings.Repeat("second", 8) + ",1:" + servers.Secret
	old, ours, rotated := servers.Reference(t, before), servers.Gatehouse(t, after), servers.Reference(t, after)

	d := direction{maker: old, taker: ours}
	here := signedUp(t, d, nil)
	if found := here.at(ours).get("/get-session"); found.body == nil {
		t.Error("a session from before the rotation is not accepted")
	}
	there := &browser{t: t, server: ours}
	there.post("/sign-in/email", credentials(d)).want(t, http.StatusOK)
	if found := there.at(rotated).get("/get-session"); found.body == nil {
		t.Error("a session from after the rotation is not accepted by better-auth with the same secrets")
	}
	if found := there.at(old).get("/get-session"); found.raw != "null" {
		t.Errorf("a session from after the rotation is signed with the old secret: %s", found.raw)
	}
}
