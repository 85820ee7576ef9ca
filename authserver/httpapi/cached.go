package httpapi

import (
	"log/slog"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/records"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
)

// cached returns the session of the cookie cache, if the request carries a fresh one of the session token. A cache that
// is no good is expired.
func (a *api) cached(c *call, token string) (found sessions.Found, ok bool) {
	if a.Cache == nil || c.route.needs.sensitive || truthy(c.query["disableCookieCache"]) {
		return found, false
	}
	value := a.cookies.chunked(c.r, a.cookies.sessionData)
	if value == "" {
		return found, false
	}
	found, ok, whole := a.opened(value, token)
	if !ok || !whole {
		a.cookies.expire(c.Header(), a.cookies.sessionData)
		return sessions.Found{}, false
	}
	return found, true
}

// opened is what the value of a cookie cache says, whether that is a live session of the token, and whether all of it and its
// user is there.
func (a *api) opened(value, token string) (found sessions.Found, ok, whole bool) {
	payload, ok := a.Cache.Open(value)
	if !ok {
		return found, false, false
	}
	found.Session, ok, whole = records.Session(payload.Get("session"), a.SessionFields, false)
	if !ok || found.Session.Token != token || found.Session.ExpiresAt.Before(a.Now()) {
		return sessions.Found{}, false, false
	}
	user, complete := records.User(payload.Get("user"), a.Fields, false)
	found.User = user
	return found, true, whole && complete && user.ID == found.Session.UserID
}

// cache puts a session and its user into the cookie cache. Unless it is all there is, the cache is a convenience: without it,
// requests cost more.
func (a *api) cache(c *call, session *authserver.Session, user *authserver.User, remember bool) {
	if a.Cache == nil {
		return
	}
	maxAge := a.cookies.cacheMaxAge
	if !remember {
		maxAge = ""
	}
	value, err := a.seal(session, user, remember)
	if err == nil && a.Sessions.Carried() && !a.cookies.fits(value, maxAge) {
		value, err = a.seal(session, nil, remember)
	}
	if err != nil {
		a.Log.Warn("a session is not cached", slog.String("requestID", c.id), slog.String("error", err.Error()))
		return
	}
	if !a.cookies.setChunked(c.Header(), c.r, a.cookies.sessionData, value, maxAge, maxCache) {
		a.Log.Warn("a session is not cached: its user's custom fields are too large for cookies",
			slog.String("requestID", c.id), slog.Int("bytes", len(value)))
	}
	a.keepAccount(c, user.ID)
}

// seal returns the value of a cookie cache. Without a user it has only the user's id.
func (a *api) seal(session *authserver.Session, user *authserver.User, remember bool) (string, error) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	*buffer = a.sessions.append(append((*buffer)[:0], `"session":`...), session)
	*buffer = append(*buffer, `,"user":`...)
	if user == nil {
		*buffer = appendReference(*buffer, session.UserID)
	} else {
		*buffer = a.users.append(*buffer, user)
	}
	return a.Cache.Seal(*buffer, remember)
}
