package httpapi

import (
	"net/http"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/origins"
)

// checkOrigin refuses a request with a cookie that does not come from a trusted origin. Always also checks without.
func (a *api) checkOrigin(r *http.Request, always bool) error {
	if _, cookie := r.Header["Cookie"]; !cookie && !always {
		return nil
	}
	origin := r.Header.Get("Origin")
	if origin == "null" && joined(r, "Sec-Fetch-Site") == "same-origin" {
		// Some browsers hide the origin of a same-origin form; it is then the one that the request was sent to.
		if own := origins.Of(a.scheme + "://" + r.Host); own != "" {
			origin = own
		}
	}
	if origin == "" {
		origin = r.Header.Get("Referer")
	}
	if origin == "" || origin == "null" {
		return authserver.ErrMissingOrNullOrigin
	}
	if !a.trusted.Trusts(origin) {
		return authserver.ErrInvalidOrigin
	}
	return nil
}

// checkForm refuses cross-site forms that sign a visitor in as somebody else, before there is a cookie.
func (a *api) checkForm(r *http.Request) error {
	if _, cookie := r.Header["Cookie"]; cookie {
		return a.checkOrigin(r, false)
	}
	site, mode := joined(r, "Sec-Fetch-Site"), joined(r, "Sec-Fetch-Mode")
	if strings.TrimSpace(site+mode+joined(r, "Sec-Fetch-Dest")) != "" {
		if site == "cross-site" && mode == "navigate" {
			return authserver.ErrCrossSiteNavigation
		}
		return a.checkOrigin(r, true)
	}
	if r.Header.Get("Origin") != "" || r.Header.Get("Referer") != "" {
		return a.checkOrigin(r, true)
	}
	return nil
}

// joined is a header as Node has it when it was sent more than once.
func joined(r *http.Request, name string) string { return strings.Join(r.Header.Values(name), ", ") }

// callbacks are the members that may send a browser elsewhere, with their name in messages.
var callbacks = []struct {
	member, label string
	refused       *authserver.Error
}{
	{"callbackURL", "callbackURL", authserver.ErrInvalidCallbackURL},
	{"redirectTo", "redirectURL", authserver.ErrInvalidRedirectURL},
	{"errorCallbackURL", "errorCallbackURL", authserver.ErrInvalidErrorCallbackURL},
	{"newUserCallbackURL", "newUserCallbackURL", authserver.ErrInvalidNewUserCallbackURL},
}

// checkCallbacks refuses URLs to untrusted origins in a body that is not validated yet, and callbackURL in the query.
func (a *api) checkCallbacks(c *call) error {
	for _, callback := range callbacks {
		value := c.body.Get(callback.member)
		if !value.Truthy() && callback.member == "callbackURL" {
			if values := c.query["callbackURL"]; len(values) > 0 {
				value = queryValue(values)
			}
		}
		switch {
		case !value.Truthy():
		case value.Kind() != ecma.String:
			return &authserver.Error{Kind: authserver.Invalid, Message: "Invalid " + callback.label + ": expected a string"}
		case !a.trusted.TrustsCallback(value.Text()) || strings.ContainsFunc(value.Text(), control) || ambiguous(value.Text()):
			return callback.refused
		}
	}
	return nil
}

// control characters would end up in a Location header.
func control(r rune) bool { return r < 0x20 || r == 0x7f }

// ambiguous says whether browsers and other clients find different hosts in a URL, as in https://trusted\@elsewhere.
func ambiguous(url string) bool {
	_, rest, _ := strings.Cut(url, "://")
	if end := strings.IndexAny(rest, "/?#"); end >= 0 {
		rest = rest[:end]
	}
	return strings.Contains(rest, `\`)
}
