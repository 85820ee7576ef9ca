package httpapi

import (
	"net/http"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver/origins"
)

// maxOriginalURL bounds the URL that a sign-in page is told to return to; longer ones it is not told.
const maxOriginalURL = 2 << 10

// navigates says whether the request is a page that a browser opens: another one has no use for a sign-in page.
func navigates(r *http.Request) bool {
	method := r.Header.Get("X-Forwarded-Method")
	if method == "" {
		method = r.Method
	}
	mode := r.Header.Get("Sec-Fetch-Mode")
	return (method == http.MethodGet || method == http.MethodHead) && (mode == "" || mode == "navigate") &&
		strings.Contains(r.Header.Get("Accept"), "text/html")
}

// signInPage is the sign-in page with the URL to return to as callbackURL, which clients of Better-Auth hand on to the
// sign-in. Whoever asks without a proxy writes that URL, so it is left out unless its origin is trusted.
func (a *api) signInPage(page string, header http.Header) string {
	original := originalURL(header)
	if !strings.HasPrefix(origins.Of(original), "http") || !a.trusted.Trusts(original) ||
		len(original) > maxOriginalURL || strings.ContainsFunc(original, control) {
		return page
	}
	return appendQuery(page, "callbackURL", original)
}

// originalURL is the URL that the client asked the proxy for: nginx is told to send X-Original-URL, Traefik, Caddy and
// others send its parts.
func originalURL(header http.Header) string {
	if whole := header.Get("X-Original-Url"); whole != "" {
		return whole
	}
	path := header.Get("X-Forwarded-Uri")
	if !strings.HasPrefix(path, "/") {
		path = "/"
	}
	return header.Get("X-Forwarded-Proto") + "://" + header.Get("X-Forwarded-Host") + path
}
