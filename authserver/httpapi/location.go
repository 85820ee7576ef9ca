package httpapi

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver/origins"
)

// appendQuery adds a parameter to a checked URL, before its fragment. The query so far stays as it is.
func appendQuery(location, name, value string) string {
	base, query, fragment := splitURL(location)
	if query != "" && !strings.HasSuffix(query, "&") {
		query += "&"
	}
	return base + "?" + query + formEscape(name) + "=" + formEscape(value) + fragment
}

// replacingQuery gives a parameter of a checked URL one value, as URLSearchParams.set does; the others are written anew.
func replacingQuery(location, name, value string) string {
	base, query, fragment := splitURL(location)
	var pairs []string
	written := formEscape(name) + "=" + formEscape(value)
	for key, old := range parameters(query) {
		switch {
		case key != name:
			pairs = append(pairs, formEscape(key)+"="+formEscape(old))
		case !slices.Contains(pairs, written):
			pairs = append(pairs, written)
		}
	}
	if !slices.Contains(pairs, written) {
		pairs = append(pairs, written)
	}
	return base + "?" + strings.Join(pairs, "&") + fragment
}

// splitURL cuts off the query, and the fragment with its #. A web origin alone gets its path.
func splitURL(location string) (base, query, fragment string) {
	base, fragment, found := strings.Cut(location, "#")
	if found {
		fragment = "#" + fragment
	}
	base, query, _ = strings.Cut(base, "?")
	if origin := origins.Of(base); origin != "" && !strings.Contains(base[strings.Index(base, "://")+len("://"):], "/") {
		base += "/"
	}
	return base, query, fragment
}

// formEscapes are the characters in which url.QueryEscape differs from URLSearchParams.
var formEscapes = strings.NewReplacer("~", "%7E", "%2A", "*")

// formEscape writes a part of a query as URLSearchParams does.
func formEscape(text string) string { return formEscapes.Replace(url.QueryEscape(text)) }

// absolute puts the origin of the server before a checked path.
func (a *api) absolute(location string) string {
	if strings.HasPrefix(location, "/") {
		return origins.Of(a.BaseURL) + location
	}
	return location
}
