package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
	"github.com/gatehouse-auth/gatehouse/authserver/verifications"
)

var changeEmailBody = schema{Properties: []inputs.Property{
	{Name: "newEmail", Type: ecma.String, Check: inputs.Email},
	{Name: "callbackURL", Type: ecma.String, Optional: true},
}}

// changeEmail answers POST /change-email.
func (a *api) changeEmail(c *call) error {
	changed, err := a.Verifications.ChangeEmail(c.r.Context(), c.found.User, verifications.ChangeEmail{
		NewEmail: c.body.Get("newEmail").Text(), CallbackURL: c.body.Get("callbackURL").Text(),
	})
	if err != nil {
		return err
	}
	if changed {
		if err := a.reissueUpdated(c); err != nil {
			return err
		}
	}
	c.json(http.StatusOK, appendStatus)
	return nil
}
