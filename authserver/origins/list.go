package origins

import "strings"

// List is a set of trusted patterns.
type List []Pattern

// New compiles patterns; it refuses none, as Better-Auth does: a pattern that can never match matches nothing.
func New(patterns ...string) List {
	list := make(List, 0, len(patterns))
	for _, text := range patterns {
		list = append(list, Compile(text))
	}
	return list
}

// Trusts says whether one of the patterns matches an absolute URL, such as the value of Origin or Referer.
func (l List) Trusts(url string) bool {
	if strings.HasPrefix(url, "/") {
		return false
	}
	parsed := parse(url)
	for _, p := range l {
		if p.matches(url, parsed) {
			return true
		}
	}
	return false
}

// TrustsOrigin is Trusts for a value that must be an origin and nothing more, as browsers send it in Origin.
func (l List) TrustsOrigin(origin string) bool {
	return Of(origin) == origin && l.Trusts(origin)
}

// TrustsCallback is Trusts, and also takes paths on this server ("/dashboard") that no browser reads as another host.
func (l List) TrustsCallback(url string) bool {
	if strings.HasPrefix(url, "/") {
		return safePath(url)
	}
	return l.Trusts(url)
}

// safePath refuses the ways in which a path becomes another host: //host, backslashes, encoded separators and
// control characters, which browsers drop.
func safePath(value string) bool {
	if strings.HasPrefix(value, "//") || strings.Contains(value, `\`) || hasControl(value) {
		return false
	}
	path := value
	if end := strings.IndexAny(value, "?#"); end >= 0 {
		path = value[:end]
	}
	path = strings.ToLower(path)
	return !strings.Contains(path, "%2f") && !strings.Contains(path, "%5c")
}

func hasControl(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return r < 0x20 || r >= 0x7f && r <= 0x9f })
}
