package httpapi

import (
	"net/http"
	"strconv"

	"github.com/gatehouse-auth/gatehouse/authserver/accounts"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
)

var signInBody = schema{Properties: []inputs.Property{
	{Name: "email", Type: ecma.String},
	{Name: "password", Type: ecma.String, Secret: true},
	{Name: "callbackURL", Type: ecma.String, Optional: true},
	{Name: "rememberMe", Type: ecma.Boolean, Optional: true},
}}

// signInEmail answers POST /sign-in/email.
func (a *api) signInEmail(c *call) error {
	callback := c.body.Get("callbackURL")
	in := accounts.SignIn{
		Email: c.body.Get("email").Text(), Password: c.body.Get("password").Text(), CallbackURL: callback.Text(),
		Remember: remember(c.body), Client: c.client(),
	}
	signedIn, err := a.Accounts.SignIn(c.r.Context(), in)
	if err != nil {
		return err
	}
	a.issue(c, signedIn.Session, &signedIn.User, in.Remember)
	if callback.Text() != "" {
		c.Header().Set("Location", callback.Text())
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		dst = append(dst, `{"redirect":`...)
		dst = strconv.AppendBool(dst, callback.Text() != "")
		dst = append(dst, `,"token":`...)
		dst = ecma.AppendString(dst, signedIn.Session.Token)
		if callback.Kind() == ecma.String {
			dst = append(dst, `,"url":`...)
			dst = ecma.AppendString(dst, callback.Text())
		}
		dst = append(dst, `,"user":`...)
		dst = a.users.append(dst, &signedIn.User)
		return append(dst, '}')
	})
	return nil
}
