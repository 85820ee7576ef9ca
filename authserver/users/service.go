package users

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
)

// Store keeps users and their accounts. Where a user or an account may be gone, it reports authserver.ErrNotFound.
type Store interface {
	// UpdateUser reports *authserver.FieldConflictError and authserver.ErrRejected too.
	UpdateUser(ctx context.Context, userID string, changes []authserver.Change, now time.Time) error
	// CredentialOf returns the hash of a user's password, "" for a credential account without one.
	CredentialOf(ctx context.Context, userID string) (passwordHash string, err error)
	// ChangePassword replaces a hash if it is still the old one. With a session, it also ends all others and begins this
	// one: all or nothing.
	ChangePassword(ctx context.Context, userID string, change authserver.PasswordChange) error
	// DeleteUser deletes a user with all accounts and sessions; it is no error when there is none.
	DeleteUser(ctx context.Context, userID string) error
	// AccountsOf returns the accounts of a user, oldest first.
	AccountsOf(ctx context.Context, userID string) ([]authserver.Account, error)
}

// Verifications keeps what the links of mails refer to.
type Verifications interface {
	// CreateVerification stores a value and the mails about it, or nothing at all.
	CreateVerification(ctx context.Context, v authserver.Verification, mails ...authserver.Mail) error
	// TakeVerification returns the newest value of an identifier and deletes all of them, or authserver.ErrNotFound.
	TakeVerification(ctx context.Context, identifier string, now time.Time) (value string, err error)
}

// DeleteMails makes the mail that asks a user whether to delete the user.
type DeleteMails interface {
	DeleteUser(user authserver.User, callbackURL string) (authserver.Verification, authserver.Mail)
}

// Sessions makes and judges sessions.
type Sessions interface {
	New(userID string, remember bool, client authserver.Client) authserver.Session
	Fresh(session authserver.Session) bool
}

// Hasher hashes passwords.
type Hasher interface {
	Hash(ctx context.Context, password string) (string, error)
	Verify(ctx context.Context, hash, password string) (bool, error)
}

// Options configure a Service.
type Options struct {
	Store         Store
	Verifications Verifications
	Sessions      Sessions
	Hasher        Hasher
	Lengths       passhash.Lengths
	// Fields are the custom fields of users.
	Fields []authserver.Field
	// DeleteEnabled lets users delete themselves.
	DeleteEnabled bool
	// DeleteMails makes a deletion need the link of a mail; nil is none.
	DeleteMails DeleteMails
	// Now is the clock.
	Now func() time.Time
}

// Service has the rules of users. It is safe for concurrent use.
type Service struct{ Options }

// New returns a Service.
func New(o Options) *Service { return &Service{o} }

// now has the precision of the database and of JavaScript.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
