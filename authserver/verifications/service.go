package verifications

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// floor is how long an answer to a stranger takes at least. To queue a mail costs a write that to queue none does not, and
// which is far below this.
const floor = 500 * time.Millisecond

// Store keeps users and their mails. Where a user may be gone, it reports authserver.ErrNotFound.
type Store interface {
	UserByEmail(ctx context.Context, email string) (authserver.User, error)
	UserByID(ctx context.Context, id string) (authserver.User, error)
	// VerifyEmail and ChangeEmail report authserver.ErrNotFound too when the user has another address by now.
	VerifyEmail(ctx context.Context, userID, email string, now time.Time) error
	// ChangeEmail may report authserver.ErrEmailTaken.
	ChangeEmail(ctx context.Context, change authserver.EmailChange, mails ...authserver.Mail) error
	QueueMails(ctx context.Context, mails ...authserver.Mail) error
}

// Verifications keeps what links refer to. What is unknown, used up or expired is authserver.ErrNotFound.
type Verifications interface {
	CreateVerification(ctx context.Context, v authserver.Verification, mails ...authserver.Mail) error
	Verification(ctx context.Context, identifier string, now time.Time) (value string, err error)
	// ResetPassword uses a verification up and sets a password, all or nothing. It reports authserver.ErrRejected when the
	// user is gone.
	ResetPassword(ctx context.Context, reset authserver.PasswordReset) error
}

// Links makes mails.
type Links interface {
	VerifyEmail(user authserver.User, callbackURL string) authserver.Mail
	ConfirmChange(user authserver.User, newEmail, callbackURL string) authserver.Mail
	VerifyNewEmail(user authserver.User, newEmail, callbackURL string) authserver.Mail
	ResetPassword(user authserver.User, redirectTo string) (authserver.Verification, authserver.Mail)
}

// Tokens reads the tokens of links.
type Tokens interface {
	VerifyVerification(token string, now time.Time) (tokens.VerificationToken, error)
}

// Hasher hashes passwords.
type Hasher interface {
	Hash(ctx context.Context, password string) (string, error)
}

// Options configure a Service.
type Options struct {
	Store         Store
	Verifications Verifications
	Tokens        Tokens
	Hasher        Hasher
	Lengths       passhash.Lengths
	// Links is nil where no mail is configured; then what needs mail is refused.
	Links Links
	// AutoSignIn begins a session when an address is verified.
	AutoSignIn bool
	// ChangeEmailEnabled lets users change their address; ConfirmCurrent asks the old address first if it is verified, and
	// UpdateWithoutVerification changes one that is not at once.
	ChangeEmailEnabled, ConfirmCurrent, UpdateWithoutVerification bool
	// RevokeSessions ends the sessions of a user whose password is reset.
	RevokeSessions bool
	// NewID draws row ids.
	NewID func() string
	// Now is the clock.
	Now func() time.Time
	// Wait returns after a time, or when the context ends.
	Wait func(ctx context.Context, d time.Duration)
}

// Service has the rules of links. It is safe for concurrent use.
type Service struct{ Options }

// New returns a Service.
func New(o Options) *Service { return &Service{o} }

// evenly does something in a time that does not tell what it was.
func (s *Service) evenly(ctx context.Context, work func() error) error {
	start := s.Now()
	err := work()
	s.Wait(ctx, floor-s.Now().Sub(start))
	return err
}

// find returns the user of an address, and whether there is one.
func (s *Service) find(ctx context.Context, email string) (user authserver.User, found bool, err error) {
	user, err = s.Store.UserByEmail(ctx, email)
	if errors.Is(err, authserver.ErrNotFound) {
		return user, false, nil
	}
	if err != nil {
		return user, false, fmt.Errorf("looking an address up: %w", err)
	}
	return user, true, nil
}

func (s *Service) queue(ctx context.Context, mail authserver.Mail) error {
	if err := s.Store.QueueMails(ctx, mail); err != nil {
		return fmt.Errorf("queueing a mail: %w", err)
	}
	return nil
}

// now has the precision of the database and of JavaScript.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
