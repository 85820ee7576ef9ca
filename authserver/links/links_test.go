package links_test

import (
	"math/rand/v2"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
	"github.com/gatehouse-auth/gatehouse/authserver/links"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

var (
	now  = time.Date(2026, 1, 2, 3, 4, 5, 678_900_000, time.UTC)
	user = authserver.User{ID: "u1", Name: "Ada", Email: "ada@example.com"}
)

func maker(t *testing.T) (*links.Maker, *tokens.Keyring) {
	t.Helper()
	keys, err := tokens.NewKeyring("secret")
	if err != nil {
		t.Fatal(err)
	}
	return links.New(links.Options{
		BaseURL: "https://auth.example.com/api/auth", Keys: keys, VerificationTTL: time.Hour, ResetTTL: 2 * time.Hour, DeleteTTL: 3 * time.Hour,
		IDs: ids.Generator{Random: rand.NewChaCha8([32]byte{1})}, Now: func() time.Time { return now },
	}), keys
}

func TestLinksAboutAddresses(t *testing.T) {
	m, keys := maker(t)
	for _, c := range []struct {
		mail     authserver.Mail
		kind     authserver.MailKind
		to       string
		token    tokens.VerificationToken
		callback string
	}{
		{m.VerifyEmail(user, ""), "verify-email", user.Email, tokens.VerificationToken{Email: user.Email, UserID: "u1"}, "%2F"},
		{m.VerifyEmail(user, "/a b?c=ü&d=!~*'()#e"), "verify-email", user.Email, tokens.VerificationToken{Email: user.Email, UserID: "u1"}, "%2Fa%20b%3Fc%3D%C3%BC%26d%3D!~*'()%23e"},
		{m.ConfirmChange(user, "new@example.com", "/x"), "confirm-email-change", user.Email,
			tokens.VerificationToken{Email: user.Email, UpdateTo: "new@example.com", RequestType: "change-email-confirmation", UserID: "u1"}, "%2Fx"},
		{m.VerifyNewEmail(user, "new@example.com", "/x"), "verify-new-email", "new@example.com",
			tokens.VerificationToken{Email: user.Email, UpdateTo: "new@example.com", RequestType: "change-email-verification", UserID: "u1"}, "%2Fx"},
	} {
		rest, found := strings.CutPrefix(c.mail.URL, "https://auth.example.com/api/auth/verify-email?token=")
		token, callback, _ := strings.Cut(rest, "&callbackURL=")
		got, err := keys.VerifyVerification(token, now.Add(time.Hour-time.Second))
		if !found || callback != c.callback || err != nil || got != c.token {
			t.Errorf("%s: %+v, %v", c.mail.URL, got, err)
		}
		if _, err := keys.VerifyVerification(token, c.mail.ExpiresAt); err == nil {
			t.Error("the link outlives its mail")
		}
		created := now.Truncate(time.Millisecond)
		want := authserver.Mail{ID: c.mail.ID, Kind: c.kind, To: c.to, Name: "Ada", URL: c.mail.URL, CreatedAt: created, ExpiresAt: created.Add(time.Hour)}
		if diff := cmp.Diff(want, c.mail); diff != "" || len(c.mail.ID) != 32 {
			t.Error(diff)
		}
	}
}

func TestLinksOfVerifications(t *testing.T) {
	m, _ := maker(t)
	reset, resetMail := m.ResetPassword(user, "myapp://reset?x=1")
	bare, bareMail := m.ResetPassword(user, "")
	gone, goneMail := m.DeleteUser(user, "")
	back, backMail := m.DeleteUser(user, "/bye")
	seen := map[string]bool{}
	for _, c := range []struct {
		verification authserver.Verification
		mail         authserver.Mail
		kind         authserver.MailKind
		life         time.Duration
		identifier   string
		url          string
	}{
		{reset, resetMail, "reset-password", 2 * time.Hour, `^reset-password:([a-zA-Z0-9]{24})$`, "/reset-password/TOKEN?callbackURL=myapp%3A%2F%2Freset%3Fx%3D1"},
		{bare, bareMail, "reset-password", 2 * time.Hour, `^reset-password:([a-zA-Z0-9]{24})$`, "/reset-password/TOKEN?callbackURL="},
		{gone, goneMail, "delete-user", 3 * time.Hour, `^delete-account-([a-z0-9]{32})$`, "/delete-user/callback?token=TOKEN&callbackURL=%2F"},
		{back, backMail, "delete-user", 3 * time.Hour, `^delete-account-([a-z0-9]{32})$`, "/delete-user/callback?token=TOKEN&callbackURL=%2Fbye"},
	} {
		match := regexp.MustCompile(c.identifier).FindStringSubmatch(c.verification.Identifier)
		if match == nil || seen[match[1]] {
			t.Fatalf("the identifier %q", c.verification.Identifier)
		}
		seen[match[1]] = true
		created := now.Truncate(time.Millisecond)
		wantMail := authserver.Mail{
			ID: c.mail.ID, Kind: c.kind, To: user.Email, Name: "Ada", CreatedAt: created, ExpiresAt: created.Add(c.life),
			URL: "https://auth.example.com/api/auth" + strings.Replace(c.url, "TOKEN", match[1], 1),
		}
		want := authserver.Verification{ID: c.verification.ID, Identifier: c.verification.Identifier, Value: "u1", CreatedAt: created, ExpiresAt: created.Add(c.life)}
		if diff := cmp.Diff([]any{want, wantMail}, []any{c.verification, c.mail}); diff != "" {
			t.Error(diff)
		}
		if len(c.verification.ID) != 32 || len(c.mail.ID) != 32 || c.verification.ID == c.mail.ID {
			t.Errorf("ids %q and %q", c.verification.ID, c.mail.ID)
		}
		if _, err := url.Parse(c.mail.URL); err != nil {
			t.Error(err)
		}
	}
}
