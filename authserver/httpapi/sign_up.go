package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/accounts"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
)

var signUpBody = schema{Words: []string{"object", "record"}, Properties: []inputs.Property{
	{Name: "name", Type: ecma.String},
	{Name: "email", Type: ecma.String, Check: inputs.Email},
	{Name: "password", Type: ecma.String, NonEmpty: true, Secret: true},
	{Name: "image", Type: ecma.String, Optional: true},
	{Name: "callbackURL", Type: ecma.String, Optional: true},
	{Name: "rememberMe", Type: ecma.Boolean, Optional: true},
}}

// signUpEmail answers POST /sign-up/email.
func (a *api) signUpEmail(c *call) error {
	in := accounts.SignUp{
		Name: c.body.Get("name").Text(), Email: c.body.Get("email").Text(), Password: c.body.Get("password").Text(),
		CallbackURL: c.body.Get("callbackURL").Text(), Body: c.body, Remember: remember(c.body), Client: c.client(),
	}
	if image := c.body.Get("image"); image.Kind() == ecma.String {
		text := image.Text()
		in.Image = &text
	}
	created, err := a.Accounts.SignUp(c.r.Context(), in)
	if err != nil {
		return err
	}
	if created.Session != nil {
		a.issue(c, created.Session, &created.User, in.Remember)
	}
	c.json(http.StatusOK, func(dst []byte) []byte { return a.appendSignedUp(dst, created) })
	return nil
}

// appendSignedUp writes Better-Auth's {token, user}, and the session that the product's brief promises besides.
func (a *api) appendSignedUp(dst []byte, created accounts.SignedIn) []byte {
	session := created.Session
	if session == nil {
		dst = append(dst, `{"token":null,"user":`...)
		return append(a.users.append(dst, &created.User), '}')
	}
	dst = append(dst, `{"token":`...)
	dst = ecma.AppendString(dst, session.Token)
	dst = append(dst, `,"user":`...)
	dst = a.users.append(dst, &created.User)
	dst = append(dst, `,"session":`...)
	dst = appendNewSession(dst, session)
	return append(dst, '}')
}

func appendNewSession(dst []byte, session *authserver.Session) []byte {
	dst = append(dst, `{"id":`...)
	dst = ecma.AppendString(dst, session.ID)
	dst = append(dst, `,"token":`...)
	dst = ecma.AppendString(dst, session.Token)
	dst = append(dst, `,"expiresAt":`...)
	dst = ecma.AppendTime(dst, session.ExpiresAt)
	return append(dst, '}')
}

// remember is false only when the client says so.
func remember(body ecma.Value) bool {
	value := body.Get("rememberMe")
	return value.Kind() != ecma.Boolean || value.Bool()
}
