package links

import (
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// The prefixes of the identifiers of verifications; the rest is the token.
const (
	ResetPrefix  = "reset-password:"
	DeletePrefix = "delete-account-"
)

const (
	resetTokenLength  = 24
	deleteTokenLength = 32
)

// Options configure a Maker.
type Options struct {
	// BaseURL is the public URL of the endpoints, such as https://auth.example.com/api/auth.
	BaseURL string
	// Keys sign the tokens about addresses.
	Keys *tokens.Keyring
	// VerificationTTL, ResetTTL and DeleteTTL are the lives of the links.
	VerificationTTL, ResetTTL, DeleteTTL time.Duration
	// IDs draws tokens and row ids.
	IDs ids.Generator
	// Now is the clock.
	Now func() time.Time
}

// Maker makes mails. It is safe for concurrent use.
type Maker struct{ Options }

// New returns a Maker.
func New(o Options) *Maker { return &Maker{o} }

// VerifyEmail asks a user to prove the user's address.
func (m *Maker) VerifyEmail(user authserver.User, callbackURL string) authserver.Mail {
	return m.aboutAddress(authserver.MailVerification, user, user.Email, callbackURL, tokens.VerificationToken{})
}

// ConfirmChange asks the owner of the old address whether the new one may take its place.
func (m *Maker) ConfirmChange(user authserver.User, newEmail, callbackURL string) authserver.Mail {
	return m.aboutAddress(authserver.MailConfirmChange, user, user.Email, callbackURL,
		tokens.VerificationToken{UpdateTo: newEmail, RequestType: tokens.ConfirmEmailChange})
}

// VerifyNewEmail asks the owner of the new address; the link makes the change.
func (m *Maker) VerifyNewEmail(user authserver.User, newEmail, callbackURL string) authserver.Mail {
	return m.aboutAddress(authserver.MailVerifyNewEmail, user, newEmail, callbackURL,
		tokens.VerificationToken{UpdateTo: newEmail, RequestType: tokens.VerifyEmailChange})
}

func (m *Maker) aboutAddress(
	kind authserver.MailKind, user authserver.User, to, callbackURL string, token tokens.VerificationToken,
) authserver.Mail {
	now := m.now()
	token.Email, token.UserID = user.Email, user.ID
	if callbackURL == "" {
		callbackURL = "/"
	}
	url := m.BaseURL + "/verify-email?token=" + m.Keys.SignVerification(token, now, m.VerificationTTL) + "&callbackURL=" + component(callbackURL)
	return m.mail(kind, user, to, url, now.Add(m.VerificationTTL))
}

// ResetPassword lets a user choose a new password. It goes out to the user's address, with the verification that the link
// uses up.
func (m *Maker) ResetPassword(user authserver.User, redirectTo string) (authserver.Verification, authserver.Mail) {
	token := m.IDs.Draw(ids.Alphanumeric, resetTokenLength)
	verification := m.verification(ResetPrefix+token, user, m.ResetTTL)
	url := m.BaseURL + "/reset-password/" + token + "?callbackURL=" + component(redirectTo)
	return verification, m.mail(authserver.MailResetPassword, user, user.Email, url, verification.ExpiresAt)
}

// DeleteUser asks a user whether to delete the user, likewise.
func (m *Maker) DeleteUser(user authserver.User, callbackURL string) (authserver.Verification, authserver.Mail) {
	token := m.IDs.Draw(ids.LowerCase, deleteTokenLength)
	if callbackURL == "" {
		callbackURL = "/"
	}
	verification := m.verification(DeletePrefix+token, user, m.DeleteTTL)
	url := m.BaseURL + "/delete-user/callback?token=" + token + "&callbackURL=" + component(callbackURL)
	return verification, m.mail(authserver.MailDeleteUser, user, user.Email, url, verification.ExpiresAt)
}

func (m *Maker) verification(identifier string, user authserver.User, life time.Duration) authserver.Verification {
	now := m.now()
	return authserver.Verification{ID: m.IDs.New(), Identifier: identifier, Value: user.ID, ExpiresAt: now.Add(life), CreatedAt: now}
}

func (m *Maker) mail(kind authserver.MailKind, user authserver.User, to, url string, expires time.Time) authserver.Mail {
	return authserver.Mail{ID: m.IDs.New(), Kind: kind, To: to, Name: user.Name, URL: url, ExpiresAt: expires, CreatedAt: m.now()}
}

// now has the precision of the database and of JavaScript.
func (m *Maker) now() time.Time { return m.Now().UTC().Truncate(time.Millisecond) }

// component encodes a text for a query as encodeURIComponent does.
func component(text string) string {
	const hex = "0123456789ABCDEF"
	encoded := make([]byte, 0, len(text))
	for i := range len(text) {
		if c := text[i]; plain(c) {
			encoded = append(encoded, c)
		} else {
			encoded = append(encoded, '%', hex[c>>4], hex[c&15])
		}
	}
	return string(encoded)
}

func plain(c byte) bool {
	switch c {
	case '-', '_', '.', '!', '~', '*', '\'', '(', ')':
		return true
	}
	return 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9'
}
