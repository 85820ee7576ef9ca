package oauth

import "context"

// Provider is one provider of social sign-in. It is safe for concurrent use.
type Provider struct {
	config Config
}

// ID names the provider in requests and rows.
func (p *Provider) ID() string { return p.config.ID }

// Issuer is what the parameter iss of a callback must be when there is one (RFC 9207); "" does not say.
func (p *Provider) Issuer() string { return p.config.Issuer }

// NeedsNonce says whether a sign-in needs AuthorizeRequest.Nonce, and Profile after it Tokens.Nonce.
func (p *Provider) NeedsNonce() bool { return p.config.Issuer != "" }

// SignUpDisabled says that only known users are let in.
func (p *Provider) SignUpDisabled() bool { return p.config.DisableSignUp }

// ImplicitSignUpDisabled says that new users are let in only when the sign-in asked for it.
func (p *Provider) ImplicitSignUpDisabled() bool { return p.config.DisableImplicitSignUp }

// AuthorizeURL is where the browser goes to sign in. Only a provider that must be discovered can fail.
func (p *Provider) AuthorizeURL(_ context.Context, _ AuthorizeRequest) (string, error) {
	return "", ErrUnavailable
}

// Exchange gives a code for tokens.
func (p *Provider) Exchange(_ context.Context, _, _, _ string) (Tokens, error) {
	return Tokens{}, ErrUnavailable
}

// Profile is the user whom the tokens are about. They come from Exchange, from the database, or are an ID token that
// VerifyIDToken accepted.
func (p *Provider) Profile(_ context.Context, _ Tokens) (Profile, error) {
	return Profile{}, ErrUnavailable
}

// Refresh gives a refresh token for new tokens. An empty RefreshToken in the answer means that the old one stays.
func (p *Provider) Refresh(_ context.Context, _ string) (Tokens, error) {
	return Tokens{}, ErrUnavailable
}

// SupportsIDToken says whether VerifyIDToken can do anything but fail with ErrIDTokenNotSupported.
func (p *Provider) SupportsIDToken() bool { return p.config.ID != "github" && p.config.ID != "discord" }

// VerifyIDToken returns nil for an ID token that the provider signed for this client not long ago, with the nonce unless
// that is "". The other errors are ErrInvalidIDToken, ErrIDTokenNotSupported and ErrUnavailable.
func (p *Provider) VerifyIDToken(_ context.Context, _, _ string) error {
	return ErrIDTokenNotSupported
}
