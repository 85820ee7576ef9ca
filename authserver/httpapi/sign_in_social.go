package httpapi

import (
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
	"github.com/gatehouse-auth/gatehouse/authserver/social"
)

// reserved are the parameters of an authorize URL that clients do not set.
var reserved = []string{
	"state", "client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "nonce", "scope",
}

// The members of requests that lead to a provider.
var (
	providerName   = inputs.Property{Name: "provider", Type: ecma.String, Vague: true}
	additionalData = inputs.Property{Name: "additionalData", Type: ecma.Object, Optional: true, Word: "record"}
	scopes         = inputs.Property{Name: "scopes", Type: ecma.Array, Optional: true, Within: inputs.Strings}
	params         = inputs.Property{Name: "additionalParams", Type: ecma.Object, Optional: true, Word: "record", Within: inputs.StringsExcept(
		"additionalParams cannot include reserved OAuth parameters: "+strings.Join(reserved, ", "), reserved...)}
)

func optional(name string, kind ecma.Kind) inputs.Property {
	return inputs.Property{Name: name, Type: kind, Optional: true}
}

var signInSocialBody = schema{Properties: []inputs.Property{
	optional("callbackURL", ecma.String), optional("newUserCallbackURL", ecma.String), optional("errorCallbackURL", ecma.String),
	providerName, optional("disableRedirect", ecma.Boolean),
	{Name: "idToken", Type: ecma.Object, Optional: true, Within: inputs.Object(
		inputs.Property{Name: "token", Type: ecma.String}, optional("nonce", ecma.String), optional("accessToken", ecma.String),
		optional("refreshToken", ecma.String), optional("expiresAt", ecma.Number),
		inputs.Property{Name: "user", Type: ecma.Object, Optional: true, Within: inputs.Object(
			inputs.Property{Name: "name", Type: ecma.Object, Optional: true, Within: inputs.Object(
				optional("firstName", ecma.String), optional("lastName", ecma.String))},
			optional("email", ecma.String))},
	)},
	scopes, optional("requestSignUp", ecma.Boolean), optional("loginHint", ecma.String), params, additionalData,
}}

// signInSocial answers POST /sign-in/social: the URL of the provider, or with an ID token the user.
func (a *api) signInSocial(c *call) error {
	if c.body.Get("idToken").Truthy() {
		return a.signInWith(c)
	}
	return a.goToProvider(c, nil)
}

// goToProvider sends the browser to a provider.
func (a *api) goToProvider(c *call, link *social.Link) error {
	in := social.Begin{
		Provider: c.body.Get("provider").Text(), CallbackURL: c.body.Get("callbackURL").Text(), ErrorURL: c.body.Get("errorCallbackURL").Text(),
		NewUserURL: c.body.Get("newUserCallbackURL").Text(), RequestSignUp: c.body.Get("requestSignUp"),
		AdditionalData: c.body.Get("additionalData"), LoginHint: c.body.Get("loginHint").Text(), Link: link,
	}
	for _, scope := range c.body.Get("scopes").Items() {
		in.Scopes = append(in.Scopes, scope.Text())
	}
	for name, value := range c.body.Get("additionalParams").Members() {
		in.Params = append(in.Params, oauth.Param{Name: name, Value: value.Text()})
	}
	begun, err := a.Social.Begin(c.r.Context(), in)
	if err != nil {
		return err
	}
	cookie := begun.Cookie
	if !a.Cookies.StateInCookie {
		cookie = url.QueryEscape(a.Keys.Sign(cookie))
	}
	a.cookies.setState(c.Header(), cookie)
	redirect := !c.body.Get("disableRedirect").Bool()
	if redirect {
		c.Header().Set("Location", begun.URL)
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		dst = ecma.AppendString(append(dst, `{"url":`...), begun.URL)
		dst = strconv.AppendBool(append(dst, `,"redirect":`...), redirect)
		return append(dst, '}')
	})
	return nil
}

func (a *api) signInWith(c *call) error {
	signedIn, err := a.Social.SignInWith(c.r.Context(), idToken(c), c.body.Get("requestSignUp").Bool(), c.body.Get("callbackURL").Text(), c.client())
	if err != nil {
		return err
	}
	a.issueSocial(c, &signedIn)
	c.json(http.StatusOK, func(dst []byte) []byte {
		dst = ecma.AppendString(append(dst, `{"redirect":false,"token":`...), signedIn.Session.Token)
		dst = a.users.append(append(dst, `,"user":`...), &signedIn.User)
		return append(dst, '}')
	})
	return nil
}

// idToken is the ID token of a body.
func idToken(c *call) social.IDToken {
	token := c.body.Get("idToken")
	in := social.IDToken{
		Provider: c.body.Get("provider").Text(), Token: token.Get("token").Text(), Nonce: token.Get("nonce").Text(),
		AccessToken: token.Get("accessToken").Text(), RefreshToken: token.Get("refreshToken").Text(),
	}
	if user := token.Get("user"); user.Kind() == ecma.Object {
		in.User = string(ecma.Append(nil, user))
	}
	return in
}

// issueSocial sets the cookies of somebody who signed in at a provider. The session is remembered or not as the one before.
func (a *api) issueSocial(c *call, in *social.SignedIn) {
	a.issueAccount(c, &in.Account)
	a.reissue(c, &in.Session, &in.User)
}
