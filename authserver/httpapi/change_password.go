package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
	"github.com/gatehouse-auth/gatehouse/authserver/users"
)

var changePasswordBody = schema{Properties: []inputs.Property{
	{Name: "newPassword", Type: ecma.String, Secret: true},
	{Name: "currentPassword", Type: ecma.String, Secret: true},
	{Name: "revokeOtherSessions", Type: ecma.Boolean, Optional: true},
}}

// changePassword answers POST /change-password: the user, and the token of the session that replaces all others.
func (a *api) changePassword(c *call) error {
	revoke := c.body.Get("revokeOtherSessions").Bool()
	session, err := a.Users.ChangePassword(c.r.Context(), c.found.User.ID, users.ChangePassword{
		Current: c.body.Get("currentPassword").Text(), New: c.body.Get("newPassword").Text(),
		// What cookies carry from before the change is dead, this session too.
		RevokeOthers: revoke || a.Sessions.Carried(), Client: c.client(),
	})
	if err != nil {
		return err
	}
	if session != nil {
		a.reissue(c, session, &c.found.User)
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		dst = append(dst, `{"token":`...)
		if !revoke {
			dst = append(dst, "null"...)
		} else {
			dst = ecma.AppendString(dst, session.Token)
		}
		dst = append(dst, `,"user":`...)
		dst = a.users.append(dst, &c.found.User)
		return append(dst, '}')
	})
	return nil
}
