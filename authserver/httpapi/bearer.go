package httpapi

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// BearerOptions configure the plugin bearer (contract 12.2).
type BearerOptions struct {
	// RequireSignature ignores tokens without a signature of ours.
	RequireSignature bool
}

const (
	bearerScheme  = "bearer "
	setAuthToken  = "Set-Auth-Token"
	exposeHeaders = "Access-Control-Expose-Headers"
)

// bear puts the token of the Authorization header in the place of the session cookie. It comes after the checks of the
// origin, as browsers do not send such headers on their own.
func (a *api) bear(c *call) {
	if a.Bearer == nil {
		return
	}
	signed, ok := a.bearerToken(c.r.Header.Get("Authorization"))
	if !ok {
		return
	}
	if _, found := a.signed(c.r, a.cookies.sessionToken); found && c.proxied() {
		return // the header may be for the other application
	}
	header := maps.Clone(c.r.Header)
	cookie := a.cookies.sessionToken + "=" + url.PathEscape(signed)
	header["Cookie"] = append([]string{cookie}, header["Cookie"]...) // the first of equal names counts
	c.r = c.r.WithContext(c.r.Context())
	c.r.Header = header
}

// bearerToken returns the signed token of an Authorization header. One with a bad signature counts as absent; a session
// token without one is as good as a signed one, since nobody can guess it.
func (a *api) bearerToken(authorization string) (signed string, ok bool) {
	if len(authorization) < len(bearerScheme) || !strings.EqualFold(authorization[:len(bearerScheme)], bearerScheme) {
		return "", false
	}
	token := strings.TrimSpace(authorization[len(bearerScheme):])
	if !strings.Contains(token, ".") {
		return a.Keys.Sign(token), token != "" && !a.Bearer.RequireSignature
	}
	if decoded, err := url.PathUnescape(token); err == nil {
		token = decoded
	}
	_, ok = a.Keys.Verify(token)
	return token, ok
}

// tellToken repeats the session token that the answer sets as a cookie in a header, for clients without cookies.
func (c cookies) tellToken(header http.Header) {
	for _, cookie := range slices.Backward(header["Set-Cookie"]) {
		value, found := strings.CutPrefix(cookie, c.sessionToken+"=")
		if !found {
			continue
		}
		value, rest, _ := strings.Cut(value, ";")
		if token, err := url.PathUnescape(value); err == nil && token != "" && !strings.HasPrefix(";"+rest, expired) {
			header[setAuthToken] = []string{token}
			expose(header, "set-auth-token")
		}
		return
	}
}

// expose lets scripts of other origins read a header, besides what the answer exposes already.
func expose(header http.Header, name string) {
	exposed := header.Get(exposeHeaders)
	for known := range strings.SplitSeq(exposed, ",") {
		if strings.EqualFold(strings.TrimSpace(known), name) {
			return
		}
	}
	if exposed != "" {
		name = exposed + ", " + name
	}
	header[exposeHeaders] = []string{name}
}
