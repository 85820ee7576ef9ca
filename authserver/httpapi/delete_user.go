package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
	"github.com/gatehouse-auth/gatehouse/authserver/users"
)

var deleteUserBody = schema{Properties: []inputs.Property{
	{Name: "callbackURL", Type: ecma.String, Optional: true},
	{Name: "password", Type: ecma.String, Optional: true, Secret: true},
	{Name: "token", Type: ecma.String, Optional: true},
}}

// deleteUser answers POST /delete-user.
func (a *api) deleteUser(c *call) error {
	asked, err := a.Users.Delete(c.r.Context(), c.found.User, c.found.Session, users.Delete{
		Password: c.body.Get("password").Text(), Token: c.body.Get("token").Text(), CallbackURL: c.body.Get("callbackURL").Text(),
	})
	if err != nil {
		return err
	}
	if asked {
		c.json(http.StatusOK, func(dst []byte) []byte { return append(dst, `{"success":true,"message":"Verification email sent"}`...) })
		return nil
	}
	a.deleted(c)
	return nil
}

var deleteUserQuery = schema{Properties: []inputs.Property{
	{Name: "token", Type: ecma.String},
	{Name: "callbackURL", Type: ecma.String, Optional: true},
}}

// deleteUserCallback answers GET /delete-user/callback, the link of a mail.
func (a *api) deleteUserCallback(c *call) error {
	if !a.Users.DeleteEnabled {
		return authserver.ErrDeleteCallbackDisabled
	}
	found, ok, err := a.session(c, a.DeferRefresh)
	if err != nil {
		return err
	}
	if !ok {
		return authserver.ErrFailedToGetUserInfo
	}
	if err := a.Users.DeleteByToken(c.r.Context(), found.Session, c.query.Get("token")); err != nil {
		return err
	}
	if url := c.query.Get("callbackURL"); url != "" {
		a.end(c)
		c.redirect(url)
		return nil
	}
	a.deleted(c)
	return nil
}

// deleted tells a browser that its user is gone.
func (a *api) deleted(c *call) {
	a.end(c)
	c.json(http.StatusOK, func(dst []byte) []byte { return append(dst, `{"success":true,"message":"User deleted"}`...) })
}
