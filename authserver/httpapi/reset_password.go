package httpapi

import (
	"cmp"
	"errors"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
)

var openResetQuery = schema{Properties: []inputs.Property{{Name: "callbackURL", Type: ecma.String}}}

// openPasswordReset answers GET /reset-password/:token, the link of a mail: it leads to the page of the application that
// asks for the new password.
func (a *api) openPasswordReset(c *call) error {
	callbackURL := c.query.Get("callbackURL")
	if callbackURL == "" {
		c.redirect(a.absolute(a.BasePath + "/error?error=" + authserver.ErrInvalidResetToken.Code))
		return nil
	}
	name, value := "token", c.parameter
	err := a.Verifications.CheckReset(c.r.Context(), c.parameter)
	switch {
	case errors.Is(err, authserver.ErrInvalidResetToken):
		name, value = "error", authserver.ErrInvalidResetToken.Code
		c.code = value
	case err != nil:
		return err
	}
	c.redirect(replacingQuery(a.absolute(callbackURL), name, value))
	return nil
}

var resetPasswordBody = schema{Properties: []inputs.Property{
	{Name: "newPassword", Type: ecma.String, Secret: true},
	{Name: "token", Type: ecma.String, Optional: true},
}}

var resetPasswordQuery = schema{Properties: []inputs.Property{{Name: "token", Type: ecma.String, Optional: true}}}

// resetPassword answers POST /reset-password.
func (a *api) resetPassword(c *call) error {
	token := cmp.Or(c.body.Get("token").Text(), c.query.Get("token"))
	if err := a.Verifications.Reset(c.r.Context(), token, c.body.Get("newPassword").Text()); err != nil {
		return err
	}
	c.json(http.StatusOK, appendStatus)
	return nil
}
