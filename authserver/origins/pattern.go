package origins

import (
	"net/netip"
	"net/url"
	"strings"
)

// Pattern is one trusted origin: exact ("https://example.com"), a glob over origins ("https://*.example.com") or
// over hosts ("*.example.com"), or a custom scheme ("myapp://host/path").
type Pattern struct {
	text     string
	wildcard bool
	// hostOnly patterns have no scheme and match the host of any.
	hostOnly bool
	custom   customURL
	// isCustom is false when text cannot be a custom-scheme URL.
	isCustom bool
}

// Compile reads a pattern.
func Compile(text string) Pattern {
	p := Pattern{text: text, wildcard: strings.ContainsAny(text, "*?")}
	p.hostOnly = p.wildcard && !strings.Contains(text, "://")
	p.custom, p.isCustom = parseCustom(text, p.wildcard)
	return p
}

// String returns the text of the pattern.
func (p Pattern) String() string { return p.text }

// Matches says whether the pattern matches an absolute URL.
func (p Pattern) Matches(url string) bool {
	return !strings.HasPrefix(url, "/") && p.matches(url, parse(url))
}

func (p Pattern) matches(url string, parsed parts) bool {
	switch {
	case p.hostOnly:
		return parsed.host != "" && glob(p.text, parsed.host) && admitsHost(p.text, parsed.host)
	case parsed.scheme == "" || parsed.scheme == "http" || parsed.scheme == "https":
		if !p.wildcard {
			return parsed.origin != "" && p.text == parsed.origin
		}
		return parsed.origin != "" && glob(p.text, parsed.origin) && admitsHost(afterScheme(p.text), afterScheme(parsed.origin))
	default:
		return p.matchesCustom(url)
	}
}

func (p Pattern) matchesCustom(url string) bool {
	u, ok := parseCustom(url, false)
	if !ok || !p.isCustom || u.scheme != p.custom.scheme {
		return false
	}
	if p.wildcard {
		return p.globsCustom(u)
	}
	return (p.custom.authority == "" || u.authority == p.custom.authority) &&
		(p.custom.path == "" || u.path == p.custom.path || strings.HasPrefix(u.path, p.custom.path+"/"))
}

func (p Pattern) globsCustom(u customURL) bool {
	if strings.Contains(u.authority, "@") {
		return false
	}
	if p.custom.authority != "" && (!glob(p.custom.authority, u.authority) || !admitsHost(p.custom.authority, u.authority)) {
		return false
	}
	path := u.path
	if path == "" {
		path = "/"
	}
	return p.custom.path == "" || glob(p.custom.path, path)
}

func afterScheme(text string) string {
	_, rest, _ := strings.Cut(text, "://")
	return rest
}

// admitsHost keeps a pattern of an address range (192.168.*.*) to addresses: * crosses dots, so it would also match
// 192.168.attacker.example.
func admitsHost(pattern, authority string) bool {
	patternHost, _, _ := strings.Cut(pattern, ":")
	if strings.Trim(patternHost, "0123456789*?.") != "" || !strings.ContainsAny(patternHost, "0123456789") {
		return true
	}
	host, _, _ := strings.Cut(authority, ":")
	addr, err := netip.ParseAddr(host)
	return err == nil && addr.Is4()
}

// customURL is a URL of a scheme of its own, split without the URL parser, whose reading of such schemes differs
// between runtimes.
type customURL struct{ scheme, authority, path string }

func parseCustom(value string, wildcard bool) (customURL, bool) {
	scheme, rest, found := strings.Cut(value, ":")
	if hasControl(value) || !found || scheme == "" {
		return customURL{}, false
	}
	u := customURL{scheme: strings.ToLower(scheme)}
	// In a pattern ? is a wildcard and no query.
	authorityEnd, pathEnd := "/?#", "?#"
	if wildcard {
		authorityEnd, pathEnd = "/#", "#"
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		authority := after
		rest = ""
		if end := strings.IndexAny(after, authorityEnd); end >= 0 {
			authority, rest = after[:end], after[end:]
		}
		u.authority = strings.ToLower(authority)
	}
	if end := strings.IndexAny(rest, pathEnd); end >= 0 {
		rest = rest[:end]
	}
	u.path = normalizePath(rest)
	return u, true
}

// normalizePath resolves . and .. after decoding, so that a pattern with a path cannot be left by traversal.
func normalizePath(path string) string {
	if decoded, err := url.PathUnescape(path); err == nil {
		path = decoded
	}
	var segments []string
	for segment := range strings.SplitSeq(path, "/") {
		switch {
		case segment == "..":
			segments = segments[:max(len(segments)-1, 0)]
		case segment != "." && segment != "":
			segments = append(segments, segment)
		}
	}
	if len(segments) == 0 {
		return ""
	}
	return "/" + strings.Join(segments, "/")
}
