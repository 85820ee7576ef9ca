package httpapi

import (
	"errors"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// validateSession answers GET /api/validate-session, which back ends call with their users' cookies. It changes
// nothing: an answer to a back end could not renew the cookie in the browser.
func (a *api) validateSession(c *call) error {
	c.noStore()
	token, ok := a.signed(c.r, a.cookies.sessionToken)
	if !ok {
		c.json(http.StatusOK, appendNobody)
		return nil
	}
	found, err := a.Sessions.Peek(c.r.Context(), token)
	if errors.Is(err, authserver.ErrNotFound) {
		c.json(http.StatusOK, appendNobody)
		return nil
	}
	if err != nil {
		return err
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		dst = append(dst, `{"user":`...)
		dst = a.users.append(dst, &found.User)
		dst = append(dst, `,"session":`...)
		dst = a.sessions.append(dst, &found.Session)
		return append(dst, '}')
	})
	return nil
}

func appendNobody(dst []byte) []byte { return append(dst, `{"user":null,"session":null}`...) }
