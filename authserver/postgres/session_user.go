package postgres

import (
	"context"
	"errors"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// sessionUser relies on that nothing but a new password changes a credential account.
func sessionUser(fields []authserver.Field) string {
	return userBy("id", fields) + ` AND NOT EXISTS (SELECT FROM account a
		WHERE a."userId" = u.id AND a."providerId" = '` + authserver.CredentialProvider + `' AND date_trunc('milliseconds', a."updatedAt") > $2)`
}

// SessionUser returns the user of a session that is not stored, or authserver.ErrNotFound when the user is gone or has got
// a new password since the session began.
func (s *Store) SessionUser(ctx context.Context, session authserver.Session) (authserver.User, error) {
	user, err := s.user(ctx, s.statements.sessionUser, session.UserID, stored(session.CreatedAt))
	if errors.Is(err, authserver.ErrRejected) {
		// An id of another database, with the same secret, that is none here.
		err = authserver.ErrNotFound
	}
	return user, err
}
