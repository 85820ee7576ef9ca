package server

import (
	"fmt"
	"net/http"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

// providers are the social providers of the configuration; client sends their requests, nil is one of their own.
func providers(configured []config.SocialProvider, secrets config.SocialSecrets, client *http.Client, now func() time.Time) (*oauth.Set, error) {
	o := oauth.Options{HTTPClient: client, Now: now}
	for _, p := range configured {
		o.Providers = append(o.Providers, oauth.Config{
			ID: p.ID, ClientID: p.ClientID, ClientSecret: clientSecret(secrets[p.ID]), Issuer: p.Issuer, Scopes: p.Scopes,
			Prompt: p.Prompt, AccessType: p.AccessType, HostedDomain: p.HostedDomain, Audiences: p.Audiences,
			TenantID: p.TenantID, TeamID: p.TeamID, KeyID: p.KeyID,
			Endpoints: oauth.Endpoints{
				Authorization: p.Endpoints.Authorization, Token: p.Endpoints.Token, UserInfo: p.Endpoints.UserInfo, JWKS: p.Endpoints.JWKS,
			},
			DisableSignUp: p.DisableSignUp, DisableImplicitSignUp: p.DisableImplicitSignUp,
		})
	}
	set, err := oauth.New(o)
	if err != nil {
		return nil, fmt.Errorf("socialProviders: %w", err)
	}
	return set, nil
}

// clientSecret is nil, which package oauth refuses, when there is no source.
func clientSecret(source config.SecretSource) func() (string, error) {
	if source == nil {
		return nil
	}
	return func() (string, error) {
		secret, err := source()
		return secret.Reveal(), err
	}
}
