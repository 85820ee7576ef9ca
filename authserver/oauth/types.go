package oauth

import (
	"encoding/json"
	"net/http"
	"time"
)

// Tokens are what a provider gives for a code or a refresh token; an empty field was not given.
type Tokens struct {
	AccessToken, RefreshToken, IDToken string
	// AccessTokenExpiresAt and RefreshTokenExpiresAt are zero when the provider told no end.
	AccessTokenExpiresAt, RefreshTokenExpiresAt time.Time
	// Scopes are those that the provider says it granted.
	Scopes []string
	// Nonce is the one of the AuthorizeRequest, which the ID token must hold. The caller adds it before Profile.
	Nonce string
	// User is what the provider sent about the user beside the code, as JSON. The caller adds it before Profile: only Apple
	// sends it, and only the first time.
	User string
}

// Profile is what a provider tells about a user.
type Profile struct {
	// ID never changes for a user of this provider.
	ID string
	// Name is perhaps "".
	Name string
	// Email is as the provider writes it, "" when it tells none.
	Email         string
	EmailVerified bool
	// Image is a URL, or "".
	Image string
	// Raw is the profile in the words of the provider, a JSON object.
	Raw json.RawMessage
}

// Param is one parameter of a URL.
type Param struct{ Name, Value string }

// AuthorizeRequest is one sign-in.
type AuthorizeRequest struct {
	// State comes back with the code.
	State string
	// Verifier proves to the provider that who has the code also began the sign-in (PKCE).
	Verifier string
	// RedirectURI is where the provider sends the browser.
	RedirectURI string
	// LoginHint is the address that the user signs in with, or "".
	LoginHint string
	// Scopes are asked for besides those of the provider.
	Scopes []string
	// Nonce is repeated in the ID token; a provider with NeedsNonce must have one, others ignore it.
	Nonce string
	// Extra are further parameters, in their order; those that the request owns are left out.
	Extra []Param
}

// Config is one provider.
type Config struct {
	// ID is google, github, microsoft, apple or discord, or any other name for an OpenID Connect provider with Issuer.
	ID       string
	ClientID string
	// ClientSecret is asked for the secret each time one is needed, so that a new one counts at once. For apple it is the
	// private key (PEM) that signs the secret.
	ClientSecret func() (string, error)
	// Issuer is the URL of an OpenID Connect provider.
	Issuer string
	// Scopes are asked for besides the default ones.
	Scopes []string
	// Prompt is the parameter of the authorize URL, such as select_account.
	Prompt string
	// AccessType and HostedDomain are those of google: offline asks for a refresh token, and only users of the domain are let
	// in ("*" is any domain of Google Workspace).
	AccessType, HostedDomain string
	// Audiences are further clients of the same owner whose ID tokens count, such as the bundle id of an application.
	Audiences []string
	// TenantID is that of microsoft; "" is common.
	TenantID string
	// TeamID and KeyID are those of the private key of apple.
	TeamID, KeyID string
	// Endpoints replace the built-in or discovered ones.
	Endpoints Endpoints
	// DisableSignUp lets only known users in; DisableImplicitSignUp makes new ones ask for it.
	DisableSignUp, DisableImplicitSignUp bool
}

// Endpoints are the URLs of a provider.
type Endpoints struct {
	Authorization, Token, UserInfo, JWKS string
}

// Options configure a Set.
type Options struct {
	Providers []Config
	// HTTPClient sends the requests; nil is http.DefaultTransport. Its timeout and its redirects are replaced.
	HTTPClient *http.Client
	// Now is the clock; nil is time.Now.
	Now func() time.Time
}
