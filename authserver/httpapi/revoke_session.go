package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
)

var revokeSessionBody = schema{Properties: []inputs.Property{
	{Name: "token", Type: ecma.String},
}}

// revokeSession answers POST /revoke-session: success, whether the token is one of the user's or not.
func (a *api) revokeSession(c *call) error {
	token, own := c.body.Get("token").Text(), c.found.Session
	if err := a.Sessions.Revoke(c.r.Context(), own.UserID, token); err != nil {
		return err
	}
	if token == own.Token {
		a.end(c)
	}
	c.json(http.StatusOK, appendStatus)
	return nil
}

// revokeSessions answers POST /revoke-sessions, which ends the session of the request too.
func (a *api) revokeSessions(c *call) error {
	if err := a.Sessions.RevokeAll(c.r.Context(), c.found.User.ID); err != nil {
		return err
	}
	a.end(c)
	c.json(http.StatusOK, appendStatus)
	return nil
}

// revokeOtherSessions answers POST /revoke-other-sessions.
func (a *api) revokeOtherSessions(c *call) error {
	if err := a.Sessions.RevokeOthers(c.r.Context(), c.found.Session); err != nil {
		return err
	}
	c.json(http.StatusOK, appendStatus)
	return nil
}

func appendStatus(dst []byte) []byte { return append(dst, `{"status":true}`...) }
