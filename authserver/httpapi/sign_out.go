package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
)

var signOutBody = schema{Optional: true, Properties: []inputs.Property{
	{Name: "callbackURL", Type: ecma.String, Optional: true},
	{Name: "disableRedirect", Type: ecma.Boolean, Optional: true},
	{Name: "state", Type: ecma.String, Optional: true},
}}

// signOut answers POST /sign-out: success, whether there was a session or not.
func (a *api) signOut(c *call) error {
	if token, found := a.signed(c.r, a.cookies.sessionToken); found {
		if err := a.Sessions.End(c.r.Context(), token); err != nil {
			return err
		}
	}
	a.clear(c.Header(), c.r)
	c.json(http.StatusOK, func(dst []byte) []byte { return append(dst, `{"success":true}`...) })
	return nil
}
