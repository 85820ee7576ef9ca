package verifications

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/links"
)

// RequestReset mails a link to the user of an address, if there is one. A stranger who asks learns nothing.
func (s *Service) RequestReset(ctx context.Context, email, redirectTo string) error {
	if s.Links == nil {
		return authserver.ErrResetPasswordDisabled
	}
	return s.evenly(ctx, func() error {
		user, found, err := s.find(ctx, strings.ToLower(email))
		if err != nil || !found {
			return err
		}
		verification, mail := s.Links.ResetPassword(user, redirectTo)
		if err := s.Verifications.CreateVerification(ctx, verification, mail); err != nil {
			return fmt.Errorf("storing a token: %w", err)
		}
		return nil
	})
}

// CheckReset returns authserver.ErrInvalidResetToken unless the token of a link may be used.
func (s *Service) CheckReset(ctx context.Context, token string) error {
	_, err := s.resetUser(ctx, token)
	return err
}

func (s *Service) resetUser(ctx context.Context, token string) (userID string, err error) {
	userID, err = s.Verifications.Verification(ctx, links.ResetPrefix+token, s.now())
	if errors.Is(err, authserver.ErrNotFound) {
		return "", authserver.ErrInvalidResetToken
	}
	if err != nil {
		return "", fmt.Errorf("reading a token: %w", err)
	}
	return userID, nil
}

// Reset gives the user of a token a new password and uses the token up.
func (s *Service) Reset(ctx context.Context, token, newPassword string) error {
	if token == "" {
		return authserver.ErrInvalidResetToken
	}
	if err := s.Lengths.CheckNew(newPassword); err != nil {
		return err
	}
	userID, err := s.resetUser(ctx, token)
	if err != nil {
		return err
	}
	if _, err := s.Store.UserByID(ctx, userID); errors.Is(err, authserver.ErrNotFound) {
		return authserver.ErrResetUserNotFound
	} else if err != nil {
		return fmt.Errorf("looking the user of a token up: %w", err)
	}
	hash, err := s.Hasher.Hash(ctx, newPassword)
	if err != nil {
		return fmt.Errorf("hashing a password: %w", err)
	}
	return s.reset(ctx, token, userID, hash)
}

func (s *Service) reset(ctx context.Context, token, userID, hash string) error {
	now := s.now()
	err := s.Verifications.ResetPassword(ctx, authserver.PasswordReset{
		Identifier: links.ResetPrefix + token, RevokeSessions: s.RevokeSessions,
		Account: authserver.Account{
			ID: s.NewID(), AccountID: userID, ProviderID: authserver.CredentialProvider, UserID: userID, Password: hash,
			CreatedAt: now, UpdatedAt: now,
		},
	})
	switch {
	case errors.Is(err, authserver.ErrNotFound):
		// Another request was faster.
		return authserver.ErrInvalidResetToken
	case errors.Is(err, authserver.ErrRejected):
		return authserver.ErrResetUserNotFound
	case err != nil:
		return fmt.Errorf("resetting a password: %w", err)
	}
	return nil
}
