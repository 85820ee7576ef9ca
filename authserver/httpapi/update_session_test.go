package httpapi_test

import (
	"slices"
	"strings"
	"testing"
	"time"
)

const updateSessionPath = "/api/auth/update-session"

// withSessionFields has a field of each kind: every type, with and without default, closed to clients, and hidden.
const withSessionFields = `session: {fields: [
	{name: device, type: string, unique: true}, {name: theme, type: string, default: light, required: true}, {name: level, type: number, default: "1", input: false},
	{name: active, type: boolean}, {name: since, type: date}, {name: tags, type: "string[]", default: '["a"]'}, {name: meta, type: json},
	{name: plan, type: enum, values: [free, pro]}, {name: hidden, type: string, default: x, returned: false}]}
`

func TestSessionFieldsAreInEverySession(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+withSessionFields)
	cookie, _ := h.signUp("a@b.co")
	const begun = `"device":null,"theme":"light","level":1,"active":null,"since":null,"tags":["a"],"meta":null,"plan":null,"id":"`
	const changed = `"device":"phone","theme":"dark","level":1,"active":true,"since":"2001-02-03T00:00:00.000Z","tags":["b"],"meta":{"k":null},"plan":"pro","id":"`
	if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, begun) {
		t.Errorf("after sign-up: %s", got.body)
	}
	h.clock.advance(time.Second)
	const body = `{"device":"phone","theme":"dark","active":"yes","since":"2001-02-03","tags":["b"],"meta":{"k":null},"plan":"pro","hidden":"y","level":0}`
	if got := h.post(updateSessionPath, body, cookie, own); got.status != 200 || !strings.Contains(got.body, changed) {
		t.Errorf("update-session: %d %s", got.status, got.body)
	}
	for _, path := range []string{getSessionPath, "/api/auth/list-sessions", "/api/validate-session"} {
		if got := h.get(path, cookie); !strings.Contains(got.body, changed) || strings.Contains(got.body, "hidden") {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	var hidden string
	if err := h.db.QueryRow(t.Context(), `select hidden from session where "updatedAt" > "createdAt"`).Scan(&hidden); err != nil || hidden != "y" {
		t.Errorf("hidden is %q, %v", hidden, err)
	}
	// Sessions that another way begins have the defaults too.
	const change = `{"newPassword":"NewPassword1","currentPassword":"Password123!","revokeOtherSessions":true}`
	renewed := cookieOf(h.post(changePasswordPath, change, cookie, own))
	if got := h.get(getSessionPath, renewed); !strings.Contains(got.body, begun) {
		t.Errorf("after a change of password: %s", got.body)
	}
	again := cookieOf(h.post(signInPath, `{"email":"a@b.co","password":"NewPassword1"}`))
	if got := h.get(getSessionPath, again); !strings.Contains(got.body, begun) {
		t.Errorf("after a sign-in: %s", got.body)
	}
}

// TestBadValuesOfSessionFieldsAreNamed sends what Better-Auth answers with an empty 500, and what is refused there too.
func TestBadValuesOfSessionFieldsAreNamed(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+withSessionFields)
	cookie, _ := h.signUp("a@b.co")
	other, _ := h.signUp("b@b.co")
	if got := h.post(updateSessionPath, `{"device":"taken"}`, other, own); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	for body, want := range map[string]string{
		`{"theme":null}`:      `[body.theme] Invalid input: expected string, received null","code":"VALIDATION_ERROR"`,
		`{"device":"\u0000"}`: `[body.device] Invalid input: must not contain the character U+0000","code":"VALIDATION_ERROR"`,
		`{"active":"maybe"}`:  `[body.active] Invalid input: expected boolean, received string","code":"VALIDATION_ERROR"`,
		`{"since":5}`:         `[body.since] Invalid input: expected ISO 8601 date, received number","code":"VALIDATION_ERROR"`,
		`{"meta":"{"}`:        `[body.meta] Invalid input: expected JSON, received string","code":"VALIDATION_ERROR"`,
		`{"plan":"none"}`:     `[body.plan] Invalid option: expected one of \"free\"|\"pro\"","code":"VALIDATION_ERROR"`,
		`{"device":"taken"}`:  `[body.device] Invalid input: another session has this value","code":"VALIDATION_ERROR"`,
		`{"device":"` + incompressible(9000) + `"}`: `[body.device] Invalid input: the database refuses the value","code":"VALIDATION_ERROR"`,
		`{"level":2}`: `level is not allowed to be set","code":"FIELD_NOT_ALLOWED"`,
		`{"level":0,"userId":"x","token":"x","expiresAt":"2030-01-01T00:00:00.000Z","id":"x"}`: `No fields to update"`,
		`null`: `[body] Invalid input: expected record, received null","code":"VALIDATION_ERROR"`,
		``:     `[body] Invalid input: expected record, received undefined","code":"VALIDATION_ERROR"`,
	} {
		got := h.post(updateSessionPath, body, cookie, own)
		if got.status != 400 || got.body != `{"message":"`+want+`}` || got.headers["Set-Cookie"] != nil {
			t.Errorf("%.60s: %d %s", body, got.status, got.body)
		}
	}
	if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, `"device":null,"theme":"light","level":1,`) {
		t.Errorf("a refused update changed something: %s", got.body)
	}
	if strings.Contains(h.log.String(), `"level":"ERROR"`) {
		t.Error(h.log.String())
	}
	if got := h.post(updateSessionPath, `{"device":"x"}`, cookie, [2]string{"Origin", "https://evil.example.com"}); got.status != 403 {
		t.Errorf("from another origin: %d", got.status)
	}
}

func TestTheCookieCacheKnowsSessionFields(t *testing.T) {
	t.Parallel()
	for _, strategy := range strategies {
		t.Run(string(strategy), func(t *testing.T) {
			t.Parallel()
			h := start(t, unlimited+baseURL+strings.Replace(withSessionFields, "{fields", "{cookieCache: {enabled: true, strategy: "+string(strategy)+"}, fields", 1))
			cookie, _ := h.signUp("a@b.co")
			got := h.post(updateSessionPath, `{"device":"phone","meta":[1]}`, cookie, own)
			if got.status != 200 {
				t.Fatalf("%d %s", got.status, got.body)
			}
			h.exec(`alter table session rename to gone`)
			const want = `"userAgent":"","device":"phone","theme":"light","level":1,"active":null,"since":null,"tags":["a"],"meta":[1],"plan":null},"user":{`
			if got := h.get(getSessionPath, cookieOf(got)); !strings.Contains(got.body, want) {
				t.Errorf("%d %s", got.status, got.body)
			}
			h.exec(`alter table gone rename to session`)
			h.exec(`delete from session`)
			revoked := h.post(updateSessionPath, `{"device":"tablet"}`, cookie, own)
			if revoked.status != 401 || !strings.Contains(revoked.body, "FAILED_TO_GET_SESSION") || !slices.Equal(revoked.headers["Set-Cookie"], clearing) {
				t.Errorf("of a revoked session: %d %s %q", revoked.status, revoked.body, revoked.headers["Set-Cookie"])
			}
		})
	}
}

func TestANotRememberedSessionStaysSoWhenItIsUpdated(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+withSessionFields)
	h.signUp("a@b.co")
	cookie := cookieOf(h.post(signInPath, `{"email":"a@b.co","password":"Password123!","rememberMe":false}`))
	got := h.post(updateSessionPath, `{"theme":"dark"}`, cookie, own)
	if got.status != 200 || len(got.headers["Set-Cookie"]) != 2 || strings.Contains(strings.Join(got.headers["Set-Cookie"], ""), "Max-Age") {
		t.Errorf("%d %q", got.status, got.headers["Set-Cookie"])
	}
}
