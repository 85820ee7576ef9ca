package httpapi

import (
	"iter"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// CookieOptions say how the cookies are called and where browsers send them.
type CookieOptions struct {
	// Prefix begins the names, such as better-auth.
	Prefix string
	// Domain shares the cookies with its subdomains; "" keeps them to the host.
	Domain string
	// SameSite is Lax, Strict or None.
	SameSite string
	// Secure adds the __Secure- prefix and the Secure attribute. SameSite None has the attribute in any case.
	Secure bool
	// MaxAge is the life of a remembered session's cookie.
	MaxAge time.Duration
	// CacheMaxAge is the life of the cookie cache, and of the cookie of an account.
	CacheMaxAge time.Duration
	// StateInCookie says that browsers keep the state of a sign-in at a provider.
	StateInCookie bool
}

// cookies has the rendered parts of every cookie.
type cookies struct {
	sessionToken, sessionData, dontRemember string
	// state is what a browser must have that comes back from a provider; account is that of the provider.
	state, account                          string
	maxAge, cacheMaxAge, domain, attributes string
	stateMaxAge                             string
}

// The lives of the cookie of a state: with the state in the database, and with the state itself.
const (
	stateLife      = 5 * time.Minute
	wholeStateLife = 10 * time.Minute
)

// expired in the place of a Max-Age deletes a cookie.
const expired = "; Max-Age=0"

func newCookies(o CookieOptions) cookies {
	prefix := o.Prefix + "."
	if o.Secure {
		prefix = "__Secure-" + prefix
	}
	c := cookies{
		sessionToken: prefix + "session_token", sessionData: prefix + "session_data", dontRemember: prefix + "dont_remember",
		state: prefix + "state", account: prefix + "account_data", stateMaxAge: maxAge(stateLife),
		maxAge: maxAge(o.MaxAge), cacheMaxAge: maxAge(o.CacheMaxAge), attributes: "; Path=/; HttpOnly",
	}
	if o.StateInCookie {
		c.state, c.stateMaxAge = prefix+"oauth_state", maxAge(wholeStateLife)
	}
	if o.Domain != "" {
		c.domain = "; Domain=" + o.Domain
	}
	if o.Secure || o.SameSite == "None" {
		c.attributes += "; Secure"
	}
	c.attributes += "; SameSite=" + o.SameSite
	return c
}

func maxAge(life time.Duration) string {
	return "; Max-Age=" + strconv.FormatInt(int64(life/time.Second), 10)
}

// set adds a cookie. http.SetCookie would order the attributes differently.
func (c cookies) set(header http.Header, name, value, maxAge string) {
	header["Set-Cookie"] = append(header["Set-Cookie"], name+"="+value+maxAge+c.domain+c.attributes)
}

// expire deletes a cookie, and takes back what the answer has set of it and its chunks.
func (c cookies) expire(header http.Header, name string) {
	header["Set-Cookie"] = slices.DeleteFunc(header["Set-Cookie"], func(cookie string) bool {
		rest, found := strings.CutPrefix(cookie, name)
		return found && (rest[0] == '=' || rest[0] == '.')
	})
	c.set(header, name, "", expired)
}

// setState sets the cookie of a state. A browser that comes back from a provider sends no cookie that is Strict.
func (c cookies) setState(header http.Header, value string) {
	c.attributes = strings.Replace(c.attributes, "SameSite=Strict", "SameSite=Lax", 1)
	c.set(header, c.state, value, c.stateMaxAge)
}

// clear expires all cookies of a session, in Better-Auth's order: those in chunks once more for each one sent.
func (a *api) clear(header http.Header, r *http.Request) {
	c := a.cookies
	c.expire(header, c.sessionToken)
	c.expire(header, c.sessionData)
	if a.AccountCookies != nil {
		c.expire(header, c.account)
		c.expireSent(header, r, c.account)
	}
	if a.Cookies.StateInCookie {
		c.expire(header, c.state)
	}
	c.expireSent(header, r, c.sessionData)
	c.expire(header, c.dontRemember)
}

// signed returns the value of a cookie that one of our keys signed. Others count as absent, and so do values that no
// column can hold.
func (a *api) signed(r *http.Request, name string) (string, bool) {
	value, found := cookieValue(r.Header["Cookie"], name)
	if !found {
		return "", false
	}
	value, found = a.Keys.Verify(value)
	return value, found && utf8.ValidString(value) && strings.IndexByte(value, 0) < 0
}

// issue sets the cookies of a session that was begun or extended.
func (a *api) issue(c *call, session *authserver.Session, user *authserver.User, remember bool) {
	maxAge := a.cookies.maxAge
	if !remember {
		maxAge = ""
	}
	a.cookies.set(c.Header(), a.cookies.sessionToken, url.QueryEscape(a.Keys.Sign(session.Token)), maxAge)
	if !remember {
		a.cookies.set(c.Header(), a.cookies.dontRemember, url.QueryEscape(a.Keys.Sign("true")), "")
	} else if _, found := a.signed(c.r, a.cookies.dontRemember); found {
		a.cookies.expire(c.Header(), a.cookies.dontRemember)
	}
	a.cache(c, session, user, remember)
}

// end clears the cookies of the request's session. What was set when it was found, such as those of its extension, is
// withdrawn.
func (a *api) end(c *call) {
	c.Header().Del("Set-Cookie")
	a.clear(c.Header(), c.r)
}

// reissue sets the cookies of the request's session again, remembered or not as they were.
func (a *api) reissue(c *call, session *authserver.Session, user *authserver.User) {
	a.issue(c, session, user, a.remembered(c))
}

// pairs are the name=value parts of Cookie headers.
func pairs(headers []string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for _, header := range headers {
			for pair := range strings.SplitSeq(header, ";") {
				if !yield(pair) {
					return
				}
			}
		}
	}
}

// cookieValue finds a cookie as Better-Auth does: of equal names the first counts, quotes are dropped, and a value
// that cannot be decoded is taken as it is.
func cookieValue(headers []string, name string) (string, bool) {
	for pair := range pairs(headers) {
		key, value, found := strings.Cut(pair, "=")
		if !found || strings.TrimSpace(key) != name {
			continue
		}
		value = strings.TrimSpace(value)
		if len(value) > 1 && value[0] == '"' {
			value = value[1 : len(value)-1]
		}
		if strings.IndexByte(value, '%') >= 0 {
			if decoded, err := url.PathUnescape(value); err == nil {
				value = decoded
			}
		}
		return value, true
	}
	return "", false
}
