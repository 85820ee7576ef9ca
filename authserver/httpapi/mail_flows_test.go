package httpapi_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"
)

const verified = `,"emailVerified":true,`

// TestNobodyComesInUnverified goes the whole way from sign-up to the first session.
func TestNobodyComesInUnverified(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+unsent+"emailAndPassword: {requireEmailVerification: true}\nemailVerification: {sendOnSignIn: true, autoSignInAfterVerification: true}")
	cookie, free := h.signUp("a@b.co")
	_, taken := h.signUp("a@b.co")
	if cookie[1] != "" || taken.headers["Set-Cookie"] != nil {
		t.Error("a session begins")
	}
	form := regexp.MustCompile(`^\{"token":null,"user":\{"name":"A","email":"a@b.co","emailVerified":false,"image":null,"createdAt":"[^"]+","updatedAt":"[^"]+","id":"\w{32}"\}\}$`)
	for name, got := range map[string]answer{"free": free, "taken": taken} {
		if !form.MatchString(got.body) {
			t.Errorf("a %s address: %s", name, got.body)
		}
	}
	if mails := h.newMails(); len(mails) != 1 || mails[0].To != "a@b.co" {
		t.Errorf("%+v, want one mail: the second visitor is a stranger", mails)
	}
	const refused = `{"message":"Email not verified","code":"EMAIL_NOT_VERIFIED"}`
	for password, want := range map[string]string{"Password123!": refused, "wrong-password": `{"message":"Invalid email or password","code":"INVALID_EMAIL_OR_PASSWORD"}`} {
		if got := h.post(signInPath, `{"email":"a@b.co","password":"`+password+`","callbackURL":"/in"}`); got.body != want || got.headers["Set-Cookie"] != nil || got.headers["Location"] != nil {
			t.Errorf("%s: %d %s", password, got.status, got.body)
		}
	}
	// One mail, for who knows the password.
	link := h.newLink("verify-email")
	if n := h.count("session"); n != 0 {
		t.Fatalf("%d sessions", n)
	}
	other, _ := h.signUp("other@b.co")
	got := h.get(link, other, [2]string{"User-Agent", "browser/1"})
	if got.status != 302 || got.headers.Get("Location") != "/in" || len(got.headers["Set-Cookie"]) != 1 {
		t.Fatalf("%d %q %q", got.status, got.headers.Get("Location"), got.headers["Set-Cookie"])
	}
	if session := h.get(getSessionPath, cookieOf(got)); !strings.Contains(session.body, `"email":"a@b.co"`+verified) || !strings.Contains(session.body, `"userAgent":"browser/1"`) {
		t.Errorf("the session of the link: %s", session.body)
	}
	if got := h.get(link); got.status != 302 || got.headers["Set-Cookie"] != nil {
		t.Errorf("a link signs in twice: %d %q", got.status, got.headers["Set-Cookie"])
	}
	if got := h.post(signInPath, `{"email":"a@b.co","password":"Password123!"}`); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestSignUpAndItsMailAreOne(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+unsent+"emailVerification: {sendOnSignUp: true}\nuser: {deleteUser: {enabled: true, sendVerification: true}}")
	cookie, _ := h.signUp("a@b.co")
	if mails := h.outbox(); len(mails) != 1 || cookie[1] == "" {
		t.Fatalf("%+v, cookie %q", mails, cookie[1])
	}
	h.refuseMails()
	for _, got := range []answer{h.post(signUpPath, signUpBody("b@b.co")), h.post(deleteUserPath, `{}`, cookie, own)} {
		if got.status != 500 || got.body != `{"message":"Internal Server Error","code":"INTERNAL_SERVER_ERROR"}` || got.headers["Set-Cookie"] != nil {
			t.Errorf("%d %s", got.status, got.body)
		}
	}
	for table, want := range map[string]int{"user": 1, "account": 1, "session": 1, "verification": 0} {
		if got := h.count(table); got != want {
			t.Errorf("%d rows of %s, want %d", got, table, want)
		}
	}
}

// TestTheCookieCacheFollowsTheAddress changes and verifies an address while the cache knows the old state.
func TestTheCookieCacheFollowsTheAddress(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+unsent+"session: {cookieCache: {enabled: true}}\nuser: {changeEmail: {enabled: true, updateWithoutVerification: true}}")
	cookie, _ := h.signUp("a@b.co")
	changed := h.post(changeEmailPath, `{"newEmail":"New@b.co"}`, cookie, own)
	if got := h.get(getSessionPath, cookieOf(changed)); changed.body != `{"status":true}` || !strings.Contains(got.body, `"email":"new@b.co"`) {
		t.Errorf("after the change: %s, %s", changed.body, got.body)
	}
	verify := h.get(h.newLink("verify-email"), cookieOf(changed))
	if verify.status != 302 || verify.headers["Set-Cookie"] != nil {
		t.Errorf("%d %q", verify.status, verify.headers["Set-Cookie"])
	}
	h.post(changeEmailPath, `{"newEmail":"newer@b.co"}`, cookieOf(changed), own)
	link := h.newLink("verify-new-email")
	h.exec(`delete from session`)
	revoked := h.get(link, cookieOf(changed))
	if revoked.status != 302 || strings.Join(revoked.headers["Set-Cookie"], "") == "" || strings.Contains(cookieOf(revoked)[1], "=e") {
		t.Errorf("the session was revoked: %d %q", revoked.status, revoked.headers["Set-Cookie"])
	}
	if got := h.post(signInPath, `{"email":"newer@b.co","password":"Password123!"}`); !strings.Contains(got.body, verified) {
		t.Errorf("%d %s", got.status, got.body)
	}
}

func TestANotRememberedUserStaysSoAfterAChangeOfAddress(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+unsent+"user: {changeEmail: {enabled: true, updateWithoutVerification: true}}")
	h.signUp("a@b.co")
	cookie := cookieOf(h.post(signInPath, `{"email":"a@b.co","password":"Password123!","rememberMe":false}`))
	got := h.post(changeEmailPath, `{"newEmail":"new@b.co"}`, cookie, own)
	if got.status != 200 || len(got.headers["Set-Cookie"]) != 2 || strings.Contains(strings.Join(got.headers["Set-Cookie"], ""), "Max-Age") {
		t.Errorf("%d %q", got.status, got.headers["Set-Cookie"])
	}
}

func TestALinkToDeleteIsForItsUserUntilItExpires(t *testing.T) {
	t.Parallel()
	h := start(t, unlimited+baseURL+unsent+"user: {deleteUser: {enabled: true, sendVerification: true, tokenTTL: 1h}}")
	cookie, _ := h.signUp("a@b.co")
	other, _ := h.signUp("b@b.co")
	ask := func() string {
		t.Helper()
		if got := h.post(deleteUserPath, `{}`, cookie, own); got.status != 200 || got.body != `{"success":true,"message":"Verification email sent"}` {
			t.Fatalf("%d %s", got.status, got.body)
		}
		return h.newLink("delete-user")
	}
	refusals := map[string]func(string) answer{
		"without a session": func(link string) answer { return h.get(link) },
		"by another user":   func(link string) answer { return h.get(link, other) },
		"too late":          func(link string) answer { h.clock.advance(time.Hour + time.Second); return h.get(link, cookie) },
	}
	for name, open := range refusals {
		if got := open(ask()); got.status != 404 || got.headers.Get("Location") != "" {
			t.Errorf("%s: %d %s", name, got.status, got.body)
		}
	}
	if n := h.count("user"); n != 2 {
		t.Fatalf("%d users", n)
	}
	link := ask()
	if got := h.get(link, cookie); got.status != 302 || got.headers.Get("Location") != "/" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if got := h.get(link, other); got.status != 404 {
		t.Errorf("again: %d %s", got.status, got.body)
	}
	if n := h.count("user"); n != 1 {
		t.Errorf("%d users", n)
	}
}

// TestLinksStayOutOfLogs goes through every flow with the log at its most talkative, also where they fail.
func TestLinksStayOutOfLogs(t *testing.T) {
	t.Parallel()
	h := start(t, baseURL+unsent+"rateLimit: {auth: {max: 20, window: 1m}, default: {max: 5, window: 1m}}\nuser: {changeEmail: {enabled: true, confirmCurrent: true}, deleteUser: {enabled: true, sendVerification: true}}")
	cookie, _ := h.signUp("private@example.com")
	h.post(sendVerificationPath, `{"email":"private@example.com","callbackURL":"/callback-secret"}`)
	h.get(h.newLink("verify-email"), cookie)
	reset := h.requestReset("private@example.com")
	h.get(resetPasswordPath+"/"+reset+"?callbackURL=/callback-secret", cookie)
	h.post(changeEmailPath, `{"newEmail":"new-private@example.com","callbackURL":"/callback-secret"}`, cookie, own)
	h.get(h.newLink("confirm-email-change"), cookie)
	verifyNew := h.newLink("verify-new-email")
	h.get(verifyNew, cookie)
	h.get(verifyNew, cookie)
	h.post(deleteUserPath, `{"callbackURL":"/callback-secret"}`, cookie, own)
	gone := h.newLink("delete-user")
	for range 10 {
		h.get(resetPasswordPath+"/"+reset+"?callbackURL=/x", cookie)
	}
	h.exec(`drop table verification cascade`)
	h.clock.advance(2 * time.Minute)
	for name, got := range map[string]answer{
		"reset": h.post(resetPasswordPath+"?token="+reset, `{"newPassword":"password-secret"}`), "link": h.get(resetPasswordPath+"/"+reset+"?callbackURL=/x", cookie),
		"gone": h.get(gone, cookie),
	} {
		if got.status != 500 {
			t.Errorf("%s of a broken database: %d %s", name, got.status, got.body)
		}
	}
	mails := h.outbox()
	h.stop()
	log := h.log.String()
	for _, mail := range mails {
		link, err := url.Parse(mail.URL)
		if err != nil {
			t.Fatal(err)
		}
		for _, private := range []string{mail.URL, mail.To, linkToken(t, mail.URL), link.RawQuery} {
			if strings.Contains(log, private) {
				t.Errorf("the log has %q", private)
			}
		}
	}
	for _, private := range []string{reset, "callback-secret", "private@example.com", "password-secret"} {
		if strings.Contains(log, private) {
			t.Errorf("the log has %q", private)
		}
	}
	for _, wanted := range []string{`"route":"/api/auth/reset-password/:token","status":302`, `"status":429`, `"code":"INVALID_TOKEN"`, `"level":"ERROR"`} {
		if !strings.Contains(log, wanted) {
			t.Errorf("the log has no %s", wanted)
		}
	}
	if len(mails) != 5 {
		t.Errorf("%d mails", len(mails))
	}
}

func TestMailsAndTokensAreLimited(t *testing.T) {
	t.Parallel()
	h := start(t, baseURL+unsent+"rateLimit: {auth: {max: 2, window: 15m}, default: {max: 4, window: 1m}}")
	for path, body := range map[string]string{requestResetPath: `{"email":"a@b.co"}`, sendVerificationPath: `{"email":"a@b.co"}`} {
		for i, want := range []int{200, 200, 429} {
			if got := h.post(path, body); got.status != want {
				t.Errorf("%s %d: %d", path, i, got.status)
			}
		}
	}
	for i, token := range []string{"a", "b", "c", "d", "e"} {
		want := 302
		if i == 4 {
			want = 429
		}
		if got := h.get(resetPasswordPath + "/" + token + "?callbackURL=/x"); got.status != want {
			t.Errorf("guess %d: %d, want %d", i, got.status, want)
		}
	}
	var keys int
	if err := h.db.QueryRow(t.Context(), `select count(*) from "rateLimit" where key like '%/reset-password/%'`).Scan(&keys); err != nil || keys != 1 {
		t.Errorf("%d counters, %v", keys, err)
	}
}
