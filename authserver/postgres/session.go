package postgres

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

func sessionByToken(fields []authserver.Field) string {
	return `SELECT s.id, s.token, s."userId", s."expiresAt", s."createdAt", s."updatedAt",
			coalesce(s."ipAddress", ''), coalesce(s."userAgent", ''), ` + userColumns(fields) + `
		FROM session s JOIN "user" u ON u.id = s."userId"
		WHERE s.token = $1`
}

// SessionByToken returns the session of a token and its user, also when it has expired.
func (s *Store) SessionByToken(ctx context.Context, token string) (authserver.Session, authserver.User, error) {
	var session authserver.Session
	var expiresAt, createdAt, updatedAt moment
	var row userRow
	targets := row.targets(s.fields, append(make([]any, 0, 15+len(s.fields)),
		&session.ID, &session.Token, &session.UserID, &expiresAt, &createdAt, &updatedAt, &session.IPAddress, &session.UserAgent))
	if err := s.pool.QueryRow(ctx, s.statements.sessionByToken, token).Scan(targets...); err != nil {
		return authserver.Session{}, authserver.User{}, translate("read a session", err)
	}
	session.ExpiresAt, session.CreatedAt, session.UpdatedAt = expiresAt.Time, createdAt.Time, updatedAt.Time
	return session, row.value(), nil
}

const insertSession = `
	INSERT INTO session (id, token, "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent")
	VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`

func sessionArguments(session authserver.Session) []any {
	return []any{
		session.ID, session.Token, session.UserID, stored(session.ExpiresAt),
		stored(session.CreatedAt), stored(session.UpdatedAt), session.IPAddress, session.UserAgent,
	}
}

// CreateSession stores a session.
func (s *Store) CreateSession(ctx context.Context, session authserver.Session) error {
	_, err := s.pool.Exec(ctx, insertSession, sessionArguments(session)...)
	return translate("create a session", err)
}

// ExtendSession moves the end of a session. It returns authserver.ErrNotFound when the session is gone.
func (s *Store) ExtendSession(ctx context.Context, token string, expiresAt, updatedAt time.Time) error {
	const statement = `UPDATE session SET "expiresAt" = $2, "updatedAt" = $3 WHERE token = $1`
	tag, err := s.pool.Exec(ctx, statement, token, stored(expiresAt), stored(updatedAt))
	if err == nil && tag.RowsAffected() == 0 {
		return authserver.ErrNotFound
	}
	return translate("extend a session", err)
}

// DeleteSession ends a session; it is no error when there is none.
func (s *Store) DeleteSession(ctx context.Context, token string) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM session WHERE token = $1`, token)
	return translate("delete a session", err)
}
