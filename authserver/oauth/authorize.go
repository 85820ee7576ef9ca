package oauth

import (
	"net/url"
	"slices"
	"strings"

	"golang.org/x/oauth2"
)

// reserved are the parameters that a request owns: replacing one of them would break its protection.
var reserved = []string{
	"state", "client_id", "redirect_uri", "response_type", "code_challenge", "code_challenge_method", "nonce", "scope",
}

// Reserved says whether AuthorizeRequest.Extra cannot set the parameter.
func Reserved(name string) bool { return slices.Contains(reserved, name) }

// authorizeURL has the parameters in the order of Better-Auth 1.7.25 (contract 10).
func (p *Provider) authorizeURL(endpoint string, r AuthorizeRequest) string {
	d := p.dialect
	var q query
	q.set("response_type", d.responseType)
	q.set("client_id", p.config.ClientID)
	q.set("state", r.State)
	q.setIf("scope", strings.Join(p.scopes(r.Scopes), " "))
	q.set("redirect_uri", r.RedirectURI)
	if !d.noLoginHint {
		q.setIf("login_hint", r.LoginHint)
	}
	if p.NeedsNonce() {
		q.setIf("nonce", r.Nonce)
	}
	if !d.noPrompt {
		prompt := p.config.Prompt
		if prompt == "" {
			prompt = d.prompt
		}
		q.setIf("prompt", prompt)
	}
	q.setIf("hd", p.config.HostedDomain)
	q.setIf("access_type", p.config.AccessType)
	q.setIf("response_mode", d.responseMode)
	if r.Verifier != "" && !d.noPKCE {
		q.set("code_challenge_method", "S256")
		q.set("code_challenge", oauth2.S256ChallengeFromVerifier(r.Verifier))
	}
	for _, extra := range slices.Concat(d.extra, r.Extra) {
		if !Reserved(extra.Name) {
			q.set(extra.Name, extra.Value)
		}
	}
	return q.appendTo(endpoint)
}

// scopes are those of the provider, of the configuration and of a request.
func (p *Provider) scopes(asked []string) []string {
	if p.dialect.askedScopesFirst {
		return slices.Concat(p.dialect.scopes, asked, p.config.Scopes)
	}
	return slices.Concat(p.dialect.scopes, p.config.Scopes, asked)
}

// query is the query of a URL in the order in which it was made, which url.Values does not keep.
type query []Param

// set replaces the parameter in its place, or adds it.
func (q *query) set(name, value string) {
	for i := range *q {
		if (*q)[i].Name == name {
			(*q)[i].Value = value
			return
		}
	}
	*q = append(*q, Param{name, value})
}

func (q *query) setIf(name, value string) {
	if value != "" {
		q.set(name, value)
	}
}

// appendTo adds the query to an endpoint; of the endpoint's own parameters it keeps, letter by letter, those with other names.
func (q *query) appendTo(endpoint string) string {
	base, own, _ := strings.Cut(endpoint, "?")
	var pairs []string
	for pair := range strings.SplitSeq(own, "&") {
		name, _, _ := strings.Cut(pair, "=")
		if name, err := url.QueryUnescape(name); pair != "" && err == nil && !q.has(name) {
			pairs = append(pairs, pair)
		}
	}
	for _, p := range *q {
		pairs = append(pairs, escape(p.Name)+"="+escape(p.Value))
	}
	return base + "?" + strings.Join(pairs, "&")
}

func (q *query) has(name string) bool {
	return slices.ContainsFunc(*q, func(p Param) bool { return p.Name == name })
}

// asURLSearchParams is where the form encoding of browsers and of package net/url differ.
var asURLSearchParams = strings.NewReplacer("%2A", "*", "~", "%7E")

func escape(text string) string { return asURLSearchParams.Replace(url.QueryEscape(text)) }
