package oauthtest

import (
	"encoding/base64"
	"encoding/json"
	"strings"
)

// Profile is somebody who signs in, and what the provider answers for them.
type Profile struct {
	// Sub is their id at the provider; GitHub and Discord have digits.
	Sub     string `json:"sub,omitempty"`
	Email   string `json:"email,omitempty"`
	Name    string `json:"name,omitempty"`
	Login   string `json:"login,omitempty"`
	Picture string `json:"picture,omitempty"`
	// EmailVerified is true when nil; Microsoft says nothing then.
	EmailVerified *bool `json:"email_verified,omitempty"`
	// Scope is what the provider says it granted; "" is its default.
	Scope string `json:"scope,omitempty"`
	// ExpiresIn is the life of the access token in seconds; 0 tells none.
	ExpiresIn int `json:"expires_in,omitempty"`
	// Refresh adds a refresh token, which is another one after each use.
	Refresh bool `json:"refresh,omitempty"`
	// Error is what the token endpoint answers instead, such as bad_code.
	Error string `json:"error,omitempty"`
	// Denied is the error with which the authorize page sends the user back, such as access_denied.
	Denied string `json:"denied,omitempty"`

	// Claims replace those of the ID token; null leaves one out.
	Claims map[string]any `json:"claims,omitempty"`
	// User replaces members of the user info; null leaves one out.
	User map[string]any `json:"user,omitempty"`
	// Signature is how the ID token is signed.
	Signature Signature `json:"signature,omitempty"`
}

// Signature is how an ID token is signed.
type Signature string

// The signatures of ID tokens; all but the first are those of attackers.
const (
	SignedRight Signature = ""
	// SignedRS256 is right for OpenID Connect providers, which sign with ES256 else.
	SignedRS256 Signature = "RS256"
	// SignedNot has the algorithm none.
	SignedNot Signature = "none"
	// SignedHS256 takes the public key for a shared secret.
	SignedHS256 Signature = "HS256"
	// SignedByOther is by another key with the id of the right one.
	SignedByOther Signature = "other"
	// SignedByUnknown is by a key that is not published.
	SignedByUnknown Signature = "unknown"
)

// Code is an authorization code for the profile, like one of the authorize page but without PKCE and never used up.
func (p Profile) Code() string { return encode(p) }

func (p Profile) verified() bool { return p.EmailVerified == nil || *p.EmailVerified }

// grant is what codes and tokens carry.
type grant struct {
	Profile
	// Number makes a code one of the authorize page, which is used up by the first request; 0 is a code of a test.
	Number      int    `json:"number,omitempty"`
	Challenge   string `json:"challenge,omitempty"`
	Nonce       string `json:"nonce,omitempty"`
	RedirectURI string `json:"redirect_uri,omitempty"`
}

func encode(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		panic(err) // a struct of what JSON has always encodes
	}
	return base64.RawURLEncoding.EncodeToString(text)
}

// decode reads a code, or a token: a prefix, what it carries, and a number that makes it unique.
func decode(token string) (g grant, err error) {
	for _, prefix := range []string{"at_", "at2_", "rt_"} {
		token = strings.TrimPrefix(token, prefix)
	}
	token, _, _ = strings.Cut(token, ".")
	text, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil {
		return grant{}, err
	}
	return g, json.Unmarshal(text, &g)
}
