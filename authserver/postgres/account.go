package postgres

import "github.com/gatehouse-auth/gatehouse/authserver"

const insertAccount = `
	INSERT INTO account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
	VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7)`

func accountArguments(account authserver.Account) []any {
	return []any{
		account.ID, account.AccountID, account.ProviderID, account.UserID, account.Password,
		stored(account.CreatedAt), stored(account.UpdatedAt),
	}
}
