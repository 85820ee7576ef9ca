package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
)

var verifyPasswordBody = schema{Properties: []inputs.Property{{Name: "password", Type: ecma.String, Secret: true}}}

// verifyPassword answers POST /verify-password.
func (a *api) verifyPassword(c *call) error {
	if err := a.Users.VerifyPassword(c.r.Context(), c.found.User.ID, c.body.Get("password").Text()); err != nil {
		return err
	}
	c.json(http.StatusOK, appendStatus)
	return nil
}
