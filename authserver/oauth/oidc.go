package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// openID is every provider that is not built in.
func openID(c Config) dialect {
	return dialect{
		scopes:       []string{"openid", "profile", "email"},
		responseType: "code",
		needsNonce:   true,
		profile:      openIDProfile,
		idTokens:     &idTokens{issuers: []string{c.Issuer}},
	}
}

// discover asks the provider where its endpoints are (OpenID Connect Discovery 4).
func (p *Provider) discover(ctx context.Context) (metadata, error) {
	body, err := p.fetch(ctx, strings.TrimSuffix(p.config.Issuer, "/")+"/.well-known/openid-configuration", "")
	if err != nil {
		return metadata{}, err
	}
	var document struct {
		oidc.ProviderConfig
		AuthMethods []string `json:"token_endpoint_auth_methods_supported"`
		GrantTypes  []string `json:"grant_types_supported"`
	}
	if err := json.Unmarshal(body, &document); err != nil {
		return metadata{}, rejected("its discovery document is not readable")
	}
	if document.IssuerURL != p.config.Issuer {
		return metadata{}, misconfigured("its discovery document names another issuer; configure the issuer exactly as it does")
	}
	found := metadata{
		Endpoints: Endpoints{
			Authorization: document.AuthURL, Token: document.TokenURL, UserInfo: document.UserInfoURL, JWKS: document.JWKSURL,
		},
		algorithms: asymmetric(document.Algorithms),
		authStyle:  authStyle(document.AuthMethods),
		noRefresh:  len(document.GrantTypes) > 0 && !slices.Contains(document.GrantTypes, "refresh_token"),
	}
	if err := found.check(isLoopback(p.config.Issuer)); err != nil {
		return metadata{}, err
	}
	return found.with(p.config.Endpoints), nil
}

// asymmetric leaves out the algorithms that prove nothing, and is all others when that leaves none.
func asymmetric(supported []string) []string {
	var all, list []string
	for _, algorithm := range algorithms {
		all = append(all, string(algorithm))
		if slices.Contains(supported, string(algorithm)) {
			list = append(list, string(algorithm))
		}
	}
	if list == nil {
		return all
	}
	return list
}

// authStyle sends the secret in the body, as Better-Auth does, unless the provider takes it in the header only.
func authStyle(methods []string) oauth2.AuthStyle {
	if slices.Contains(methods, "client_secret_basic") && !slices.Contains(methods, "client_secret_post") {
		return oauth2.AuthStyleInHeader
	}
	return oauth2.AuthStyleInParams
}

// check refuses endpoints to which nobody should send a secret.
func (m metadata) check(loopback bool) error {
	for _, endpoint := range []string{m.Authorization, m.Token, m.JWKS} {
		if endpoint == "" {
			return rejected("its discovery document has not all endpoints")
		}
	}
	for _, endpoint := range []string{m.Authorization, m.Token, m.JWKS, m.UserInfo} {
		if endpoint != "" && !isSecure(endpoint) || isLoopback(endpoint) && !loopback {
			return rejected("its discovery document has an endpoint that is not https")
		}
	}
	return nil
}

// isSecure says whether a URL is https, or http on this machine, without user, password and fragment.
func isSecure(text string) bool {
	location, err := url.Parse(text)
	return err == nil && location.Host != "" && location.User == nil && !strings.Contains(text, "#") &&
		(location.Scheme == "https" || location.Scheme == "http" && isLoopback(text))
}

func isLoopback(text string) bool {
	location, err := url.Parse(text)
	if err != nil {
		return false
	}
	address, err := netip.ParseAddr(location.Hostname())
	return location.Hostname() == "localhost" || err == nil && address.IsLoopback()
}

// openIDProfile believes the ID token after verifying it; what it does not tell, the user info endpoint does.
func openIDProfile(ctx context.Context, p *Provider, tokens Tokens) (Profile, error) {
	if tokens.IDToken == "" {
		return p.userInfo(ctx, tokens.AccessToken, "")
	}
	claims, err := p.verify(ctx, tokens.IDToken, tokens.Nonce)
	if errors.Is(err, errExpired) && tokens.Nonce == "" {
		// Not a sign-in: the tokens are from the database, and the access token may have been refreshed since.
		return p.userInfo(ctx, tokens.AccessToken, "")
	}
	if err != nil {
		return Profile{}, err
	}
	if claims.Get("email").Text() == "" && tokens.AccessToken != "" {
		return p.userInfo(ctx, tokens.AccessToken, claims.Get("sub").Text())
	}
	return openIDUser(claims)
}

// userInfo asks for the user, who must be the subject unless that is "".
func (p *Provider) userInfo(ctx context.Context, accessToken, subject string) (Profile, error) {
	known, err := p.metadata(ctx)
	if err != nil {
		return Profile{}, err
	}
	if known.UserInfo == "" || accessToken == "" {
		return Profile{}, rejected("it tells nothing about the user")
	}
	user, err := p.get(ctx, known.UserInfo, accessToken)
	if err != nil {
		return Profile{}, err
	}
	if subject != "" && user.Get("sub").Text() != subject {
		return Profile{}, rejected("its user info is about another user")
	}
	return openIDUser(user)
}

// openIDUser adds to the claims what Better-Auth adds.
func openIDUser(claims ecma.Value) (Profile, error) {
	user := standardClaims(claims)
	raw := claims
	if raw.Get("id").Kind() == ecma.Undefined {
		raw = raw.With("id", claims.Get("sub"))
	}
	raw = raw.With("emailVerified", ecma.BooleanValue(user.emailVerified))
	if user.image.Kind() == ecma.String {
		raw = raw.With("image", user.image)
	}
	return newProfile(claims.Get("sub"), user, raw)
}
