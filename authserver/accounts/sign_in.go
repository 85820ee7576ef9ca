package accounts

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// SignIn is what a client sends to sign in.
type SignIn struct {
	Email, Password string
	// CallbackURL is where the link of a mail leads in the end.
	CallbackURL string
	Remember    bool
	Client      authserver.Client
}

// SignIn checks a password and begins a session.
func (s *Service) SignIn(ctx context.Context, in SignIn) (SignedIn, error) {
	if !s.Enabled {
		return SignedIn{}, authserver.ErrSignInDisabled
	}
	if !authserver.ValidEmail(in.Email) {
		return SignedIn{}, authserver.ErrInvalidEmail
	}
	if err := s.Lengths.CheckKnown(in.Password); err != nil {
		return SignedIn{}, err
	}
	user, hash, err := s.authenticate(ctx, in)
	if err != nil {
		return SignedIn{}, err
	}
	if s.RequireVerification && !user.EmailVerified {
		return SignedIn{}, s.unverified(ctx, user, in.CallbackURL)
	}
	session, err := s.Sessions.Begin(ctx, user.ID, in.Remember, in.Client)
	if errors.Is(err, authserver.ErrRejected) {
		// The user was deleted while the password was checked.
		return SignedIn{}, authserver.ErrInvalidEmailOrPassword
	}
	if err != nil {
		return SignedIn{}, err
	}
	s.rehash(ctx, user.ID, hash, in.Password)
	return SignedIn{User: user, Session: &session}, nil
}

// authenticate returns the user of an address and a password, and the hash that the password has.
func (s *Service) authenticate(ctx context.Context, in SignIn) (user authserver.User, hash string, err error) {
	user, hash, err = s.Store.CredentialByEmail(ctx, strings.ToLower(in.Email))
	if err != nil && !errors.Is(err, authserver.ErrNotFound) {
		return authserver.User{}, "", fmt.Errorf("looking an address up: %w", err)
	}
	// An unknown address has the empty hash, whose check takes as long as any other.
	matches, err := s.Hasher.Verify(ctx, hash, in.Password)
	if err != nil {
		return authserver.User{}, "", fmt.Errorf("checking a password: %w", err)
	}
	if !matches {
		return authserver.User{}, "", authserver.ErrInvalidEmailOrPassword
	}
	return user, hash, nil
}

// unverified sends a user who knows the password a link to the address.
func (s *Service) unverified(ctx context.Context, user authserver.User, callbackURL string) error {
	if s.SignInMails != nil {
		if err := s.Store.QueueMails(ctx, s.SignInMails.VerifyEmail(user, callbackURL)); err != nil {
			return fmt.Errorf("queueing a mail: %w", err)
		}
	}
	return authserver.ErrEmailNotVerified
}
