package httpapi

import (
	"log/slog"
	"net/http"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// issueAccount puts an account into its cookie, if that is configured. It is a convenience: without it, clients name the
// account by its id.
func (a *api) issueAccount(c *call, account *authserver.Account) {
	if a.AccountCookies == nil {
		return
	}
	value, err := a.AccountCookies.Seal(*account)
	if err != nil {
		a.Log.Warn("an account is not kept in a cookie", slog.String("requestID", c.id), slog.String("error", err.Error()))
		return
	}
	if !a.cookies.setChunked(c.Header(), c.r, a.cookies.account, value, a.cookies.cacheMaxAge, maxAccount) {
		a.Log.Warn("an account is not kept in a cookie: its tokens are too large", slog.String("requestID", c.id), slog.Int("bytes", len(value)))
	}
}

// accountOf is the account in the request's cookie, nil without one.
func (a *api) accountOf(r *http.Request) *authserver.Account {
	if a.AccountCookies == nil {
		return nil
	}
	account, ok := a.AccountCookies.Open(a.cookies.chunked(r, a.cookies.account))
	if !ok {
		return nil
	}
	return &account
}

// keepAccount lets the account of the request live as long as the cache of its session, and ends that of another user.
func (a *api) keepAccount(c *call, userID string) {
	account := a.accountOf(c.r)
	if account == nil || slices.ContainsFunc(c.Header()["Set-Cookie"], func(cookie string) bool { return strings.HasPrefix(cookie, a.cookies.account) }) {
		return
	}
	if account.UserID == userID {
		a.issueAccount(c, account)
		return
	}
	a.cookies.expire(c.Header(), a.cookies.account)
	a.cookies.expireSent(c.Header(), c.r, a.cookies.account)
}
