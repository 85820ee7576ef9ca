package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// userColumns are the columns of the user, alias u, in the order of userRow.targets.
func userColumns(fields []authserver.Field) string {
	return `u.id, u.name, u.email, u."emailVerified", u.image, u."createdAt", u."updatedAt"` + customColumns("u", fields)
}

// userRow is one row of userColumns.
type userRow struct {
	user                 authserver.User
	image                pgtype.Text
	createdAt, updatedAt moment
	cells                cells
}

// targets appends where userColumns are scanned to.
func (r *userRow) targets(fields []authserver.Field, targets []any) []any {
	targets = append(targets, &r.user.ID, &r.user.Name, &r.user.Email, &r.user.EmailVerified, &r.image, &r.createdAt, &r.updatedAt)
	return r.cells.targets(fields, targets)
}

func (r *userRow) value() authserver.User {
	user := r.user
	if r.image.Valid {
		user.Image = &r.image.String
	}
	user.CreatedAt, user.UpdatedAt = r.createdAt.Time, r.updatedAt.Time
	user.Fields = r.cells.values()
	return user
}

func credentialByEmail(fields []authserver.Field) string {
	return `SELECT coalesce(a.password, ''), ` + userColumns(fields) + `
		FROM "user" u LEFT JOIN account a ON a."userId" = u.id AND a."providerId" = '` + authserver.CredentialProvider + `'
		WHERE u.email = $1 ORDER BY a."createdAt" DESC LIMIT 1`
}

// CredentialByEmail returns the user of a lower-case address and the hash of the user's password, "" when the
// user has none.
func (s *Store) CredentialByEmail(ctx context.Context, email string) (authserver.User, string, error) {
	var row userRow
	var hash string
	targets := row.targets(s.fields, append(make([]any, 0, 8+len(s.fields)), &hash))
	if err := s.pool.QueryRow(ctx, s.statements.credentialByEmail, email).Scan(targets...); err != nil {
		return authserver.User{}, "", translate("read the user of an e-mail address", err)
	}
	return row.value(), hash, nil
}

func insertUser(fields []authserver.Field) string {
	columns, values := customValues(fields, 8)
	return `INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt"` + columns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7` + values + `)`
}

// CreateUser stores a user, an account of the user's and, unless it is nil, a first session: all or nothing.
// It returns authserver.ErrEmailTaken or a *authserver.FieldConflictError when another user has such a value.
func (s *Store) CreateUser(ctx context.Context, user authserver.User, account authserver.Account, session *authserver.Session) error {
	// The statements of a batch are one transaction and one round trip.
	batch := &pgx.Batch{}
	arguments := []any{user.ID, user.Name, user.Email, user.EmailVerified, user.Image, stored(user.CreatedAt), stored(user.UpdatedAt)}
	batch.Queue(s.statements.insertUser, appendArguments(arguments, user.Fields)...)
	batch.Queue(insertAccount, accountArguments(account)...)
	if session != nil {
		batch.Queue(s.statements.insertSession, sessionArguments(*session)...)
	}
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return translate("create a user", s.conflict(ctx, err))
	}
	return nil
}

// UpdateUser changes columns of a user. It returns authserver.ErrNotFound when the user is gone, and a
// *authserver.FieldConflictError when another user has such a value.
func (s *Store) UpdateUser(ctx context.Context, userID string, changes []authserver.Change, now time.Time) error {
	assignments, arguments := assign(changes, userID, stored(now))
	tag, err := s.pool.Exec(ctx, `UPDATE "user" SET "updatedAt" = $2`+assignments+" WHERE id = $1", arguments...)
	if err == nil && tag.RowsAffected() == 0 {
		return authserver.ErrNotFound
	}
	return translate("update a user", s.conflict(ctx, err))
}

// DeleteUser deletes a user with all sessions and accounts. Old databases have no cascades, and the lock keeps a sign-in
// from adding a session meanwhile, which would stand in the way.
func (s *Store) DeleteUser(ctx context.Context, userID string) error {
	batch := &pgx.Batch{}
	for _, statement := range []string{
		`SELECT 1 FROM "user" WHERE id = $1 FOR UPDATE`, `DELETE FROM session WHERE "userId" = $1`,
		`DELETE FROM account WHERE "userId" = $1`, `DELETE FROM "user" WHERE id = $1`,
	} {
		batch.Queue(statement, userID)
	}
	return translate("delete a user", s.pool.SendBatch(ctx, batch).Close())
}
