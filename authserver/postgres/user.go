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

func userBy(column string, fields []authserver.Field) string {
	return `SELECT ` + userColumns(fields) + ` FROM "user" u WHERE u.` + column + ` = $1`
}

// UserByEmail returns the user of a lower-case address, or authserver.ErrNotFound.
func (s *Store) UserByEmail(ctx context.Context, email string) (authserver.User, error) {
	return s.user(ctx, s.statements.userByEmail, email)
}

// UserByID returns a user, or authserver.ErrNotFound.
func (s *Store) UserByID(ctx context.Context, id string) (authserver.User, error) {
	return s.user(ctx, s.statements.userByID, id)
}

func (s *Store) user(ctx context.Context, query string, arguments ...any) (authserver.User, error) {
	var row userRow
	if err := s.pool.QueryRow(ctx, query, arguments...).Scan(row.targets(s.fields, nil)...); err != nil {
		return authserver.User{}, translate("read a user", err)
	}
	return row.value(), nil
}

func insertUser(fields []authserver.Field) string {
	columns, values := customValues(fields, 8)
	return `INSERT INTO "user" (id, name, email, "emailVerified", image, "createdAt", "updatedAt"` + columns + `)
		VALUES ($1, $2, $3, $4, $5, $6, $7` + values + `)`
}

func userArguments(user authserver.User) []any {
	arguments := []any{user.ID, user.Name, user.Email, user.EmailVerified, user.Image, stored(user.CreatedAt), stored(user.UpdatedAt)}
	return appendArguments(arguments, user.Fields)
}

// CreateUser stores a user, an account of the user's, unless it is nil a first session, and the mails about it: all or
// nothing. It returns authserver.ErrEmailTaken or a *authserver.FieldConflictError when another user has such a value.
// The id of the user is UserID's; that of the session becomes one that the database takes.
func (s *Store) CreateUser(
	ctx context.Context, user authserver.User, account authserver.Account, session *authserver.Session, mails ...authserver.Mail,
) error {
	rows := []newRow{{"account", &account.ID}}
	if session != nil {
		rows = append(rows, newRow{"session", &session.ID})
	}
	if err := s.drawIDs(ctx, s.pool, rows...); err != nil {
		return translate("create a user", err)
	}
	batch := &pgx.Batch{}
	batch.Queue(s.statements.insertUser, userArguments(user)...)
	batch.Queue(insertAccount, accountArguments(account)...)
	if session != nil {
		batch.Queue(s.statements.insertSession, sessionArguments(*session)...)
	}
	return translate("create a user", s.conflict(ctx, s.write(ctx, batch, mails)))
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

// VerifyEmail says that the address of a user is the user's. It returns authserver.ErrNotFound when the user is gone or has
// another address by now.
func (s *Store) VerifyEmail(ctx context.Context, userID, email string, now time.Time) error {
	const statement = `UPDATE "user" SET "emailVerified" = true, "updatedAt" = $3 WHERE id = $1 AND email = $2`
	tag, err := s.pool.Exec(ctx, statement, userID, email, stored(now))
	if err == nil && tag.RowsAffected() == 0 {
		return authserver.ErrNotFound
	}
	return translate("verify an address", err)
}

// ChangeEmail replaces the address of a user and queues the mails about it: all or nothing. It returns
// authserver.ErrNotFound when the user is gone or has another address by now, and authserver.ErrEmailTaken.
func (s *Store) ChangeEmail(ctx context.Context, change authserver.EmailChange, mails ...authserver.Mail) error {
	const statement = `UPDATE "user" SET email = $3, "emailVerified" = "emailVerified" AND $4, "updatedAt" = $5
		WHERE id = $1 AND email = $2`
	err := s.withMails(ctx, mails, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, statement, change.UserID, change.Old, change.New, change.KeepVerified, stored(change.At))
		if err == nil && tag.RowsAffected() == 0 {
			return pgx.ErrNoRows
		}
		return err
	})
	return translate("change an address", s.conflict(ctx, err))
}

const lockUser = `SELECT 1 FROM "user" WHERE id = $1 FOR UPDATE`

// DeleteUser deletes a user with all sessions and accounts. Old databases have no cascades, and the lock keeps a sign-in
// from adding a session meanwhile, which would stand in the way.
func (s *Store) DeleteUser(ctx context.Context, userID string) error {
	sessions, err := s.hasSessions(ctx)
	if err != nil {
		return translate("delete a user", err)
	}
	batch := &pgx.Batch{}
	batch.Queue(lockUser, userID)
	if sessions {
		batch.Queue(`DELETE FROM session WHERE "userId" = $1`, userID)
	}
	batch.Queue(`DELETE FROM account WHERE "userId" = $1`, userID)
	batch.Queue(`DELETE FROM "user" WHERE id = $1`, userID)
	return translate("delete a user", s.pool.SendBatch(ctx, batch).Close())
}

// hasSessions says whether there is a session table. Where sessions are elsewhere, one from before may have rows that
// refer to users.
func (s *Store) hasSessions(ctx context.Context) (exists bool, err error) {
	if !s.sessionsElsewhere {
		return true, nil
	}
	err = s.pool.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, s.pool.tables.table("session")).Scan(&exists)
	return exists, err
}
