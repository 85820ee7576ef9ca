package oauthtest

import (
	"encoding/base64"
	"encoding/json"
)

// Profile is somebody who signs in, and what the provider answers for them.
type Profile struct {
	// Sub is their id at the provider; GitHub and Discord ask for digits.
	Sub     string `json:"sub,omitempty"`
	Email   string `json:"email,omitempty"`
	Name    string `json:"name,omitempty"`
	Login   string `json:"login,omitempty"`
	Picture string `json:"picture,omitempty"`
	// EmailVerified is true when nil.
	EmailVerified *bool `json:"email_verified,omitempty"`
	// Scope is what the provider says it granted; "" is its default.
	Scope string `json:"scope,omitempty"`
	// ExpiresIn is the life of the access token in seconds; 0 tells none.
	ExpiresIn int `json:"expires_in,omitempty"`
	// Refresh adds a refresh token.
	Refresh bool `json:"refresh,omitempty"`
	// Error is what the token endpoint answers instead, such as bad_code.
	Error string `json:"error,omitempty"`
}

// Code is an authorization code for the profile, as /authorize would give it, but without PKCE and not used up.
func (p Profile) Code() string {
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // a struct of strings and numbers always encodes
	}
	return base64.RawURLEncoding.EncodeToString(text)
}
