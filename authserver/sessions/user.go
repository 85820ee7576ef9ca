package sessions

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// Fresh says whether the user signed in lately enough for what a stolen cookie must not do.
func (s *Service) Fresh(session authserver.Session) bool {
	return s.FreshAge == 0 || s.now().Sub(session.CreatedAt) < s.FreshAge
}

// List returns the live sessions of the user of a session: that one alone where there is no store.
func (s *Service) List(ctx context.Context, session authserver.Session) ([]authserver.Session, error) {
	if s.Carried() {
		return []authserver.Session{session}, nil
	}
	list, err := s.Store.UserSessions(ctx, session.UserID, s.now())
	if err != nil {
		return nil, fmt.Errorf("listing sessions: %w", err)
	}
	return list, nil
}

// Revoke ends a session of a user. Tokens of nobody and of others are ignored: an answer would tell that they exist.
func (s *Service) Revoke(ctx context.Context, userID, token string) error {
	if err := s.Store.DeleteUserSession(ctx, userID, token); err != nil {
		return fmt.Errorf("revoking a session: %w", err)
	}
	return nil
}

// RevokeAll ends every session of a user.
func (s *Service) RevokeAll(ctx context.Context, userID string) error {
	return s.RevokeOthers(ctx, authserver.Session{UserID: userID})
}

// RevokeOthers ends every session of a user but this one.
func (s *Service) RevokeOthers(ctx context.Context, session authserver.Session) error {
	if err := s.Store.DeleteUserSessions(ctx, session.UserID, session.Token); err != nil {
		return fmt.Errorf("revoking sessions: %w", err)
	}
	return nil
}

// Alive says whether a token is that of a live session of a user.
func (s *Service) Alive(ctx context.Context, userID, token string) (bool, error) {
	found, err := s.Peek(ctx, token)
	if errors.Is(err, authserver.ErrNotFound) {
		return false, nil
	}
	return found.Session.UserID == userID, err
}
