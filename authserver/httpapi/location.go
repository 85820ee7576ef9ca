package httpapi

import (
	"net/url"
	"strings"
)

// formEscapes are the characters in which url.QueryEscape differs from URLSearchParams.
var formEscapes = strings.NewReplacer("~", "%7E", "%2A", "*")

// appendQuery adds a parameter to an absolute URL or to a path, before its fragment. It keeps what is there as it is.
func appendQuery(target, name, value string) string {
	target, fragment, hasFragment := strings.Cut(target, "#")
	address, query, _ := strings.Cut(target, "?")
	if _, rest, absolute := strings.Cut(address, "://"); absolute && !strings.Contains(rest, "/") {
		address += "/"
	}
	if query != "" && !strings.HasSuffix(query, "&") {
		query += "&"
	}
	target = address + "?" + query + formEscape(name) + "=" + formEscape(value)
	if hasFragment {
		target += "#" + fragment
	}
	return target
}

// formEscape encodes as URLSearchParams does.
func formEscape(text string) string { return formEscapes.Replace(url.QueryEscape(text)) }
