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
	Remember        bool
	Client          authserver.Client
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
	user, hash, err := s.Store.CredentialByEmail(ctx, strings.ToLower(in.Email))
	if err != nil && !errors.Is(err, authserver.ErrNotFound) {
		return SignedIn{}, fmt.Errorf("looking an address up: %w", err)
	}
	// An unknown address has the empty hash, whose check takes as long as any other.
	matches, err := s.Hasher.Verify(ctx, hash, in.Password)
	if err != nil {
		return SignedIn{}, fmt.Errorf("checking a password: %w", err)
	}
	if !matches {
		return SignedIn{}, authserver.ErrInvalidEmailOrPassword
	}
	session, err := s.Sessions.Begin(ctx, user.ID, in.Remember, in.Client)
	if errors.Is(err, authserver.ErrRejected) {
		// The user was deleted while the password was checked.
		return SignedIn{}, authserver.ErrInvalidEmailOrPassword
	}
	if err != nil {
		return SignedIn{}, err
	}
	return SignedIn{User: user, Session: &session}, nil
}
