package httpapi

import (
	"errors"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
)

// carried finds the session where cookies are all there is. It believes the cookie about the user as Better-Auth does without
// a database, but asks ours where more depends on it: when the session gets a new life, for endpoints that decide about
// passwords, users and tokens, and when the cookie does not hold all of the user.
func (a *api) carried(c *call, token string) (found sessions.Found, ok bool, err error) {
	found, ok, whole := a.opened(a.cookies.chunked(c.r, a.cookies.sessionData), token)
	if !ok {
		a.clear(c.Header(), c.r)
		return found, false, nil
	}
	extend := a.mayExtend(c)
	asks := c.route.needs.sensitive || truthy(c.query["disableCookieCache"]) || extend && a.Sessions.Due(found.Session)
	if whole && !asks {
		c.fromCache = true
		return found, true, nil
	}
	found, err = a.Sessions.Admit(c.r.Context(), found.Session, extend)
	switch {
	case errors.Is(err, authserver.ErrNotFound):
		a.clear(c.Header(), c.r)
		return sessions.Found{}, false, nil
	case err != nil:
		return sessions.Found{}, false, err
	case found.Extended:
		a.issue(c, &found.Session, &found.User, true)
	default:
		a.cache(c, &found.Session, &found.User, a.remembered(c))
	}
	return found, true, nil
}

// admitted is the session of the request as the store, or the database where there is none, knows it now.
func (a *api) admitted(c *call, session authserver.Session) (sessions.Found, error) {
	if a.Sessions.Carried() {
		return a.Sessions.Admit(c.r.Context(), session, false)
	}
	return a.Sessions.Peek(c.r.Context(), session.Token)
}

// carries says whether cookies can carry a session.
func (a *api) carries(session *authserver.Session) bool {
	value, err := a.seal(session, nil, true)
	return err == nil && a.cookies.fits(value, a.cookies.cacheMaxAge)
}

// appendReference stands for a user who is too large for cookies, and is read from the database with each request then.
func appendReference(dst []byte, userID string) []byte {
	return append(ecma.AppendString(append(dst, `{"id":`...), userID), '}')
}
