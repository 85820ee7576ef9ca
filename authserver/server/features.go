package server

import (
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/httpapi"
)

// bearer is nil when the feature is off.
func bearer(b *config.Bearer) *httpapi.BearerOptions {
	if b == nil {
		return nil
	}
	return &httpapi.BearerOptions{RequireSignature: b.RequireSignature}
}
