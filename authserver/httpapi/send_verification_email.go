package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
)

var sendVerificationBody = schema{Properties: []inputs.Property{
	{Name: "email", Type: ecma.String, Check: inputs.Email},
	{Name: "callbackURL", Type: ecma.String, Optional: true},
}}

// sendVerificationEmail answers POST /send-verification-email.
func (a *api) sendVerificationEmail(c *call) error {
	if err := a.Verifications.Enabled(); err != nil {
		return err
	}
	found, ok, err := a.session(c, a.DeferRefresh)
	if err != nil {
		return err
	}
	email, callbackURL := c.body.Get("email").Text(), c.body.Get("callbackURL").Text()
	if ok {
		err = a.Verifications.SendTo(c.r.Context(), found.User, email, callbackURL)
	} else {
		err = a.Verifications.Send(c.r.Context(), email, callbackURL)
	}
	if err != nil {
		return err
	}
	c.json(http.StatusOK, appendStatus)
	return nil
}
