package httpapi_test

import (
	"net/url"
	"strings"
	"testing"
	"time"
)

// TestLinksOfMailsWithSessionsElsewhere verifies and changes an address, resets a password and deletes a user by mail, where
// sessions, or the values of the links too, are not in the database.
func TestLinksOfMailsWithSessionsElsewhere(t *testing.T) {
	t.Parallel()
	for _, storage := range []string{"Redis", "Stateless"} {
		t.Run(storage, func(t *testing.T) {
			t.Parallel()
			h := start(t, unlimited+baseURL+unsent+"session: {storage: "+storage+"}\nemailVerification: {sendOnSignUp: true}\n"+
				"emailAndPassword: {revokeSessionsOnPasswordReset: true}\nuser: {changeEmail: {enabled: true}, deleteUser: {enabled: true, sendVerification: true}}")
			_, got := h.signUp("a@b.co")
			cookie := cookieOf(got)
			// shows fails unless the session shows a text to who asks for the user as it is.
			shows := func(text string) {
				t.Helper()
				if got := h.get(getSessionPath+"?disableCookieCache=true", cookie); !strings.Contains(got.body, text) {
					t.Errorf("the session is %s, want %s", got.body, text)
				}
			}
			shows(`"email":"a@b.co","emailVerified":false`)
			if got := h.get(h.newLink("verify-email"), cookie); got.status != 302 {
				t.Errorf("verify-email: %d %s", got.status, got.body)
			}
			shows(`"email":"a@b.co","emailVerified":true`)

			if got := h.post("/api/auth/change-email", `{"newEmail":"b@b.co"}`, cookie, own); got.status != 200 {
				t.Errorf("change-email: %d %s", got.status, got.body)
			}
			if got := h.get(h.newLink("verify-new-email"), cookie); got.status != 302 {
				t.Errorf("verify-email: %d %s", got.status, got.body)
			}
			shows(`"email":"b@b.co","emailVerified":true`)

			h.clock.advance(time.Second)
			h.post("/api/auth/request-password-reset", `{"email":"b@b.co","redirectTo":"/reset"}`)
			choose, err := url.Parse(h.get(h.newLink("reset-password")).headers.Get("Location"))
			if err != nil || choose.Query().Get("token") == "" {
				t.Fatalf("the link of the mail redirects to %v, %v", choose, err)
			}
			body := `{"newPassword":"Password456!","token":"` + choose.Query().Get("token") + `"}`
			for _, want := range []int{200, 400} {
				if got := h.post("/api/auth/reset-password", body); got.status != want {
					t.Errorf("reset-password: %d %s, want %d", got.status, got.body, want)
				}
			}
			shows("null")

			cookie = cookieOf(h.post("/api/auth/sign-in/email", `{"email":"b@b.co","password":"Password456!"}`))
			shows("b@b.co")
			if got := h.post(deleteUserPath, `{}`, cookie, own); !strings.Contains(got.body, "Verification email sent") {
				t.Errorf("delete-user: %d %s", got.status, got.body)
			}
			if got := h.get(h.newLink("delete-user"), cookie); got.status != 302 {
				t.Errorf("delete-user/callback: %d %s", got.status, got.body)
			}
			shows("null")
			if n := h.count("user"); n != 0 {
				t.Errorf("%d users", n)
			}
		})
	}
}
