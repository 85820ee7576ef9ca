package accounts

import (
	"context"
	"log/slog"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
)

// Store keeps users and their accounts.
type Store interface {
	// CredentialByEmail returns a user and the hash of its credential account, "" without one, or authserver.ErrNotFound.
	CredentialByEmail(ctx context.Context, email string) (user authserver.User, passwordHash string, err error)
	// UserID returns the id for a new user: the drawn one, or what the store takes in its place.
	UserID(ctx context.Context, drawn string) (string, error)
	// CreateUser stores a user, its account, if not nil its first session, and mails, or nothing at all. It reports
	// authserver.ErrEmailTaken, *authserver.FieldConflictError and authserver.ErrRejected.
	CreateUser(ctx context.Context, user authserver.User, account authserver.Account, session *authserver.Session, mails ...authserver.Mail) error
	QueueMails(ctx context.Context, mails ...authserver.Mail) error
	// Rehash replaces the hash of a password by another of the same password, or returns authserver.ErrNotFound when the
	// user has no such hash any more.
	Rehash(ctx context.Context, userID, old, hash string) error
}

// Mails makes the mail that asks a user to verify the user's address.
type Mails interface {
	VerifyEmail(user authserver.User, callbackURL string) authserver.Mail
}

// Sessions begins sessions.
type Sessions interface {
	New(userID string, remember bool, client authserver.Client) authserver.Session
	Begin(ctx context.Context, userID string, remember bool, client authserver.Client) (authserver.Session, error)
}

// Hasher hashes passwords.
type Hasher interface {
	Hash(ctx context.Context, password string) (string, error)
	Verify(ctx context.Context, hash, password string) (bool, error)
	// Outdated says whether a new hash would have another form.
	Outdated(hash string) bool
}

// Options configure a Service.
type Options struct {
	Store    Store
	Sessions Sessions
	Hasher   Hasher
	// Fields are the custom fields of users.
	Fields []authserver.Field
	// Enabled allows sign-in; DisableSignUp closes sign-up alone.
	Enabled, DisableSignUp bool
	// AutoSignIn begins a session at sign-up, unless verification is required. Without it a taken address gets the answer
	// of a free one.
	AutoSignIn bool
	// RequireVerification refuses the sign-in of users who have not verified their address.
	RequireVerification bool
	// SignUpMails and SignInMails make the mails that are sent at sign-up, and at a sign-in that is refused for want of
	// verification; nil is none.
	SignUpMails, SignInMails Mails
	Lengths                  passhash.Lengths
	// NewID draws row ids.
	NewID func() string
	// Now is the clock.
	Now func() time.Time
	// Log hears of hashes that could not be made anew; nil is nobody.
	Log *slog.Logger
}

// Service has the rules of accounts. It is safe for concurrent use.
type Service struct{ Options }

// New returns a Service.
func New(o Options) *Service {
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	return &Service{o}
}

// SignedIn is a user and the session that sign-up or sign-in began; Session is nil without auto sign-in.
type SignedIn struct {
	User    authserver.User
	Session *authserver.Session
}

// now has the precision of the database and of JavaScript.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
