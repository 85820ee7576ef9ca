package httpapi_test

import (
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

const (
	sendVerificationPath = "/api/auth/send-verification-email"
	verifyEmailPath      = "/api/auth/verify-email"
	requestResetPath     = "/api/auth/request-password-reset"
	resetPasswordPath    = "/api/auth/reset-password"
	changeEmailPath      = "/api/auth/change-email"
)

// linkToken is the token of a link.
func linkToken(t *testing.T, link string) string {
	t.Helper()
	parsed, err := url.Parse(link)
	if err != nil {
		t.Fatal(err)
	}
	if token := parsed.Query().Get("token"); token != "" {
		return token
	}
	return parsed.Path[strings.LastIndexByte(parsed.Path, '/')+1:]
}

// requestReset asks for a reset and returns its token.
func (h *harness) requestReset(email string) string {
	h.t.Helper()
	if got := h.post(requestResetPath, `{"email":"`+email+`"}`); got.status != 200 {
		h.t.Fatalf("%d %s", got.status, got.body)
	}
	return linkToken(h.t, h.newLink("reset-password"))
}

// elsewhere are URLs that lead browsers to other places.
var elsewhere = []string{
	"https://evil.example.com", "//evil.example.com", `/\evil.example.com`, `\\evil.example.com`, "/%2fevil.example.com", "/%5Cevil.example.com",
	"https://localhost:3001@evil.example.com", "https://localhost:3001.evil.example.com/", "http://localhost:3001\\@evil.example.com", "http:evil.example.com",
	"javascript:alert(1)", "javascript://localhost:3001/%0aalert(1)", "data:text/html,x", "vbscript:x", "/\t/evil.example.com", "/x\r\nSet-Cookie: a=b", "\x00/x", "evil", "http://localhost:3001/\x7f",
}

// TestLinksLeadNowhereElse opens links, good and bad ones, with callback URLs that are not trusted.
func TestLinksLeadNowhereElse(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+unsent+"user: {deleteUser: {enabled: true, sendVerification: true}}")
	cookie, _ := h.signUp("a@b.co")
	h.post(sendVerificationPath, `{"email":"a@b.co"}`)
	verify := linkToken(t, h.newLink("verify-email"))
	reset := h.requestReset("a@b.co")
	h.post(deleteUserPath, `{}`, cookie, own)
	gone := linkToken(t, h.newLink("delete-user"))
	mails := len(h.outbox())
	for _, to := range elsewhere {
		query := "callbackURL=" + url.QueryEscape(to)
		for _, path := range []string{
			verifyEmailPath + "?token=" + verify + "&" + query, verifyEmailPath + "?token=x&" + query, resetPasswordPath + "/" + reset + "?" + query,
			resetPasswordPath + "/x?" + query, deleteUserPath + "/callback?token=" + gone + "&" + query, verifyEmailPath + "?token=x&" + query + "&" + query,
			resetPasswordPath + "/x?callbackURL=/ok&" + query,
		} {
			if got := h.get(path, cookie); got.status != 403 && got.status != 400 || got.headers.Get("Location") != "" {
				t.Errorf("%s: %d, location %q", path, got.status, got.headers.Get("Location"))
			}
		}
		quoted, err := json.Marshal(to)
		if err != nil {
			t.Fatal(err)
		}
		for path, body := range map[string]string{
			sendVerificationPath: `{"email":"a@b.co","callbackURL":%s}`, requestResetPath: `{"email":"a@b.co","redirectTo":%s}`,
			changeEmailPath: `{"newEmail":"new@b.co","callbackURL":%s}`, deleteUserPath: `{"callbackURL":%s}`,
			signInPath: `{"email":"a@b.co","password":"Password123!","callbackURL":%s}`,
		} {
			if got := h.post(path, fmt.Sprintf(body, quoted), cookie, own); got.status != 403 {
				t.Errorf("%s to %q: %d %s", path, to, got.status, got.body)
			}
		}
	}
	if got := len(h.outbox()); got != mails {
		t.Errorf("%d mails of refused requests", got-mails)
	}
	if got := h.get(getSessionPath, cookie); !strings.Contains(got.body, `"emailVerified":false`) {
		t.Errorf("a refused link did something: %s", got.body)
	}
}

func TestLinksLeadBack(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+unsent+"trustedOrigins: ['https://app.example.com', 'myapp://']")
	h.signUp("a@b.co")
	reset := h.requestReset("a@b.co")
	for callback, want := range map[string]string{
		"/reset?x=1#f": "http://localhost:3001/reset?x=1&token=" + reset + "#f", "https://app.example.com": "https://app.example.com/?token=" + reset,
		"myapp://reset": "myapp://reset?token=" + reset, "/reset?token=mine&token=yours": "http://localhost:3001/reset?token=" + reset, "": "http://localhost:3001/api/auth/error?error=INVALID_TOKEN",
	} {
		got := h.get(resetPasswordPath + "/" + reset + "?callbackURL=" + url.QueryEscape(callback))
		if got.status != 302 || got.headers.Get("Location") != want {
			t.Errorf("%s: %d %s", callback, got.status, got.headers.Get("Location"))
		}
	}
	for _, token := range []string{"x", strings.ToUpper(reset), reset + "%00", reset + "%20", "%2e%2e", "%ff", strings.Repeat("x", 4000), url.PathEscape("' or 1=1 --")} {
		got := h.get(resetPasswordPath + "/" + token + "?callbackURL=/r")
		if got.status != 302 || got.headers.Get("Location") != "http://localhost:3001/r?error=INVALID_TOKEN" {
			t.Errorf("%s: %d %s", token, got.status, got.headers.Get("Location"))
		}
	}
	for _, path := range []string{resetPasswordPath + "/", resetPasswordPath + "/" + reset + "/", resetPasswordPath + "//" + reset, resetPasswordPath + "/a/" + reset, "/api/auth/reset-passwor%64/" + reset} {
		if got := h.get(path + "?callbackURL=/r"); got.status != 404 || got.body != "" {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestHostileBodiesOfLinks(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+unsent+"user: {changeEmail: {enabled: true}, deleteUser: {enabled: true, sendVerification: true}}")
	cookie, _ := h.signUp("a@b.co")
	for _, path := range []string{sendVerificationPath, requestResetPath, resetPasswordPath, resetPasswordPath + "?token=a&token=b", resetPasswordPath + "?token=%00", changeEmailPath} {
		for _, body := range []string{
			``, `null`, `[]`, `{`, `"x"`, `{}`, `{"email":5}`, `{"email":null}`, `{"email":["a@b.co"]}`, `{"email":{"email":"a@b.co"}}`, `{"email":"\u0000@b.co"}`, `{"email":"a@b.co\u0000"}`,
			`{"email":"` + strings.Repeat("a", 400) + `@b.co"}`, `{"email":"a@b.co","redirectTo":5}`, `{"email":"a@b.co","redirectTo":null}`, `{"email":"a@b.co","redirectTo":"/\u0000"}`,
			`{"email":"a@b.co","callbackURL":{}}`, `{"email":"a@b.co","callbackURL":"/\u0000"}`, `{"newPassword":5,"token":"x"}`, `{"newPassword":"Password123!","token":5}`, `{"newPassword":"Password123!","token":"\u0000"}`,
			`{"newPassword":"Password123!","token":null}`, `{"newPassword":"Pass\u0000word123!","token":"x"}`, `{"newPassword":"` + strings.Repeat("x", 100_000) + `","token":"x"}`,
			`{"newPassword":"Password123!","token":"` + strings.Repeat("x", 100_000) + `"}`, `{"newEmail":"\u0000@b.co"}`, `{"newEmail":["x@b.co"]}`, `{"newEmail":"x@b"}`, `{"newEmail":"x@b.co","callbackURL":5}`,
			`{"newEmail":"a@b.co\r\nBcc: c@b.co"}`, `{"email":"a@b.co\r\nBcc: c@b.co"}`, `{"newEmail":"a@b.co, c@b.co"}`, "{\"email\":\"\xff@b.co\"}",
		} {
			if strings.Contains(body, "redirectTo") && path != requestResetPath {
				continue
			}
			for _, headers := range [][][2]string{nil, {cookie, own}} {
				if got := h.post(path, body, headers...); got.status < 400 || got.status > 403 {
					t.Errorf("%s %.60s: %d %s", path, body, got.status, got.body)
				}
			}
		}
	}
	for _, query := range []string{"", "?token=", "?token=%00", "?token=a&token=b", "?token=..", "?token=eyJhbGciOiJub25lIn0.e30.", "?token=" + strings.Repeat("x", 8000), "?token=%ff&callbackURL="} {
		if got := h.get(verifyEmailPath+query, cookie); got.status != 400 && got.status != 401 {
			t.Errorf("verify-email%s: %d %s", query, got.status, got.body)
		}
	}
	if mails := h.outbox(); len(mails) != 0 {
		t.Errorf("mails: %+v", mails)
	}
}

func TestOneResetTokenResetsOnce(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+unsent+"emailAndPassword: {revokeSessionsOnPasswordReset: true}")
	cookie, _ := h.signUp("a@b.co")
	token := h.requestReset("a@b.co")
	var won []string
	var mu sync.Mutex
	var uses sync.WaitGroup
	for i := range 6 {
		uses.Go(func() {
			password := fmt.Sprintf("NewPassword%d", i)
			got := h.post(resetPasswordPath, `{"token":"`+token+`","newPassword":"`+password+`"}`)
			mu.Lock()
			defer mu.Unlock()
			if got.status == 200 {
				won = append(won, password)
			} else if got.status != 400 || got.body != `{"message":"Invalid token","code":"INVALID_TOKEN"}` {
				t.Errorf("%d %s", got.status, got.body)
			}
		})
	}
	uses.Wait()
	if len(won) != 1 {
		t.Fatalf("%d uses of one token succeeded", len(won))
	}
	if got := h.post(signInPath, `{"email":"a@b.co","password":"`+won[0]+`"}`); got.status != 200 {
		t.Errorf("the winner's password: %d %s", got.status, got.body)
	}
	if got := h.get(getSessionPath, cookie); got.body != "null" {
		t.Errorf("the session from before the reset: %s", got.body)
	}
}

func TestARotationOfSecretsKeepsLinks(t *testing.T) {
	t.Parallel()
	const old, current = "old-secret-0123456789abcdefghijklmnop", "new-secret-0123456789abcdefghijklmnop"
	yaml := unlimited + baseURL + unsent
	h := start(t, yaml, func(o *server.Options) { o.Secrets.Keys = []config.SigningKey{{Version: 1, Value: old}} })
	h.signUp("a@b.co")
	h.post(sendVerificationPath, `{"email":"a@b.co"}`)
	link, reset := h.newLink("verify-email"), h.requestReset("a@b.co")
	restart := func(keys ...config.SigningKey) {
		h.stop()
		h.run(server.Options{
			Config: load(t, yaml), DatabaseURL: config.Redacted(h.url), Log: h.server.Log, Now: h.clock.Now, Wait: h.server.Wait, ShutdownTimeout: time.Second,
			Secrets: config.Secrets{Keys: keys, JWT: jwtSecret},
		})
	}
	restart(config.SigningKey{Version: 2, Value: current})
	if got := h.get(link); got.status != 302 || got.headers.Get("Location") != "/?error=INVALID_TOKEN" {
		t.Errorf("without the old secret: %d %s", got.status, got.headers.Get("Location"))
	}
	restart(config.SigningKey{Version: 2, Value: current}, config.SigningKey{Version: 1, Value: old})
	if got := h.get(link); got.status != 302 || got.headers.Get("Location") != "/" {
		t.Errorf("a link from before: %d %s", got.status, got.headers.Get("Location"))
	}
	if got := h.post(resetPasswordPath+"?token="+reset, `{"newPassword":"NewPassword1"}`); got.status != 200 {
		t.Errorf("a reset from before: %d %s", got.status, got.body)
	}
}
