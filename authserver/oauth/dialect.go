package oauth

import (
	"context"
	"time"
)

// dialect is in what a provider differs from the others.
type dialect struct {
	// scopes are the default ones.
	scopes []string
	// askedScopesFirst puts the scopes of a request before those of the configuration.
	askedScopesFirst bool
	responseType     string
	responseMode     string
	// prompt is the default one.
	prompt                        string
	noPrompt, noLoginHint, noPKCE bool
	// needsNonce binds the ID token to the sign-in.
	needsNonce bool
	// extra are further parameters of the authorize URL.
	extra []Param
	// secret makes the client secret out of the configured one; nil leaves it.
	secret func(c Config, configured string, now time.Time) (string, error)
	// profile reads the user.
	profile func(ctx context.Context, p *Provider, tokens Tokens) (Profile, error)
	// idTokens is nil when there are none, or none that could be verified.
	idTokens *idTokens
}

// dialects are the built-in providers.
var dialects = map[string]func(Config) (dialect, metadata){
	"google": google, "github": github, "microsoft": microsoft, "apple": apple, "discord": discord,
}

// BuiltIn says whether a provider with the id needs no issuer.
func BuiltIn(id string) bool { return dialects[id] != nil }
