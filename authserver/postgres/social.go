package postgres

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// accountColumns are the columns of an account with its tokens, alias a, in the order of accountRow.targets.
const accountColumns = `a.id, a."accountId", a."providerId", a."userId", a.scope, coalesce(a."accessToken", ''),
	coalesce(a."refreshToken", ''), coalesce(a."idToken", ''), a."accessTokenExpiresAt", a."refreshTokenExpiresAt", a."createdAt", a."updatedAt"`

// accountRow is one row of accountColumns.
type accountRow struct {
	account                                  authserver.Account
	scope                                    *string
	accessEnds, refreshEnds, created, update moment
}

func (r *accountRow) targets(targets []any) []any {
	a := &r.account
	return append(targets, &a.ID, &a.AccountID, &a.ProviderID, &a.UserID, &r.scope, &a.AccessToken, &a.RefreshToken, &a.IDToken,
		&r.accessEnds, &r.refreshEnds, &r.created, &r.update)
}

func (r *accountRow) value() authserver.Account {
	account := r.account
	if r.scope != nil {
		account.Scopes = append([]string{}, parseScopes(*r.scope)...)
	}
	account.CreatedAt, account.UpdatedAt = r.created.Time, r.update.Time
	if r.accessEnds.valid {
		account.AccessTokenExpiresAt = r.accessEnds.Time
	}
	if r.refreshEnds.valid {
		account.RefreshTokenExpiresAt = r.refreshEnds.Time
	}
	return account
}

func accountOwner(fields []authserver.Field) string {
	return `SELECT ` + accountColumns + `, ` + userColumns(fields) + `
		FROM account a JOIN "user" u ON u.id = a."userId"
		WHERE a."accountId" = $1 AND a."providerId" = $2 ORDER BY a."createdAt", a.id LIMIT 2`
}

// AccountOwner returns the account that somebody has at a provider, with its tokens, and its user, or
// authserver.ErrNotFound. Nothing in the database keeps an old server from giving one account to two users; that is an
// error.
func (s *Store) AccountOwner(ctx context.Context, providerID, accountID string) (authserver.Account, authserver.User, error) {
	type owner struct {
		account authserver.Account
		user    authserver.User
	}
	rows, err := s.pool.Query(ctx, s.statements.accountOwner, accountID, providerID)
	if err != nil {
		return authserver.Account{}, authserver.User{}, translate("read the owner of an account", err)
	}
	owners, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (owner, error) {
		var account accountRow
		var user userRow
		err := row.Scan(user.targets(s.fields, account.targets(make([]any, 0, 19+len(s.fields))))...)
		return owner{account.value(), user.value()}, err
	})
	switch {
	case err != nil:
		return authserver.Account{}, authserver.User{}, translate("read the owner of an account", err)
	case len(owners) == 0:
		return authserver.Account{}, authserver.User{}, authserver.ErrNotFound
	case len(owners) > 1 && owners[0].user.ID != owners[1].user.ID:
		return authserver.Account{}, authserver.User{}, fmt.Errorf(
			"the accounts %s and %s are the same one at %s, but of different users; delete one of these rows",
			owners[0].account.ID, owners[1].account.ID, providerID)
	}
	return owners[0].account, owners[0].user, nil
}

// AccountOf returns an account of a user with its tokens, or authserver.ErrNotFound.
func (s *Store) AccountOf(ctx context.Context, userID, id string) (authserver.Account, error) {
	return accountOf(ctx, s.pool, userID, id, "")
}

type rowQuerier interface {
	QueryRow(ctx context.Context, sql string, arguments ...any) pgx.Row
}

func accountOf(ctx context.Context, q rowQuerier, userID, id, lock string) (authserver.Account, error) {
	var row accountRow
	err := q.QueryRow(ctx, `SELECT `+accountColumns+` FROM account a WHERE a.id = $1 AND a."userId" = $2`+lock, id, userID).
		Scan(row.targets(make([]any, 0, 12))...)
	return row.value(), translate("read an account", err)
}

// scopeText is NULL without scopes, and the empty text when there are known to be none.
func scopeText(scopes []string) *string {
	if scopes == nil {
		return nil
	}
	text := strings.Join(scopes, ",")
	return &text
}
