package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
	"github.com/gatehouse-auth/gatehouse/authserver/social"
)

var linkSocialBody = schema{Properties: []inputs.Property{
	optional("callbackURL", ecma.String), providerName,
	{Name: "idToken", Type: ecma.Object, Optional: true, Within: inputs.Object(
		inputs.Property{Name: "token", Type: ecma.String}, optional("nonce", ecma.String), optional("accessToken", ecma.String),
		optional("refreshToken", ecma.String),
	)},
	optional("requestSignUp", ecma.Boolean), scopes, optional("errorCallbackURL", ecma.String), optional("disableRedirect", ecma.Boolean),
	optional("loginHint", ecma.String), params, additionalData,
}}

// linkSocial answers POST /link-social: the URL of the provider, or with an ID token success.
func (a *api) linkSocial(c *call) error {
	if !c.body.Get("idToken").Truthy() {
		return a.goToProvider(c, &social.Link{User: c.found.User, Token: c.found.Session.Token})
	}
	if err := a.Social.LinkWith(c.r.Context(), idToken(c), c.found.User); err != nil {
		return err
	}
	c.json(http.StatusOK, func(dst []byte) []byte { return append(dst, `{"url":"","status":true,"redirect":false}`...) })
	return nil
}

var unlinkAccountBody = schema{Properties: []inputs.Property{{Name: "accountId", Type: ecma.String}}}

// unlinkAccount answers POST /unlink-account.
func (a *api) unlinkAccount(c *call) error {
	if err := a.Social.Unlink(c.r.Context(), c.found.User.ID, c.body.Get("accountId").Text()); err != nil {
		return err
	}
	c.json(http.StatusOK, appendStatus)
	return nil
}
