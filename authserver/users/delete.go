package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// Delete is what a client sends to delete its user; each text may be "".
type Delete struct {
	Password string
	// Token is that of a mail.
	Token string
}

// Delete deletes the user of a session. Without password and token the session must be fresh.
func (s *Service) Delete(ctx context.Context, session authserver.Session, in Delete) error {
	if !s.DeleteEnabled {
		return authserver.ErrDeleteUserDisabled
	}
	if in.Password != "" {
		if err := s.Lengths.CheckKnown(in.Password); err != nil {
			return err
		}
		if _, err := s.prove(ctx, session.UserID, in.Password); err != nil {
			return err
		}
	}
	if in.Token != "" {
		return s.DeleteByToken(ctx, session, in.Token)
	}
	if in.Password == "" && !s.Sessions.Fresh(session) {
		return authserver.ErrSessionExpired
	}
	return s.delete(ctx, session.UserID)
}

// DeleteByToken deletes the user of a session with the token of a mail. A token of another user is used up all the same,
// as in Better-Auth.
func (s *Service) DeleteByToken(ctx context.Context, session authserver.Session, token string) error {
	owner, err := s.Store.TakeVerification(ctx, "delete-account-"+token, s.now())
	if errors.Is(err, authserver.ErrNotFound) || err == nil && owner != session.UserID {
		return authserver.ErrInvalidDeleteToken
	}
	if err != nil {
		return fmt.Errorf("taking a token: %w", err)
	}
	return s.delete(ctx, session.UserID)
}

func (s *Service) delete(ctx context.Context, userID string) error {
	if err := s.Store.DeleteUser(ctx, userID); err != nil {
		return fmt.Errorf("deleting a user: %w", err)
	}
	return nil
}
