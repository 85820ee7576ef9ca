package oauth

import (
	"context"
	"fmt"
	"net/http"
	"time"

	"github.com/go-jose/go-jose/v4"
)

// Provider is one provider of social sign-in. It is safe for concurrent use.
type Provider struct {
	config  Config
	dialect dialect
	client  *http.Client
	now     func() time.Time
	// metadata are built in, or asked for when they are needed first.
	metadata func(context.Context) (metadata, error)
	keys     cached[jose.JSONWebKeySet]
}

func newProvider(c Config, client *http.Client, now func() time.Time) *Provider {
	p := &Provider{config: c, client: client, now: now}
	p.keys.fetch, p.keys.now = p.fetchKeys, now
	if builtIn := dialects[c.ID]; builtIn != nil {
		var known metadata
		p.dialect, known = builtIn(c)
		known = known.with(c.Endpoints)
		p.metadata = func(context.Context) (metadata, error) { return known, nil }
		return p
	}
	p.dialect = openID(c)
	p.metadata = (&cached[metadata]{fetch: p.discover, now: now}).get
	return p
}

// ID names the provider in requests and rows.
func (p *Provider) ID() string { return p.config.ID }

// Issuer is what the parameter iss of a callback must be when there is one (RFC 9207); "" does not say.
func (p *Provider) Issuer() string { return p.config.Issuer }

// NeedsNonce says whether a sign-in needs AuthorizeRequest.Nonce, and Profile after it Tokens.Nonce.
func (p *Provider) NeedsNonce() bool { return p.dialect.needsNonce }

// SignUpDisabled says that only known users are let in.
func (p *Provider) SignUpDisabled() bool { return p.config.DisableSignUp }

// ImplicitSignUpDisabled says that new users are let in only when the sign-in asked for it.
func (p *Provider) ImplicitSignUpDisabled() bool { return p.config.DisableImplicitSignUp }

// SupportsIDToken says whether VerifyIDToken can do anything but fail with ErrIDTokenNotSupported.
func (p *Provider) SupportsIDToken() bool { return p.dialect.idTokens != nil }

// AuthorizeURL is where the browser goes to sign in. Only a provider that must be discovered can fail, with
// ErrUnavailable, ErrRejected or ErrMisconfigured.
func (p *Provider) AuthorizeURL(ctx context.Context, r AuthorizeRequest) (string, error) {
	known, err := p.metadata(ctx)
	if err != nil {
		return "", p.failed("beginning a sign-in", err)
	}
	return p.authorizeURL(known.Authorization, r), nil
}

// Exchange gives a code for tokens. Its errors are ErrUnavailable, ErrRejected and ErrMisconfigured.
func (p *Provider) Exchange(ctx context.Context, code, verifier, redirectURI string) (Tokens, error) {
	tokens, err := p.exchange(ctx, code, verifier, redirectURI)
	return tokens, p.failed("exchanging the code", err)
}

// Profile is the user whom the tokens are about. They come from Exchange, from the database, or are nothing but an ID token
// that VerifyIDToken accepted. Its errors are ErrUnavailable, ErrRejected, ErrMisconfigured and ErrInvalidIDToken.
func (p *Provider) Profile(ctx context.Context, tokens Tokens) (Profile, error) {
	profile, err := p.dialect.profile(ctx, p, tokens)
	return profile, p.failed("reading the profile", err)
}

// Refresh gives a refresh token for new tokens; the RefreshToken of the answer is the old one when that stays valid. Its
// errors are ErrUnavailable, ErrRejected, ErrMisconfigured and, of a provider that says so, ErrRefreshNotSupported.
func (p *Provider) Refresh(ctx context.Context, refreshToken string) (Tokens, error) {
	tokens, err := p.refresh(ctx, refreshToken)
	return tokens, p.failed("refreshing the tokens", err)
}

// VerifyIDToken returns nil for an ID token that the provider signed for this client not long ago, with the nonce unless
// that is "". Its errors are ErrInvalidIDToken, ErrIDTokenNotSupported, ErrUnavailable, ErrRejected and ErrMisconfigured.
func (p *Provider) VerifyIDToken(ctx context.Context, idToken, nonce string) error {
	_, err := p.verify(ctx, idToken, nonce)
	return p.failed("verifying an ID token", err)
}

// failed says which provider it was, and nil for nil.
func (p *Provider) failed(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("social provider %s: %s: %w", p.config.ID, doing, err)
}
