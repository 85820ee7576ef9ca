// Package origins decides which URLs are trusted: the Origin and Referer of requests, and callback URLs.
//
// It owns the pattern language of Better-Auth 1.7.25 (exact origins, globs over hosts and origins, custom schemes)
// and the parts of the WHATWG URL parser that it needs. Where that parser is lenient (numeric hosts other than
// dotted quads, non-ASCII or percent-encoded hosts, schemes without //) this one refuses: such a URL has no
// origin and is trusted by nobody. It does not own when to check (package httpapi).
//
//	patterns ──► New ──► List.Trusts(Origin), List.TrustsCallback(callbackURL)
package origins
