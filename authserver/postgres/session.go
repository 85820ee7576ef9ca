package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// sessionColumns are the columns of a session, alias s, in the order of sessionRow.targets.
const sessionColumns = `s.id, s.token, s."userId", s."expiresAt", s."createdAt", s."updatedAt",
	coalesce(s."ipAddress", ''), coalesce(s."userAgent", '')`

func sessionByToken(fields []authserver.Field) string {
	return `SELECT ` + sessionColumns + `, ` + userColumns(fields) + `
		FROM session s JOIN "user" u ON u.id = s."userId"
		WHERE s.token = $1`
}

// sessionRow is one row of sessionColumns.
type sessionRow struct {
	session                         authserver.Session
	expiresAt, createdAt, updatedAt moment
}

// targets appends where sessionColumns are scanned to.
func (r *sessionRow) targets(targets []any) []any {
	return append(targets, &r.session.ID, &r.session.Token, &r.session.UserID, &r.expiresAt, &r.createdAt, &r.updatedAt,
		&r.session.IPAddress, &r.session.UserAgent)
}

func (r *sessionRow) value() authserver.Session {
	session := r.session
	session.ExpiresAt, session.CreatedAt, session.UpdatedAt = r.expiresAt.Time, r.createdAt.Time, r.updatedAt.Time
	return session
}

// SessionByToken returns the session of a token and its user, also when it has expired.
func (s *Store) SessionByToken(ctx context.Context, token string) (authserver.Session, authserver.User, error) {
	var session sessionRow
	var user userRow
	targets := user.targets(s.fields, session.targets(make([]any, 0, 15+len(s.fields))))
	if err := s.pool.QueryRow(ctx, s.statements.sessionByToken, token).Scan(targets...); err != nil {
		return authserver.Session{}, authserver.User{}, translate("read a session", err)
	}
	return session.value(), user.value(), nil
}

// UserSessions returns the sessions of a user that are alive at a moment, oldest first.
func (s *Store) UserSessions(ctx context.Context, userID string, now time.Time) ([]authserver.Session, error) {
	const query = `SELECT ` + sessionColumns + ` FROM session s WHERE s."userId" = $1 AND s."expiresAt" > $2 ORDER BY s."createdAt", s.id`
	rows, err := s.pool.Query(ctx, query, userID, stored(now))
	if err != nil {
		return nil, translate("read the sessions of a user", err)
	}
	sessions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (authserver.Session, error) {
		var session sessionRow
		err := row.Scan(session.targets(make([]any, 0, 8))...)
		return session.value(), err
	})
	return sessions, translate("read the sessions of a user", err)
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

// DeleteUserSession ends the session of a token if it is the user's.
func (s *Store) DeleteUserSession(ctx context.Context, userID, token string) error {
	_, err := s.pool.Exec(ctx, `DELETE FROM session WHERE token = $1 AND "userId" = $2`, token, userID)
	return translate("delete a session of a user", err)
}

const deleteUserSessions = `DELETE FROM session WHERE "userId" = $1 AND token <> $2`

// DeleteUserSessions ends all sessions of a user but the one of the token.
func (s *Store) DeleteUserSessions(ctx context.Context, userID, exceptToken string) error {
	_, err := s.pool.Exec(ctx, deleteUserSessions, userID, exceptToken)
	return translate("delete the sessions of a user", err)
}
