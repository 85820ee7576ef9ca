package oauth

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
	"golang.org/x/oauth2"
)

// maxLifetime bounds what a provider says about the life of its tokens, so that times do not overflow.
const maxLifetime = 100 * 365 * 24 * time.Hour

// tokenClient is what x/oauth2 needs for a request to the token endpoint.
func (p *Provider) tokenClient(ctx context.Context) (*oauth2.Config, error) {
	known, err := p.metadata(ctx)
	if err != nil {
		return nil, err
	}
	secret, err := p.clientSecret()
	if err != nil {
		return nil, err
	}
	return &oauth2.Config{
		ClientID: p.config.ClientID, ClientSecret: secret,
		Endpoint: oauth2.Endpoint{TokenURL: known.Token, AuthStyle: known.authStyle},
	}, nil
}

func (p *Provider) clientSecret() (string, error) {
	secret, err := p.config.ClientSecret()
	if err != nil {
		return "", misconfigured(err.Error())
	}
	if p.dialect.secret == nil {
		return secret, nil
	}
	return p.dialect.secret(p.config, secret, p.now())
}

func (p *Provider) exchange(ctx context.Context, code, verifier, redirectURI string) (Tokens, error) {
	client, err := p.tokenClient(ctx)
	if err != nil {
		return Tokens{}, err
	}
	client.RedirectURL = redirectURI
	var options []oauth2.AuthCodeOption
	if verifier != "" && !p.dialect.noPKCE {
		options = append(options, oauth2.VerifierOption(verifier))
	}
	token, err := client.Exchange(oidc.ClientContext(ctx, p.client), code, options...)
	if err != nil {
		return Tokens{}, tokenFailure(err)
	}
	return p.tokens(token)
}

func (p *Provider) refresh(ctx context.Context, refreshToken string) (Tokens, error) {
	known, err := p.metadata(ctx)
	if err != nil {
		return Tokens{}, err
	}
	if known.noRefresh {
		return Tokens{}, ErrRefreshNotSupported
	}
	client, err := p.tokenClient(ctx)
	if err != nil {
		return Tokens{}, err
	}
	token, err := client.TokenSource(oidc.ClientContext(ctx, p.client), &oauth2.Token{RefreshToken: refreshToken}).Token()
	if err != nil {
		return Tokens{}, tokenFailure(err)
	}
	return p.tokens(token)
}

// tokenFailure keeps of an error of x/oauth2 what is not from the provider: the whole quotes its answer.
func tokenFailure(err error) error {
	var answer *oauth2.RetrieveError
	var transport *url.Error
	var tooLarge *http.MaxBytesError
	switch {
	case errors.As(err, &answer):
		return refusal(answer.Response.StatusCode, answer.ErrorCode)
	case errors.As(err, &transport):
		return unreachable(err)
	case errors.As(err, &tooLarge):
		return unreadable(err)
	default:
		return rejected("its answer has no usable token")
	}
}

func (p *Provider) tokens(token *oauth2.Token) (Tokens, error) {
	idToken, _ := token.Extra("id_token").(string)
	tokens := Tokens{
		AccessToken: token.AccessToken, RefreshToken: token.RefreshToken, IDToken: idToken,
		AccessTokenExpiresAt:  p.after(time.Duration(token.ExpiresIn)),
		RefreshTokenExpiresAt: p.after(seconds(token.Extra("refresh_token_expires_in"))),
		Scopes:                scopes(token.Extra("scope")),
	}
	for _, text := range append([]string{tokens.AccessToken, tokens.RefreshToken, tokens.IDToken}, tokens.Scopes...) {
		if !printable(text) {
			return Tokens{}, rejected("its answer has no usable token")
		}
	}
	return tokens, nil
}

// after is the moment so many seconds from now, the zero time for 0.
func (p *Provider) after(count time.Duration) time.Time {
	if count == 0 {
		return time.Time{}
	}
	return p.now().Add(min(max(count, -maxLifetime/time.Second), maxLifetime/time.Second) * time.Second)
}

// seconds reads a number that some providers send as a text.
func seconds(value any) time.Duration {
	switch typed := value.(type) {
	case float64:
		return time.Duration(min(max(typed, 0), maxLifetime.Seconds()))
	case int64:
		return time.Duration(typed)
	case string:
		number, err := strconv.ParseInt(typed, 10, 32)
		if err == nil {
			return time.Duration(number)
		}
	case json.Number:
		number, err := typed.Int64()
		if err == nil {
			return time.Duration(number)
		}
	}
	return 0
}

// scopes reads what RFC 6749 separates by blanks and some providers send as an array.
func scopes(value any) []string {
	switch typed := value.(type) {
	case string:
		return strings.Fields(typed)
	case []any:
		var list []string
		for _, item := range typed {
			if text, ok := item.(string); ok && strings.TrimSpace(text) != "" {
				list = append(list, strings.TrimSpace(text))
			}
		}
		return list
	default:
		return nil
	}
}

// printable says whether a text has only the characters of tokens (RFC 6749 appendix A): others could not be stored, or
// sent in a header.
func printable(text string) bool {
	return !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r > '~' })
}
