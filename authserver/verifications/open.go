package verifications

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// Link is a link about an address that somebody opened.
type Link struct {
	// User is the one that the link is about.
	User  authserver.User
	token tokens.VerificationToken
}

// ChangesEmail says whether the link is about a new address. It is not for the session of another user.
func (l Link) ChangesEmail() bool { return l.token.UpdateTo != "" }

// Open checks a link and finds its user. It reports authserver.ErrInvalidLink, ErrLinkExpired and ErrLinkUserNotFound.
func (s *Service) Open(ctx context.Context, token string) (Link, error) {
	said, err := s.Tokens.VerifyVerification(token, s.Now())
	switch {
	case errors.Is(err, tokens.ErrTokenExpired):
		return Link{}, authserver.ErrLinkExpired
	case err != nil, said.UpdateTo != "" && said.UserID == "":
		return Link{}, authserver.ErrInvalidLink
	}
	link := Link{token: said}
	if link.ChangesEmail() {
		link.User, err = s.Store.UserByID(ctx, said.UserID)
	} else {
		link.User, err = s.Store.UserByEmail(ctx, said.Email)
	}
	if errors.Is(err, authserver.ErrNotFound) {
		return Link{}, authserver.ErrLinkUserNotFound
	}
	if err != nil {
		return Link{}, fmt.Errorf("looking the user of a link up: %w", err)
	}
	// A link is used up when the address has changed, and does not come alive for another user of the address.
	if strings.ToLower(link.User.Email) != said.Email || said.UserID != "" && said.UserID != link.User.ID {
		return Link{}, authserver.ErrInvalidLink
	}
	return link, nil
}

// Followed is what a link did.
type Followed struct {
	// User is the user after the change.
	User authserver.User
	// Changed says that the user has another address now, Verified that the address is verified now and was not before.
	Changed, Verified bool
}

// Follow does what a link is for. It reports authserver.ErrInvalidLink when that has become impossible.
func (s *Service) Follow(ctx context.Context, link Link, callbackURL string) (followed Followed, err error) {
	switch {
	case !link.ChangesEmail():
		followed, err = s.verify(ctx, link.User)
	case link.token.RequestType == tokens.ConfirmEmailChange:
		followed, err = Followed{User: link.User}, s.confirmed(ctx, link, callbackURL)
	default:
		followed, err = s.change(ctx, link, callbackURL)
	}
	if errors.Is(err, authserver.ErrNotFound) || errors.Is(err, authserver.ErrEmailTaken) {
		return Followed{}, authserver.ErrInvalidLink
	}
	return followed, err
}

func (s *Service) verify(ctx context.Context, user authserver.User) (Followed, error) {
	if user.EmailVerified {
		return Followed{User: user}, nil
	}
	now := s.now()
	if err := s.Store.VerifyEmail(ctx, user.ID, user.Email, now); err != nil {
		return Followed{}, fmt.Errorf("verifying an address: %w", err)
	}
	user.EmailVerified, user.UpdatedAt = true, now
	return Followed{User: user, Verified: true}, nil
}

// confirmed asks the owner of the new address after that of the old one.
func (s *Service) confirmed(ctx context.Context, link Link, callbackURL string) error {
	if s.Links == nil {
		return nil
	}
	return s.queue(ctx, s.Links.VerifyNewEmail(link.User, link.token.UpdateTo, callbackURL))
}

// change makes a change that the owner of the new address agreed to. Links of old versions of Better-Auth went to the
// owner of the old address only; the new one is to be verified then.
func (s *Service) change(ctx context.Context, link Link, callbackURL string) (Followed, error) {
	agreed := link.token.RequestType == tokens.VerifyEmailChange
	user := link.User
	user.Email, user.UpdatedAt, user.EmailVerified = link.token.UpdateTo, s.now(), user.EmailVerified && agreed
	var mails []authserver.Mail
	if !agreed && s.Links != nil {
		mails = append(mails, s.Links.VerifyEmail(user, callbackURL))
	}
	change := authserver.EmailChange{UserID: user.ID, Old: link.User.Email, New: user.Email, KeepVerified: agreed, At: user.UpdatedAt}
	if err := s.Store.ChangeEmail(ctx, change, mails...); err != nil {
		return Followed{}, fmt.Errorf("changing an address: %w", err)
	}
	return Followed{User: user, Changed: true}, nil
}
