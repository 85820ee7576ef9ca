package httpapi

import (
	"errors"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// updateSessionBody leaves the members to package sessions, which knows the custom fields.
var updateSessionBody = schema{Words: []string{"record"}}

// updateSession answers POST /update-session, which changes custom fields of the caller's session.
func (a *api) updateSession(c *call) error {
	session, err := a.Sessions.Update(c.r.Context(), c.found.Session, c.body)
	if errors.Is(err, authserver.ErrNotFound) {
		// The cookie cache did not know, or the session has ended since it was found.
		a.end(c)
		return authserver.ErrFailedToGetSession
	}
	if err != nil {
		return err
	}
	if a.Sessions.Carried() && !a.carries(&session) {
		return authserver.ErrSessionTooLarge
	}
	c.found.Session = session
	if err := a.reissueUpdated(c); err != nil {
		return err
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		dst = a.sessions.append(append(dst, `{"session":`...), &session)
		return append(dst, '}')
	})
	return nil
}
