package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// listAccounts answers GET /list-accounts: the ways in which the user signs in, without their secrets.
func (a *api) listAccounts(c *call) error {
	list, err := a.Users.Accounts(c.r.Context(), c.found.User.ID)
	if err != nil {
		return err
	}
	c.json(http.StatusOK, func(dst []byte) []byte { return appendList(dst, list, appendAccount) })
	return nil
}

func appendAccount(dst []byte, account *authserver.Account) []byte {
	dst = append(dst, `{"accountId":`...)
	dst = ecma.AppendString(dst, account.AccountID)
	dst = append(dst, `,"providerId":`...)
	dst = ecma.AppendString(dst, account.ProviderID)
	dst = append(dst, `,"userId":`...)
	dst = ecma.AppendString(dst, account.UserID)
	dst = append(dst, `,"createdAt":`...)
	dst = ecma.AppendTime(dst, account.CreatedAt)
	dst = append(dst, `,"updatedAt":`...)
	dst = ecma.AppendTime(dst, account.UpdatedAt)
	dst = append(dst, `,"id":`...)
	dst = ecma.AppendString(dst, account.ID)
	dst = append(dst, `,"scopes":`...)
	dst = appendList(dst, account.Scopes, func(dst []byte, scope *string) []byte { return ecma.AppendString(dst, *scope) })
	return append(dst, '}')
}
