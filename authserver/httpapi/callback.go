package httpapi

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
	"github.com/gatehouse-auth/gatehouse/authserver/social"
)

var (
	callbackQuery = schema{Properties: []inputs.Property{
		optional("code", ecma.String), optional("error", ecma.String), optional("device_id", ecma.String),
		optional("error_description", ecma.String), optional("state", ecma.String), optional("user", ecma.String), optional("iss", ecma.String),
	}}
	callbackBody = schema{Optional: true, Properties: callbackQuery.Properties}
)

// internalError is the code of what a browser cannot be told.
const internalError = "internal_server_error"

// callback answers GET /callback/:provider, where a browser comes back to with a code.
func (a *api) callback(c *call) error {
	outcome := a.Social.Finish(c.r.Context(), social.Callback{
		Provider: c.parameter, State: c.query.Get("state"), Code: c.query.Get("code"), Issuer: c.query.Get("iss"),
		Error: c.query.Get("error"), ErrorDescription: c.query.Get("error_description"), User: c.query.Get("user"),
		Cookie: a.stateCookie(c.r), SessionToken: a.carriedToken(c), Client: c.client(),
	})
	if outcome.StateUsed {
		a.cookies.expire(c.Header(), a.cookies.state)
	}
	if outcome.SignedIn != nil {
		a.issueSocial(c, outcome.SignedIn)
	}
	target := cmp.Or(outcome.URL, a.ErrorURL, a.BaseURL+a.BasePath+"/error")
	c.code, c.failure = loggable(outcome.Code), outcome.Cause
	for _, p := range []struct{ name, value string }{{"error", outcome.Code}, {"error_description", outcome.Description}} {
		if p.value != "" {
			target = appendQuery(target, p.name, p.value)
		}
	}
	c.redirect(target)
	return nil
}

// carriedToken is the token of the request's session where cookies are all there is, "" elsewhere and without one.
func (a *api) carriedToken(c *call) string {
	if !a.Sessions.Carried() {
		return ""
	}
	found, ok, err := a.peek(c)
	if !ok || err != nil {
		return ""
	}
	return found.Session.Token
}

// stateCookie is what the browser kept of a sign-in: the state that we signed, or a sealed one.
func (a *api) stateCookie(r *http.Request) string {
	if a.Cookies.StateInCookie {
		value, _ := cookieValue(r.Header["Cookie"], a.cookies.state)
		return value
	}
	value, _ := a.signed(r, a.cookies.state)
	return value
}

// loggable is a code as it may stand in a log: a provider, or who imitates one, chooses its own.
func loggable(code string) string {
	if len(code) > 64 || strings.Trim(code, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") != "" {
		return "provider_error"
	}
	return code
}

// maxCallback bounds the URL that a form becomes.
const maxCallback = 16 << 10

// postCallback answers POST /callback/:provider, by which Apple sends its code: the browser asks again by GET, for only then
// it sends the cookie of the state.
func (a *api) postCallback(c *call) error {
	target := a.BaseURL + c.route.path[:strings.IndexByte(c.route.path, ':')] + c.parameter
	for _, property := range callbackQuery.Properties {
		sent := c.body.Get(property.Name)
		value, present := sent.Text(), sent.Kind() == ecma.String
		if values := c.query[property.Name]; len(values) > 0 {
			value, present = values[0], true
		}
		if present {
			target = appendQuery(target, property.Name, value)
		}
	}
	if len(target) > maxCallback {
		return authserver.ErrPayloadTooLarge
	}
	c.redirect(target)
	return nil
}
