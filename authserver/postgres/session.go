package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// sessionColumns are the columns of a session, alias s, in the order of sessionRow.targets.
func sessionColumns(fields []authserver.Field) string {
	return `s.id, s.token, s."userId", s."expiresAt", s."createdAt", s."updatedAt",
		coalesce(s."ipAddress", ''), coalesce(s."userAgent", '')` + customColumns("s", fields)
}

// sessionsWhere selects sessions with their users, in the order of sessionUserRow.targets.
func sessionsWhere(condition string, sessionFields, userFields []authserver.Field) string {
	return `SELECT ` + sessionColumns(sessionFields) + `, ` + userColumns(userFields) + `
		FROM session s JOIN "user" u ON u.id = s."userId"
		WHERE ` + condition
}

// sessionRow is one row of sessionColumns.
type sessionRow struct {
	session                         authserver.Session
	expiresAt, createdAt, updatedAt moment
	cells                           cells
}

// targets appends where sessionColumns are scanned to.
func (r *sessionRow) targets(fields []authserver.Field, targets []any) []any {
	targets = append(targets, &r.session.ID, &r.session.Token, &r.session.UserID, &r.expiresAt, &r.createdAt, &r.updatedAt,
		&r.session.IPAddress, &r.session.UserAgent)
	return r.cells.targets(fields, targets)
}

func (r *sessionRow) value() authserver.Session {
	session := r.session
	session.ExpiresAt, session.CreatedAt, session.UpdatedAt = r.expiresAt.Time, r.createdAt.Time, r.updatedAt.Time
	session.Fields = r.cells.values()
	return session
}

func userSessions(fields []authserver.Field) string {
	return `SELECT ` + sessionColumns(fields) + ` FROM session s WHERE s."userId" = $1 AND s."expiresAt" > $2 ORDER BY s."createdAt", s.id`
}

// UserSessions returns the sessions of a user that are alive at a moment, oldest first.
func (s *Store) UserSessions(ctx context.Context, userID string, now time.Time) ([]authserver.Session, error) {
	rows, err := s.pool.Query(ctx, s.statements.userSessions, userID, stored(now))
	if err != nil {
		return nil, translate("read the sessions of a user", err)
	}
	sessions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (authserver.Session, error) {
		var session sessionRow
		err := row.Scan(session.targets(s.sessionFields, nil)...)
		return session.value(), err
	})
	return sessions, translate("read the sessions of a user", err)
}

func insertSession(fields []authserver.Field) string {
	columns, values := customValues(fields, 9)
	return `INSERT INTO session (id, token, "userId", "expiresAt", "createdAt", "updatedAt", "ipAddress", "userAgent"` + columns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8` + values + `)`
}

func sessionArguments(session authserver.Session) []any {
	arguments := []any{
		session.ID, session.Token, session.UserID, stored(session.ExpiresAt),
		stored(session.CreatedAt), stored(session.UpdatedAt), session.IPAddress, session.UserAgent,
	}
	return appendArguments(arguments, session.Fields)
}

// CreateSession stores a session. It changes the id to one that the database takes.
func (s *Store) CreateSession(ctx context.Context, session *authserver.Session) error {
	err := s.drawIDs(ctx, s.pool, newRow{"session", &session.ID})
	if err == nil {
		_, err = s.pool.Exec(ctx, s.statements.insertSession, sessionArguments(*session)...)
	}
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

// UpdateSession changes custom columns of a session and returns what it is then. It returns authserver.ErrNotFound when
// the session is gone, and a *authserver.FieldConflictError when another session has such a value.
func (s *Store) UpdateSession(ctx context.Context, token string, changes []authserver.Change, now time.Time) (authserver.Session, error) {
	assignments, arguments := assign(changes, token, stored(now))
	statement := `UPDATE session s SET "updatedAt" = $2` + assignments + ` WHERE token = $1 RETURNING ` + sessionColumns(s.sessionFields)
	var row sessionRow
	if err := s.pool.QueryRow(ctx, statement, arguments...).Scan(row.targets(s.sessionFields, nil)...); err != nil {
		return authserver.Session{}, translate("update a session", s.conflict(ctx, err))
	}
	return row.value(), nil
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
