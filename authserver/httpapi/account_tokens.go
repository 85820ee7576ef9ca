package httpapi

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
	"github.com/gatehouse-auth/gatehouse/authserver/social"
)

// accountSelection names an account by its row id, or the one in the cookie. The user id is for calls on the server; here
// the session says who asks.
var accountSelection = schema{Whole: func(value ecma.Value) string {
	if value.Kind() != ecma.Object {
		return inputs.Invalid
	}
	id, cookie, user := value.Get("accountId"), value.Get("useAccountCookie"), value.Get("userId")
	byID, byCookie := id.Kind() == ecma.String, cookie.Bool()
	if byID == byCookie || user.Kind() != ecma.Undefined && user.Kind() != ecma.String {
		return inputs.Invalid
	}
	if value.HasText(0) {
		return inputs.NULProblem
	}
	return unrecognized(value, byID)
}}

// unrecognized is the problem of members that nobody knows.
func unrecognized(value ecma.Value, byID bool) string {
	var names []string
	for name := range value.Members() {
		if name != "userId" && (name != "accountId" || !byID) && (name != "useAccountCookie" || byID) {
			names = append(names, `"`+name+`"`)
		}
	}
	switch len(names) {
	case 0:
		return ""
	case 1:
		return "Unrecognized key: " + names[0]
	}
	return "Unrecognized keys: " + strings.Join(names, ", ")
}

// selection is the account that a body or a query names.
func (a *api) selection(c *call) social.Selection {
	in := social.Selection{UserID: c.found.User.ID, ID: c.body.Get("accountId").Text()}
	if c.r.Method == http.MethodGet {
		in.ID = c.query.Get("accountId")
	}
	if c.body.Get("useAccountCookie").Bool() {
		in.Cookie = a.accountOf(c.r)
	}
	return in
}

// getAccessToken answers POST /get-access-token.
func (a *api) getAccessToken(c *call) error {
	current, err := a.Social.AccessToken(c.r.Context(), a.selection(c))
	if err != nil {
		return err
	}
	if current.Renewed {
		a.issueAccount(c, &current.Account)
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		dst = ecma.AppendString(append(dst, `{"accessToken":`...), current.AccessToken)
		dst = appendGiven(dst, "accessTokenExpiresAt", current.AccessTokenExpiresAt)
		dst = appendList(append(dst, `,"scopes":`...), current.Scopes, func(dst []byte, scope *string) []byte { return ecma.AppendString(dst, *scope) })
		if current.IDToken != "" {
			dst = ecma.AppendString(append(dst, `,"idToken":`...), current.IDToken)
		}
		return append(dst, '}')
	})
	return nil
}

// refreshToken answers POST /refresh-token.
func (a *api) refreshToken(c *call) error {
	in := a.selection(c)
	current, err := a.Social.Refresh(c.r.Context(), in)
	if err != nil {
		return err
	}
	if in.Cookie != nil {
		a.issueAccount(c, &current.Account)
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		dst = ecma.AppendString(append(dst, `{"accessToken":`...), current.AccessToken)
		dst = ecma.AppendString(append(dst, `,"refreshToken":`...), current.RefreshToken)
		dst = appendGiven(dst, "accessTokenExpiresAt", current.AccessTokenExpiresAt)
		dst = appendTextOrNull(append(dst, `,"refreshTokenExpiresAt":`...), moment(current.RefreshTokenExpiresAt))
		dst = append(dst, `,"scope":`...)
		if current.Scopes == nil {
			dst = append(dst, "null"...)
		} else {
			dst = ecma.AppendString(dst, strings.Join(current.Scopes, ","))
		}
		dst = appendTextOrNull(append(dst, `,"idToken":`...), current.IDToken)
		dst = ecma.AppendString(append(dst, `,"providerId":`...), current.ProviderID)
		dst = ecma.AppendString(append(dst, `,"accountId":`...), current.ID)
		return append(dst, '}')
	})
	return nil
}

// appendGiven appends a member that is left out without a value.
func appendGiven(dst []byte, name string, at time.Time) []byte {
	if at.IsZero() {
		return dst
	}
	dst = append(ecma.AppendString(append(dst, ','), name), ':')
	return ecma.AppendTime(dst, at)
}

func moment(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}

func appendTextOrNull(dst []byte, text string) []byte {
	if text == "" {
		return append(dst, "null"...)
	}
	return ecma.AppendString(dst, text)
}

// accountInfo answers GET /account-info: what the provider says about the user.
func (a *api) accountInfo(c *call) error {
	current, profile, err := a.Social.Info(c.r.Context(), a.selection(c))
	if err != nil {
		return err
	}
	if current.Renewed {
		a.issueAccount(c, &current.Account)
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		dst = append(dst, `{"user":{`...)
		if profile.Name != "" {
			dst = append(ecma.AppendString(append(dst, `"name":`...), profile.Name), ',')
		}
		dst = appendTextOrNull(append(dst, `"email":`...), profile.Email)
		if profile.Image != "" {
			dst = ecma.AppendString(append(dst, `,"image":`...), profile.Image)
		}
		dst = strconv.AppendBool(append(dst, `,"emailVerified":`...), profile.EmailVerified)
		dst = append(append(dst, `},"data":`...), profile.Raw...)
		dst = ecma.AppendString(append(dst, `,"account":{"id":`...), current.ID)
		dst = ecma.AppendString(append(dst, `,"providerId":`...), current.ProviderID)
		dst = ecma.AppendString(append(dst, `,"accountId":`...), current.AccountID)
		return append(dst, `}}`...)
	})
	return nil
}
