package origins

import (
	"net/netip"
	"regexp"
	"strconv"
	"strings"
)

// parts are what the URL parser of browsers finds in a URL. A part that it does not find is "".
type parts struct {
	scheme string
	// host has the port, unless it is the scheme's default.
	host string
	// origin is scheme://host of http, https and the like; other schemes have none.
	origin string
}

// defaultPorts are the special schemes of the WHATWG URL standard that have an origin.
var defaultPorts = map[string]string{"http": "80", "https": "443", "ws": "80", "wss": "443", "ftp": "21"}

// scriptSchemes run code where a redirect is expected, so their "host" is none: javascript://trusted.example/%0a...
var scriptSchemes = map[string]bool{"javascript": true, "data": true, "vbscript": true}

var (
	schemeForm = regexp.MustCompile(`^[a-zA-Z][a-zA-Z0-9+.-]*$`)
	hostForm   = regexp.MustCompile(`^[a-z0-9_~!$&'()*+,;=.-]+$`)
	// numberForm is a last label that makes a host an IPv4 address for browsers, whatever its base.
	numberForm = regexp.MustCompile(`(^|\.)([0-9]+|0x[0-9a-f]*)\.?$`)
)

// parse reads an absolute URL. What it cannot read without doubt has no parts at all.
func parse(text string) parts {
	// Browsers drop these before parsing.
	text = strings.TrimFunc(text, func(r rune) bool { return r <= ' ' })
	text = strings.NewReplacer("\t", "", "\n", "", "\r", "").Replace(text)
	scheme, rest, found := strings.Cut(text, ":")
	if !found || !schemeForm.MatchString(scheme) {
		return parts{}
	}
	p := parts{scheme: strings.ToLower(scheme)}
	port, special := defaultPorts[p.scheme]
	if !special {
		if !scriptSchemes[p.scheme] {
			p.host = opaqueHost(rest)
		}
		return p
	}
	rest = strings.ReplaceAll(rest, `\`, "/")
	authority, ok := strings.CutPrefix(rest, "//")
	if !ok {
		return parts{}
	}
	if end := strings.IndexAny(authority, "/?#"); end >= 0 {
		authority = authority[:end]
	}
	host, ok := specialHost(authority[strings.LastIndexByte(authority, '@')+1:], port)
	if !ok {
		return parts{}
	}
	p.host, p.origin = host, p.scheme+"://"+host
	return p
}

// opaqueHost is the host of a scheme that browsers know nothing about.
func opaqueHost(rest string) string {
	authority, ok := strings.CutPrefix(rest, "//")
	if !ok {
		return ""
	}
	if end := strings.IndexAny(authority, "/?#"); end >= 0 {
		authority = authority[:end]
	}
	return authority[strings.LastIndexByte(authority, '@')+1:]
}

func specialHost(text, defaultPort string) (string, bool) {
	host, port := text, ""
	if colon := strings.LastIndexByte(text, ':'); colon > strings.LastIndexByte(text, ']') {
		host, port = text[:colon], text[colon+1:]
	}
	host, ok := canonicalHost(strings.ToLower(host))
	if !ok {
		return "", false
	}
	if port == "" {
		return host, true
	}
	number, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return "", false
	}
	if port = strconv.FormatUint(number, 10); port == defaultPort {
		return host, true
	}
	return host + ":" + port, true
}

func canonicalHost(host string) (string, bool) {
	if inner, ok := strings.CutPrefix(host, "["); ok {
		addr, err := netip.ParseAddr(strings.TrimSuffix(inner, "]"))
		if err != nil || !addr.Is6() || addr.Zone() != "" || !strings.HasSuffix(inner, "]") {
			return "", false
		}
		return "[" + addr.String() + "]", true
	}
	if !hostForm.MatchString(host) {
		return "", false
	}
	if numberForm.MatchString(host) {
		addr, err := netip.ParseAddr(host)
		return host, err == nil && addr.Is4()
	}
	return host, true
}

// Of returns the origin of a URL, "" when it has none.
func Of(url string) string { return parse(url).origin }
