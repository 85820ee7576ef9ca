package httpapi

import (
	"log/slog"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/fields"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
)

// cached returns the session of the cookie cache, if the request carries a fresh one of the session token. A cache that
// is no good is expired.
func (a *api) cached(c *call, token string) (found sessions.Found, ok bool) {
	if a.Cache == nil || c.route.needs.sensitive || truthy(c.query["disableCookieCache"]) {
		return found, false
	}
	value := a.cookies.cacheValue(c.r)
	if value == "" {
		return found, false
	}
	payload, ok := a.Cache.Open(value)
	if ok {
		found.Session, ok = a.sessions.parse(payload.Get("session"))
	}
	if ok {
		found.User, ok = a.users.parse(payload.Get("user"))
	}
	if !ok || found.Session.Token != token || found.Session.ExpiresAt.Before(a.Now()) {
		a.cookies.expire(c.Header(), a.cookies.sessionData)
		return sessions.Found{}, false
	}
	return found, true
}

// cache puts a session and its user into the cookie cache. It is a convenience: without it, requests cost more.
func (a *api) cache(c *call, session *authserver.Session, user *authserver.User, remember bool) {
	if a.Cache == nil {
		return
	}
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	*buffer = a.sessions.append(append((*buffer)[:0], `"session":`...), session)
	*buffer = a.users.append(append(*buffer, `,"user":`...), user)
	value, err := a.Cache.Seal(*buffer, remember)
	if err != nil {
		a.Log.Warn("a session is not cached", slog.String("requestID", c.id), slog.String("error", err.Error()))
		return
	}
	maxAge := a.cookies.cacheMaxAge
	if !remember {
		maxAge = ""
	}
	if !a.cookies.setCache(c.Header(), c.r, value, maxAge) {
		a.Log.Warn("a session is not cached: its user's custom fields are too large for cookies",
			slog.String("requestID", c.id), slog.Int("bytes", len(value)))
	}
}

// members reads the members of an object that was written by sessionEncoder or userEncoder, or by Better-Auth.
type members struct {
	object ecma.Value
	// bad says that a member was not there or of another type.
	bad bool
}

func (m *members) text(name string) string {
	value := m.object.Get(name)
	m.bad = m.bad || value.Kind() != ecma.String
	return value.Text()
}

// orEmpty is a text, where old rows have none.
func (m *members) orEmpty(name string) string {
	if m.object.Get(name).Kind() == ecma.Null {
		return ""
	}
	return m.text(name)
}

func (m *members) moment(name string) time.Time {
	moment, ok := ecma.ParseDate(m.text(name))
	m.bad = m.bad || !ok
	return moment
}

// fields are the values of custom fields; those that answers do not carry stay nil.
func (m *members) fields(custom []authserver.Field) []any {
	values := make([]any, len(custom))
	for i, field := range custom {
		if !field.Returned {
			continue
		}
		value, ok := fields.Restore(field.Type, m.object.Get(field.Name))
		values[i], m.bad = value, m.bad || !ok
	}
	return values
}

// parse reads what append writes.
func (e sessionEncoder) parse(object ecma.Value) (authserver.Session, bool) {
	m := members{object: object}
	session := authserver.Session{
		ID: m.text("id"), Token: m.text("token"), UserID: m.text("userId"), ExpiresAt: m.moment("expiresAt"),
		CreatedAt: m.moment("createdAt"), UpdatedAt: m.moment("updatedAt"),
		IPAddress: m.orEmpty("ipAddress"), UserAgent: m.orEmpty("userAgent"), Fields: m.fields(e.custom),
	}
	return session, !m.bad
}

// parse reads what append writes.
func (e userEncoder) parse(object ecma.Value) (authserver.User, bool) {
	m := members{object: object}
	verified := object.Get("emailVerified")
	user := authserver.User{
		ID: m.text("id"), Name: m.text("name"), Email: m.text("email"), EmailVerified: verified.Bool(),
		CreatedAt: m.moment("createdAt"), UpdatedAt: m.moment("updatedAt"), Fields: m.fields(e.custom),
	}
	if image := object.Get("image"); image.Kind() == ecma.String {
		text := image.Text()
		user.Image = &text
	}
	return user, !m.bad && verified.Kind() == ecma.Boolean
}
