package postgres

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// The database has no unique key for the accounts of providers, as Better-Auth's has none. So who adds one holds a lock on
// its name until the transaction ends, and adds it only when nobody else did.
const (
	lockAccount = `SELECT pg_advisory_xact_lock(hashtextextended($1 || chr(31) || $2, 7305808869231650675))`

	insertSocialAccount = `
		INSERT INTO account (id, "accountId", "providerId", "userId", "accessToken", "refreshToken", "idToken",
			"accessTokenExpiresAt", "refreshTokenExpiresAt", scope, "createdAt", "updatedAt")
		SELECT $1, $2, $3, $4, nullif($5, ''), nullif($6, ''), nullif($7, ''), $8, $9, $10, $11, $12
		WHERE NOT EXISTS (SELECT FROM account WHERE "accountId" = $2 AND "providerId" = $3)`
)

// CreateSocialUser stores a user, an account at a provider and the mails about it: all or nothing. It returns
// authserver.ErrAccountTaken when somebody has the account, and authserver.ErrEmailTaken or a
// *authserver.FieldConflictError when another user has such a value. The id of the user is UserID's; that of the account
// becomes one that the database takes.
func (s *Store) CreateSocialUser(ctx context.Context, user authserver.User, account *authserver.Account, mails ...authserver.Mail) error {
	batch := &pgx.Batch{}
	batch.Queue(lockAccount, account.ProviderID, account.AccountID)
	batch.Queue(s.statements.insertUser, userArguments(user)...)
	return s.addAccount(ctx, "create a user", batch, account, mails)
}

// LinkAccount stores an account at a provider. It returns authserver.ErrAccountTaken when somebody has it, and
// authserver.ErrRejected when its user is gone. The id becomes one that the database takes.
func (s *Store) LinkAccount(ctx context.Context, account *authserver.Account) error {
	batch := &pgx.Batch{}
	batch.Queue(lockAccount, account.ProviderID, account.AccountID)
	return s.addAccount(ctx, "link an account", batch, account, nil)
}

func (s *Store) addAccount(ctx context.Context, action string, batch *pgx.Batch, account *authserver.Account, mails []authserver.Mail) error {
	if err := s.drawIDs(ctx, s.pool, newRow{"account", &account.ID}); err != nil {
		return translate(action, err)
	}
	batch.Queue(insertSocialAccount, account.ID, account.AccountID, account.ProviderID, account.UserID,
		account.AccessToken, account.RefreshToken, account.IDToken,
		storedOrNull(account.AccessTokenExpiresAt), storedOrNull(account.RefreshTokenExpiresAt), scopeText(account.Scopes),
		stored(account.CreatedAt), stored(account.UpdatedAt),
	).Exec(func(tag pgconn.CommandTag) error {
		if tag.RowsAffected() == 0 {
			return authserver.ErrAccountTaken
		}
		return nil
	})
	err := s.withMails(ctx, mails, func(tx pgx.Tx) error { return tx.SendBatch(ctx, batch).Close() })
	if err == nil || errors.Is(err, authserver.ErrAccountTaken) {
		return err
	}
	return translate(action, s.conflict(ctx, err))
}

const updateAccount = `UPDATE account SET "accessToken" = coalesce(nullif($2, ''), "accessToken"),
	"refreshToken" = coalesce(nullif($3, ''), "refreshToken"), "idToken" = coalesce(nullif($4, ''), "idToken"),
	"accessTokenExpiresAt" = coalesce($5, "accessTokenExpiresAt"), "refreshTokenExpiresAt" = coalesce($6, "refreshTokenExpiresAt"),
	scope = coalesce($7, scope), "updatedAt" = $8 WHERE id = $1`

func updateArguments(id string, change authserver.AccountChange) []any {
	return []any{
		id, change.AccessToken, change.RefreshToken, change.IDToken, storedOrNull(change.AccessTokenExpiresAt),
		storedOrNull(change.RefreshTokenExpiresAt), scopeText(change.Scopes), stored(change.At),
	}
}

// UpdateAccount stores what a provider gave anew for an account. It returns authserver.ErrNotFound when the account is gone.
func (s *Store) UpdateAccount(ctx context.Context, id string, change authserver.AccountChange) error {
	tag, err := s.pool.Exec(ctx, updateAccount, updateArguments(id, change)...)
	if err == nil && tag.RowsAffected() == 0 {
		return authserver.ErrNotFound
	}
	return translate("update an account", err)
}

// holdFor bounds how long a transaction may wait for a provider; a server of its own may allow less.
const holdFor = `SELECT set_config('idle_in_transaction_session_timeout', '60s', true)`

// RenewAccount lets renew ask a provider for new tokens while nobody else does so for this account, and stores them: a
// provider that changes the refresh token each time takes every token only once. A change with a zero At is none. It
// returns authserver.ErrNotFound when the account is gone, and the errors of renew as they are.
func (s *Store) RenewAccount(
	ctx context.Context, userID, id string, renew func(authserver.Account) (authserver.AccountChange, error),
) error {
	var renewErr error
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, holdFor); err != nil {
			return err
		}
		account, err := accountOf(ctx, tx, userID, id, " FOR UPDATE")
		if err != nil {
			return err
		}
		change, err := renew(account)
		if err != nil || change.At.IsZero() {
			renewErr = err
			return err
		}
		_, err = tx.Exec(ctx, updateAccount, updateArguments(id, change)...)
		return err
	})
	if renewErr != nil {
		return renewErr
	}
	return translate("renew an account", err)
}

// UnlinkAccount deletes an account of a user. Unless last is set it returns authserver.ErrLastAccount when the user has only
// one account, whichever that is; without that account it returns authserver.ErrNotFound. The locks keep two requests from
// deleting the last two.
func (s *Store) UnlinkAccount(ctx context.Context, userID, id string, last bool) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT id FROM account WHERE "userId" = $1 ORDER BY id FOR UPDATE`, userID)
		if err != nil {
			return err
		}
		accounts, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		if len(accounts) == 1 && !last {
			return authserver.ErrLastAccount
		}
		tag, err := tx.Exec(ctx, `DELETE FROM account WHERE id = $1 AND "userId" = $2`, id, userID)
		if err == nil && tag.RowsAffected() == 0 {
			return authserver.ErrNotFound
		}
		return err
	})
	if errors.Is(err, authserver.ErrLastAccount) || errors.Is(err, authserver.ErrNotFound) {
		return err
	}
	return translate("unlink an account", err)
}
