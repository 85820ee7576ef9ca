package httpapi_test

import (
	"net"
	"net/url"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/mailer/smtptest"
)

// TestAUserLivesByMail goes through every flow with the links of mails that a real mail server delivered.
func TestAUserLivesByMail(t *testing.T) {
	t.Parallel()
	post := smtptest.Start(t, smtptest.Options{})
	host, port, err := net.SplitHostPort(post.Address)
	if err != nil {
		t.Fatal(err)
	}
	h := start(t, unlimited+baseURL+"email: {host: "+host+", port: "+port+", tls: None, from: no-reply@example.com}\n"+
		"emailAndPassword: {requireEmailVerification: true}\nemailVerification: {autoSignInAfterVerification: true}\n"+
		"user: {changeEmail: {enabled: true, confirmCurrent: true}, deleteUser: {enabled: true, sendVerification: true}}")
	// link is that of the number-th mail to an address; the HTML has the same one.
	link := func(to string, number int) string {
		t.Helper()
		mail := post.Wait(to, number)
		if link, err := url.Parse(mail.Link()); err != nil || link.Host != "localhost:3001" || !strings.Contains(mail.HTML, strings.ReplaceAll(mail.Link(), "&", "&amp;")) {
			t.Fatalf("%v, %s\n%s", err, mail.Text, mail.HTML)
		}
		return strings.TrimPrefix(mail.Link(), "http://localhost:3001")
	}
	h.signUp("ann@example.net")
	welcome := h.get(link("ann@example.net", 1))
	cookie := cookieOf(welcome)
	if session := h.get(getSessionPath, cookie); welcome.status != 302 || !strings.Contains(session.body, `"email":"ann@example.net"`+verified) {
		t.Fatalf("%d %s", welcome.status, session.body)
	}

	h.post(requestResetPath, `{"email":"ann@example.net","redirectTo":"/choose"}`)
	choose, err := url.Parse(h.get(link("ann@example.net", 2)).headers.Get("Location"))
	if err != nil || choose.Path != "/choose" {
		t.Fatalf("%v, %v", choose, err)
	}
	if got := h.post(resetPasswordPath, `{"newPassword":"NewPassword1","token":"`+choose.Query().Get("token")+`"}`); got.status != 200 {
		t.Fatalf("%d %s", got.status, got.body)
	}
	if got := h.post(signInPath, `{"email":"ann@example.net","password":"NewPassword1"}`); got.status != 200 {
		t.Errorf("%d %s", got.status, got.body)
	}

	h.post(changeEmailPath, `{"newEmail":"bea@example.net","callbackURL":"/changed"}`, cookie, own)
	for _, step := range []func() string{
		func() string { return link("ann@example.net", 3) }, func() string { return link("bea@example.net", 1) },
	} {
		if got := h.get(step(), cookie); got.status != 302 || got.headers.Get("Location") != "/changed" {
			t.Fatalf("%d %s", got.status, got.headers.Get("Location"))
		}
	}
	if session := h.get(getSessionPath, cookie); !strings.Contains(session.body, `"email":"bea@example.net"`+verified) {
		t.Errorf("%s", session.body)
	}

	h.post(deleteUserPath, `{"callbackURL":"/bye"}`, cookie, own)
	if got := h.get(link("bea@example.net", 2), cookie); got.status != 302 || got.headers.Get("Location") != "/bye" {
		t.Errorf("%d %s", got.status, got.body)
	}
	if n := h.count("user"); n != 0 {
		t.Errorf("%d users", n)
	}
	h.stop()
	if mails := h.outbox(); len(mails) != 0 {
		t.Errorf("mails that were sent are still in the outbox: %+v", mails)
	}
}
