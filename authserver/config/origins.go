package config

import (
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

var (
	originWildcard = regexp.MustCompile(`^https?://[a-z0-9.*?:\[\]-]+$`)
	hostWildcard   = regexp.MustCompile(`^[a-z0-9.*?:-]+$`)
	customScheme   = regexp.MustCompile(`^[a-z][a-z0-9+.-]*://[^\s\\\x00-\x1f]*$`)
)

func validateBaseURL(text string, found *problems) {
	if origin, err := originOf(text); err != nil {
		found.add("baseURL", "%v", err)
	} else if origin != text {
		found.add("baseURL", "%q must be the origin alone: %s", text, origin)
	}
}

// validateErrorURL takes what a browser takes in a Location header, and sends elsewhere only if it says so.
func validateErrorURL(text string, found *problems) {
	if strings.HasPrefix(text, "/") && !strings.HasPrefix(text, "//") && !strings.ContainsFunc(text, unsafeInLocation) {
		return
	}
	if _, err := originOf(text); text != "" && (err != nil || strings.ContainsFunc(text, unsafeInLocation)) {
		found.add("errorURL", "%q must be an absolute URL such as https://app.example.com/error, or a path such as /error", withoutUserinfo(text))
	}
}

// unsafeInLocation are characters that browsers drop or read as another one.
func unsafeInLocation(r rune) bool { return r <= ' ' || r == '\\' || r >= 0x7f }

// validateAllowedOrigins refuses patterns that can never match the Origin header of a browser.
func validateAllowedOrigins(origins []string, found *problems) {
	for i, pattern := range origins {
		if reason := unmatchable(pattern); reason != "" {
			found.add(fmt.Sprintf("allowedOrigins[%d]", i), "%s", reason)
		}
	}
}

func validateTrustedOrigins(origins []string, found *problems) {
	for i, pattern := range origins {
		scheme, _, hasScheme := strings.Cut(pattern, "://")
		web := scheme == "http" || scheme == "https"
		switch {
		case pattern != "*" && !hasScheme && strings.ContainsAny(pattern, "*?") && hostWildcard.MatchString(pattern):
		case hasScheme && !web && customScheme.MatchString(pattern):
		default:
			if reason := unmatchable(pattern); reason != "" {
				found.add(fmt.Sprintf("trustedOrigins[%d]", i), "%s", reason)
			}
		}
	}
}

// unmatchable says why a pattern matches no web origin, or too many; "" when it is fine.
func unmatchable(pattern string) string {
	if strings.ContainsAny(pattern, "*?") {
		_, host, hasScheme := strings.Cut(pattern, "://")
		if !hasScheme {
			host = pattern
		}
		if !originWildcard.MatchString(pattern) && !hostWildcard.MatchString(pattern) || strings.Trim(host, "*?.") == "" {
			return fmt.Sprintf("%q must be a wildcard below a domain of yours, such as https://*.example.com", withoutUserinfo(pattern))
		}
		return ""
	}
	origin, err := originOf(pattern)
	if err != nil {
		return err.Error()
	}
	if origin != pattern {
		return fmt.Sprintf("%q never matches, browsers send %q; write that", pattern, origin)
	}
	return ""
}

// originOf returns the origin of a URL as browsers send it: lower case, no default port, no trailing slash.
func originOf(text string) (string, error) {
	parsed, err := url.Parse(text)
	if err != nil || parsed.Hostname() == "" || (parsed.Scheme != "http" && parsed.Scheme != "https") {
		return "", fmt.Errorf("%q must be an origin with http:// or https://, such as https://app.example.com", withoutUserinfo(text))
	}
	if parsed.User != nil {
		return "", fmt.Errorf("must be an origin without user and password, such as https://app.example.com")
	}
	port := parsed.Port()
	if _, err := strconv.ParseUint(port, 10, 16); port != "" && err != nil {
		return "", fmt.Errorf("%q has a port above 65535", text)
	}
	if port == "" || port == defaultPorts[parsed.Scheme] {
		parsed.Host = strings.TrimSuffix(parsed.Host, ":"+port)
	}
	return parsed.Scheme + "://" + strings.ToLower(parsed.Host), nil
}

var defaultPorts = map[string]string{"http": "80", "https": "443"}

func hostname(text string) string {
	parsed, err := url.Parse(text)
	if err != nil {
		return ""
	}
	return strings.ToLower(parsed.Hostname())
}

// withoutUserinfo keeps a password out of an error about a URL that does not parse.
func withoutUserinfo(text string) string {
	if at := strings.LastIndexByte(text, '@'); at >= 0 {
		return "..." + text[at:]
	}
	return text
}
