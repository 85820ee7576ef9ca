package httpapi

import (
	"errors"
	"net/http"
	"strconv"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
)

// getSession answers GET /get-session: the session and its user, or null. With deferred refresh it also tells whether
// the client should refresh by POST.
func (a *api) getSession(c *call) error {
	return a.answerSession(c, a.DeferRefresh)
}

// postSession answers POST /get-session, which exists for deferred refresh only.
func (a *api) postSession(c *call) error {
	if !a.DeferRefresh {
		c.noStore()
		return authserver.ErrPostSession
	}
	return a.answerSession(c, false)
}

func (a *api) answerSession(c *call, deferred bool) error {
	c.noStore()
	found, ok, err := a.session(c, deferred)
	if err != nil {
		return err
	}
	if ok {
		a.tellJWT(c, &found)
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		if !ok {
			return append(dst, "null"...)
		}
		if c.fromCache {
			dst = a.sessions.appendCached(append(dst, `{"session":`...), &found.Session)
			dst = a.users.appendCached(append(dst, `,"user":`...), &found.User)
			return append(dst, '}')
		}
		dst = a.sessions.append(append(dst, `{"session":`...), &found.Session)
		dst = a.users.append(append(dst, `,"user":`...), &found.User)
		if deferred && a.mayExtend(c) {
			dst = append(dst, `,"needsRefresh":`...)
			dst = strconv.AppendBool(dst, found.Due)
		}
		return append(dst, '}')
	})
	return nil
}

// requireSession answers 401 to a request without a live session, and 403 where a fresh one is needed.
func (a *api) requireSession(c *call) error {
	found, ok, err := a.session(c, a.DeferRefresh)
	if err != nil {
		return err
	}
	if !ok && c.route.needs.bare {
		return authserver.ErrUnauthorizedBare
	}
	if !ok {
		return authserver.ErrUnauthorized
	}
	if c.route.needs.fresh && !a.Sessions.Fresh(found.Session) {
		return authserver.ErrSessionNotFresh
	}
	c.found = found
	return nil
}

// session finds the session of the cookie, extends it when it is due, and sets or clears the cookies that follow. When
// that is deferred, it changes no row. As in Better-Auth, what use may not extend is not cached by it either.
func (a *api) session(c *call, deferred bool) (found sessions.Found, ok bool, err error) {
	if a.Cache == nil {
		// A cookie of a cache is left over from another configuration.
		a.cookies.expireSent(c.Header(), c.r, a.cookies.sessionData)
	}
	token, ok := a.signed(c.r, a.cookies.sessionToken)
	if !ok {
		return found, false, nil
	}
	if a.Sessions.Carried() {
		return a.carried(c, token)
	}
	if found, c.fromCache = a.cached(c, token); c.fromCache {
		return found, true, nil
	}
	extend := a.mayExtend(c)
	if deferred {
		found, err = a.Sessions.Peek(c.r.Context(), token)
	} else {
		found, err = a.Sessions.Find(c.r.Context(), token, extend)
	}
	if errors.Is(err, authserver.ErrNotFound) {
		a.clear(c.Header(), c.r)
		return found, false, nil
	}
	if err != nil {
		return found, false, err
	}
	switch {
	case found.Extended:
		a.issue(c, &found.Session, &found.User, true)
	case extend:
		a.cache(c, &found.Session, &found.User, true)
	}
	return found, true, nil
}

// peek finds the session of the cookie for somebody else than the browser, and changes nothing: that answer could not
// renew the cookie.
func (a *api) peek(c *call) (found sessions.Found, ok bool, err error) {
	token, ok := a.signed(c.r, a.cookies.sessionToken)
	if !ok {
		return found, false, nil
	}
	session := authserver.Session{Token: token}
	if a.Sessions.Carried() {
		if found, ok, _ = a.opened(a.cookies.chunked(c.r, a.cookies.sessionData), token); !ok {
			return found, false, nil
		}
		session = found.Session
	}
	found, err = a.admitted(c, session)
	if errors.Is(err, authserver.ErrNotFound) {
		return sessions.Found{}, false, nil
	}
	return found, err == nil, err
}

// mayExtend says whether neither the user nor the client of the request is against an extension.
func (a *api) mayExtend(c *call) bool {
	return a.remembered(c) && !truthy(c.query["disableRefresh"])
}

// remembered says whether the browser may keep the session of the request when it is closed.
func (a *api) remembered(c *call) bool {
	_, dontRemember := a.signed(c.r, a.cookies.dontRemember)
	return !dontRemember
}

// truthy is JavaScript's reading of a query parameter: any text is true, also "false"; twice is an array, so true.
func truthy(values []string) bool {
	return len(values) > 1 || len(values) == 1 && values[0] != ""
}
