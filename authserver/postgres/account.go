package postgres

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

const insertAccount = `
	INSERT INTO account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
	VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7)`

func accountArguments(account authserver.Account) []any {
	return []any{
		account.ID, account.AccountID, account.ProviderID, account.UserID, account.Password,
		stored(account.CreatedAt), stored(account.UpdatedAt),
	}
}

// CredentialOf returns the hash of a user's password, "" for a credential account without one, or authserver.ErrNotFound.
func (s *Store) CredentialOf(ctx context.Context, userID string) (hash string, err error) {
	const query = `SELECT coalesce(password, '') FROM account
		WHERE "userId" = $1 AND "providerId" = '` + authserver.CredentialProvider + `' ORDER BY "createdAt" DESC LIMIT 1`
	err = s.pool.QueryRow(ctx, query, userID).Scan(&hash)
	return hash, translate("read the password of a user", err)
}

// ChangePassword replaces a hash, and with change.Session all sessions: all or nothing. It returns authserver.ErrNotFound
// when the user has no such hash any more.
func (s *Store) ChangePassword(ctx context.Context, userID string, change authserver.PasswordChange) error {
	const replace = `UPDATE account SET password = $3, "updatedAt" = $4
		WHERE "userId" = $1 AND "providerId" = '` + authserver.CredentialProvider + `' AND password = $2`
	if change.Session != nil {
		if err := s.drawIDs(ctx, s.pool, newRow{"session", &change.Session.ID}); err != nil {
			return translate("change a password", err)
		}
	}
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, replace, userID, change.Old, change.New, stored(change.At))
		if err == nil && tag.RowsAffected() == 0 {
			return pgx.ErrNoRows
		}
		if err != nil || change.Session == nil {
			return err
		}
		batch := &pgx.Batch{}
		batch.Queue(deleteUserSessions, userID, "")
		batch.Queue(s.statements.insertSession, sessionArguments(*change.Session)...)
		return tx.SendBatch(ctx, batch).Close()
	})
	return translate("change a password", err)
}

// Rehash replaces the hash of a password by another of the same password. It returns authserver.ErrNotFound when the user
// has no such hash any more. The account counts as unchanged: stateless sessions end when it changes.
func (s *Store) Rehash(ctx context.Context, userID, old, hash string) error {
	const replace = `UPDATE account SET password = $3
		WHERE "userId" = $1 AND "providerId" = '` + authserver.CredentialProvider + `' AND password = $2`
	tag, err := s.pool.Exec(ctx, replace, userID, old, hash)
	if err == nil && tag.RowsAffected() == 0 {
		return authserver.ErrNotFound
	}
	return translate("store a password hashed anew", err)
}

const (
	replacePassword = `UPDATE account SET password = $2, "updatedAt" = $3
		WHERE "userId" = $1 AND "providerId" = '` + authserver.CredentialProvider + `'`
	// insertCredential needs the lock on the user: two resets must not both find none.
	insertCredential = `
		INSERT INTO account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
		SELECT $1, $2, $3, $4, $5, $6::timestamptz, $7::timestamptz WHERE NOT EXISTS (SELECT FROM account WHERE "userId" = $4 AND "providerId" = $3)`
)

// ResetPassword gives a user a new password, a credential account for it if there is none, and with reset.RevokeSessions
// ends all sessions: all or nothing, the verification included. It returns authserver.ErrNotFound when the verification
// is used up, has expired or is not the user's, and authserver.ErrRejected when the user is gone.
func (s *Store) ResetPassword(ctx context.Context, reset authserver.PasswordReset) error {
	account := reset.Account
	if err := s.drawIDs(ctx, s.pool, newRow{"account", &account.ID}); err != nil {
		return translate("reset a password", err)
	}
	batch := &pgx.Batch{}
	if reset.Identifier != "" {
		batch.Queue(takeVerification, identifiers(reset.Identifier), stored(account.UpdatedAt)).QueryRow(func(row pgx.Row) error {
			var owner string
			if err := row.Scan(&owner); err != nil || owner == account.UserID {
				return err
			}
			return pgx.ErrNoRows
		})
	}
	batch.Queue(lockUser, account.UserID)
	batch.Queue(replacePassword, account.UserID, account.Password, stored(account.UpdatedAt))
	batch.Queue(insertCredential, accountArguments(account)...)
	if reset.RevokeSessions {
		batch.Queue(deleteUserSessions, account.UserID, "")
	}
	// Not only a batch: the answer to its first statement may undo the others.
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error { return tx.SendBatch(ctx, batch).Close() })
	return translate("reset a password", err)
}

// AccountsOf returns the accounts of a user, oldest first, without their secrets.
func (s *Store) AccountsOf(ctx context.Context, userID string) ([]authserver.Account, error) {
	const query = `SELECT id, "accountId", "providerId", "userId", coalesce(scope, ''), "createdAt", "updatedAt"
		FROM account WHERE "userId" = $1 ORDER BY "createdAt", id`
	rows, err := s.pool.Query(ctx, query, userID)
	if err != nil {
		return nil, translate("read the accounts of a user", err)
	}
	accounts, err := pgx.CollectRows(rows, scanAccount)
	return accounts, translate("read the accounts of a user", err)
}

func scanAccount(row pgx.CollectableRow) (account authserver.Account, err error) {
	var scope string
	var createdAt, updatedAt moment
	err = row.Scan(&account.ID, &account.AccountID, &account.ProviderID, &account.UserID, &scope, &createdAt, &updatedAt)
	account.Scopes = parseScopes(scope)
	account.CreatedAt, account.UpdatedAt = createdAt.Time, updatedAt.Time
	return account, err
}

func parseScopes(text string) (scopes []string) {
	for scope := range strings.SplitSeq(text, ",") {
		if scope = strings.TrimSpace(scope); scope != "" {
			scopes = append(scopes, scope)
		}
	}
	return scopes
}
