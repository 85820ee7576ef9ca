package server

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/httpapi"
	"github.com/gatehouse-auth/gatehouse/authserver/jwks"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// bearer is nil when the feature is off.
func bearer(b *config.Bearer) *httpapi.BearerOptions {
	if b == nil {
		return nil
	}
	return &httpapi.BearerOptions{RequireSignature: b.RequireSignature}
}

// description is nil when the feature openAPI is off.
func description(o *config.OpenAPI) *httpapi.OpenAPIOptions {
	if o == nil {
		return nil
	}
	return &httpapi.OpenAPIOptions{DisablePage: o.DisableReferencePage}
}

// signingKeys is nil when the feature jwt is off.
func (s *Server) signingKeys(secrets *tokens.Keyring, newID func() string) *jwks.Service {
	j := s.Config.Features.JWT
	if j == nil {
		return nil
	}
	return jwks.New(jwks.Options{
		Store: s.stores.database, Secrets: secrets, Algorithm: j.Algorithm, TTL: j.TTL.Duration, Issuer: j.Issuer, Audience: j.Audience,
		RotationInterval: j.RotationInterval.Duration, PublishAhead: j.PublishAhead.Duration, GracePeriod: j.GracePeriod.Duration,
		Log: s.Log, NewID: newID, Random: s.Random, Now: s.Now,
	})
}

// probeFeatures asks for the tables that only features need.
func (s *Server) probeFeatures(ctx context.Context) error {
	if s.Config.Features.JWT == nil {
		return nil
	}
	_, err := s.stores.database.JWKs(ctx, time.Time{})
	return err
}
