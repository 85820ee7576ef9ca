package storage

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
)

// Stateless keeps no sessions; all else is in PostgreSQL.
type Stateless struct{ *postgres.Store }

// NewStateless returns a store without sessions.
func NewStateless(database *postgres.Store) Stateless { return Stateless{database} }

// SessionByToken finds nothing.
func (Stateless) SessionByToken(context.Context, string) (authserver.Session, authserver.User, error) {
	return authserver.Session{}, authserver.User{}, authserver.ErrNotFound
}

// CreateSession has nothing to do: who begins a session has just seen its user.
func (Stateless) CreateSession(context.Context, *authserver.Session) error { return nil }

// ExtendSession finds nothing.
func (Stateless) ExtendSession(context.Context, string, time.Time, time.Time) error {
	return authserver.ErrNotFound
}

// UpdateSession finds nothing.
func (Stateless) UpdateSession(context.Context, string, []authserver.Change, time.Time) (authserver.Session, error) {
	return authserver.Session{}, authserver.ErrNotFound
}

// DeleteSession cannot end a session.
func (Stateless) DeleteSession(context.Context, string) error { return nil }

// UserSessions knows of none.
func (Stateless) UserSessions(context.Context, string, time.Time) ([]authserver.Session, error) {
	return nil, nil
}

// DeleteUserSession cannot end a session.
func (Stateless) DeleteUserSession(context.Context, string, string) error { return nil }

// DeleteUserSessions cannot end sessions.
func (Stateless) DeleteUserSessions(context.Context, string, string) error { return nil }

// CreateUser stores a user, an account of the user's and the mails about it.
func (s Stateless) CreateUser(
	ctx context.Context, user authserver.User, account authserver.Account, _ *authserver.Session, mails ...authserver.Mail,
) error {
	return s.Store.CreateUser(ctx, user, account, nil, mails...)
}

// ChangePassword replaces a hash, which ends all sessions that began before.
func (s Stateless) ChangePassword(ctx context.Context, userID string, change authserver.PasswordChange) error {
	change.Session = nil
	return s.Store.ChangePassword(ctx, userID, change)
}

// ResetPassword gives a user a new password, which ends all sessions that began before.
func (s Stateless) ResetPassword(ctx context.Context, reset authserver.PasswordReset) error {
	reset.RevokeSessions = false
	return s.Store.ResetPassword(ctx, reset)
}
