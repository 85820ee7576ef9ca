package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// ChangePassword is what a client sends to change its password.
type ChangePassword struct {
	Current, New string
	// RevokeOthers ends every session and begins one in the place of the current.
	RevokeOthers bool
	Client       authserver.Client
}

// ChangePassword replaces the password of a user. The session is the new one, nil when none was asked for.
func (s *Service) ChangePassword(ctx context.Context, userID string, in ChangePassword) (*authserver.Session, error) {
	if err := s.Lengths.CheckNew(in.New); err != nil {
		return nil, err
	}
	if err := s.Lengths.CheckKnown(in.Current); err != nil {
		return nil, err
	}
	old, err := s.prove(ctx, userID, in.Current)
	if err != nil {
		return nil, err
	}
	hash, err := s.Hasher.Hash(ctx, in.New)
	if err != nil {
		return nil, fmt.Errorf("hashing a password: %w", err)
	}
	change := authserver.PasswordChange{Old: old, New: hash, At: s.now()}
	if in.RevokeOthers {
		session := s.Sessions.New(userID, true, in.Client)
		change.Session = &session
	}
	err = s.Store.ChangePassword(ctx, userID, change)
	if errors.Is(err, authserver.ErrNotFound) {
		// Either a sign-in hashed the password anew, or another change was faster and it is not the current one any more.
		if change.Old, err = s.prove(ctx, userID, in.Current); err != nil {
			return nil, err
		}
		err = s.Store.ChangePassword(ctx, userID, change)
	}
	if errors.Is(err, authserver.ErrNotFound) {
		return nil, authserver.ErrInvalidPassword
	}
	if err != nil {
		return nil, fmt.Errorf("changing a password: %w", err)
	}
	return change.Session, nil
}

// VerifyPassword returns authserver.ErrInvalidPassword unless the password is the user's, or ErrPasswordTooLong.
func (s *Service) VerifyPassword(ctx context.Context, userID, password string) error {
	if err := s.Lengths.CheckKnown(password); err != nil {
		return err
	}
	_, err := s.prove(ctx, userID, password)
	if errors.Is(err, authserver.ErrCredentialAccountNotFound) {
		return authserver.ErrInvalidPassword
	}
	return err
}

// prove returns the hash of a user's password if that is what was sent.
func (s *Service) prove(ctx context.Context, userID, password string) (hash string, err error) {
	hash, err = s.Store.CredentialOf(ctx, userID)
	if errors.Is(err, authserver.ErrNotFound) || err == nil && hash == "" {
		return "", authserver.ErrCredentialAccountNotFound
	}
	if err != nil {
		return "", fmt.Errorf("looking a password up: %w", err)
	}
	matches, err := s.Hasher.Verify(ctx, hash, password)
	if err != nil {
		return "", fmt.Errorf("checking a password: %w", err)
	}
	if !matches {
		return "", authserver.ErrInvalidPassword
	}
	return hash, nil
}
