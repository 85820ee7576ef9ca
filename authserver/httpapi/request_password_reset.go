package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
)

var requestResetBody = schema{Properties: []inputs.Property{
	{Name: "email", Type: ecma.String, Check: inputs.Email},
	{Name: "redirectTo", Type: ecma.String, Optional: true},
}}

// requestPasswordReset answers POST /request-password-reset: the same, whether the address is known or not.
func (a *api) requestPasswordReset(c *call) error {
	err := a.Verifications.RequestReset(c.r.Context(), c.body.Get("email").Text(), c.body.Get("redirectTo").Text())
	if err != nil {
		return err
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		return append(dst, `{"status":true,"message":"If this email exists in our system, check your email for the reset link"}`...)
	})
	return nil
}
