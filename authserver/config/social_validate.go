package config

import (
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

const (
	maxProviders = 50
	maxScopes    = 50
)

var (
	providerForm     = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$`)
	scopeForm        = regexp.MustCompile(`^[\x21\x23-\x5B\x5D-\x7E]{1,256}$`) // RFC 6749 section 3.3
	promptForm       = regexp.MustCompile(`^[a-z_]+( [a-z_]+)*$`)
	tenantForm       = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$`)
	appleForm        = regexp.MustCompile(`^[A-Z0-9]{10}$`)
	hostedDomainForm = regexp.MustCompile(`^(\*|[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?)$`)
)

func validateSocialProviders(providers []SocialProvider, found *problems) {
	if len(providers) > maxProviders {
		found.add("socialProviders", "has %d entries, at most %d are allowed", len(providers), maxProviders)
	}
	variables := map[string]string{}
	for i, p := range providers {
		key := providerKey(i)
		switch other := variables[p.variable()]; {
		case !providerForm.MatchString(p.ID):
			found.add(key+".id", "%q must be 1 to 63 letters, digits, . _ or -, and begin and end with a letter or digit: it becomes a part of URLs", p.ID)
		case p.ID == "credential":
			found.add(key+".id", "%q is the name of accounts with a password; choose another", p.ID)
		case other == p.ID:
			found.add(key+".id", "%q is there twice; give each provider an id of its own", p.ID)
		case other != "":
			found.add(key+".id", "%q is too like %q: both would read %s; choose another", p.ID, other, p.variable()+envClientSecret)
		}
		variables[p.variable()] = p.ID
		p.validate(key, found)
	}
}

func (p SocialProvider) validate(key string, found *problems) {
	if p.ClientID == "" {
		found.add(key+".clientID", "is not set; set it, or the variable %s", p.variable()+envClientID)
	}
	validateText(key+".clientID", p.ClientID, found)
	p.validateSecret(key, found)
	switch {
	case p.isBuiltIn() && p.Issuer != "":
		found.add(key+".issuer", "must not be set: %s is built in; choose another id for an OpenID Connect provider of your own", p.ID)
	case !p.isBuiltIn() && p.Issuer == "":
		found.add(key+".issuer", "is not set, but %q is not built in (%s); set the URL of the OpenID Connect provider", p.ID, strings.Join(BuiltInProviders, ", "))
	case p.Issuer != "" && strings.Contains(p.Issuer, "?"):
		found.add(key+".issuer", "must be without a query, as the provider writes it in its tokens")
	}
	validateEndpoint(key+".issuer", p.Issuer, found)
	validateEndpoint(key+".endpoints.authorization", p.Endpoints.Authorization, found)
	validateEndpoint(key+".endpoints.token", p.Endpoints.Token, found)
	validateEndpoint(key+".endpoints.userInfo", p.Endpoints.UserInfo, found)
	validateEndpoint(key+".endpoints.jwks", p.Endpoints.JWKS, found)
	p.validateParameters(key, found)
	p.validateOwn(key, found)
}

func (p SocialProvider) validateSecret(key string, found *problems) {
	if p.Key != "" && p.Directory == "" {
		found.add(key+".key", "needs %s.directory, the directory in which the secret is mounted", key)
	}
	if strings.ContainsAny(p.Key, "/\x00") || p.Key == "." || p.Key == ".." {
		found.add(key+".key", "%q must be the name of a file in %s.directory", p.Key, key)
	}
}

func (p SocialProvider) validateParameters(key string, found *problems) {
	if len(p.Scopes) > maxScopes {
		found.add(key+".scopes", "has %d entries, at most %d are allowed", len(p.Scopes), maxScopes)
	}
	if i := slices.IndexFunc(p.Scopes, func(scope string) bool { return !scopeForm.MatchString(scope) }); i >= 0 {
		found.add(key+".scopes", "%q must be one scope without blanks, quotes and backslashes", p.Scopes[i])
	}
	if p.Prompt != "" && (!promptForm.MatchString(p.Prompt) || len(p.Prompt) > 64) {
		found.add(key+".prompt", "%q must be words such as login, consent or select_account", p.Prompt)
	}
	if len(p.Audiences) > maxScopes || slices.Contains(p.Audiences, "") {
		found.add(key+".audiences", "must be at most %d client ids, none of them empty", maxScopes)
	}
	for _, audience := range p.Audiences {
		validateText(key+".audiences", audience, found)
	}
}

// validateOwn is about the settings of single providers.
func (p SocialProvider) validateOwn(key string, found *problems) {
	only := func(name, value, id, form string, ok bool) {
		if value != "" && p.ID != id {
			found.add(key+"."+name, "is a setting of %s only; remove it", id)
		} else if value != "" && !ok {
			found.add(key+"."+name, "%q must be %s", value, form)
		}
	}
	only("tenantID", p.TenantID, "microsoft", "common, organizations, consumers, or the id or domain of a tenant", tenantForm.MatchString(p.TenantID))
	only("teamID", p.TeamID, "apple", "10 capital letters and digits", appleForm.MatchString(p.TeamID))
	only("keyID", p.KeyID, "apple", "10 capital letters and digits", appleForm.MatchString(p.KeyID))
	only("accessType", p.AccessType, "google", "online or offline", p.AccessType == "online" || p.AccessType == "offline")
	only("hostedDomain", p.HostedDomain, "google", "a lower-case domain such as example.com, or *", hostedDomainForm.MatchString(p.HostedDomain))
	if p.ID == "apple" && (p.TeamID == "") != (p.KeyID == "") {
		found.add(key, "teamID and keyID belong to one private key; set both, or neither for a client secret that you signed")
	}
}

// validateEndpoint allows http for this machine only: clients send secrets to these URLs, and believe what they answer.
func validateEndpoint(key, value string, found *problems) {
	if value == "" {
		return
	}
	parsed, err := url.Parse(value)
	if err != nil || parsed.Host == "" || parsed.User != nil || strings.Contains(value, "#") || len(value) > 2048 ||
		parsed.Scheme != "https" && (parsed.Scheme != "http" || !isThisMachine(parsed.Hostname())) {
		found.add(key, "must be an https URL without user, password and fragment, such as https://idp.example.com/oauth; http is for localhost only")
	}
}

func isThisMachine(host string) bool {
	address, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && address.IsLoopback()
}
