package httpapi

import (
	"errors"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
)

// getSession answers GET /get-session: the session and its user, or null.
func (a *api) getSession(c *call) error {
	c.noStore()
	found, ok, err := a.session(c)
	if err != nil {
		return err
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		if !ok {
			return append(dst, "null"...)
		}
		dst = append(dst, `{"session":`...)
		dst = appendSession(dst, &found.Session)
		dst = append(dst, `,"user":`...)
		dst = a.users.append(dst, &found.User)
		return append(dst, '}')
	})
	return nil
}

// postSession answers POST /get-session, which exists for deferred refresh only.
func (*api) postSession(c *call) error {
	c.noStore()
	return authserver.ErrPostSession
}

// requireSession answers 401 to a request without a live session.
func (a *api) requireSession(c *call) error {
	found, ok, err := a.session(c)
	if err != nil {
		return err
	}
	if !ok {
		return authserver.ErrUnauthorized
	}
	c.found = found
	return nil
}

// session finds the session of the cookie, extends it when it is due, and sets or clears the cookies that follow.
func (a *api) session(c *call) (found sessions.Found, ok bool, err error) {
	// There is no cookie cache: a cookie of one is left over from another configuration.
	a.cookies.expireCache(c.Header(), c.r)
	token, ok := a.signed(c.r, a.cookies.sessionToken)
	if !ok {
		return found, false, nil
	}
	_, dontRemember := a.signed(c.r, a.cookies.dontRemember)
	extend := !dontRemember && !truthy(c.query["disableRefresh"])
	found, err = a.Sessions.Find(c.r.Context(), token, extend)
	if errors.Is(err, authserver.ErrNotFound) {
		a.cookies.clear(c.Header(), c.r)
		return found, false, nil
	}
	if err != nil {
		return found, false, err
	}
	if found.Extended {
		a.issue(c, found.Session.Token, true)
	}
	return found, true, nil
}

// truthy is JavaScript's reading of a query parameter: any text is true, also "false"; twice is an array, so true.
func truthy(values []string) bool {
	return len(values) > 1 || len(values) == 1 && values[0] != ""
}
