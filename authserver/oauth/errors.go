package oauth

import "errors"

// What a caller may tell apart. Every error of this package is one of them, and none holds a code, a token or a secret.
var (
	// ErrRejected means that the provider refused, or answered what cannot be used.
	ErrRejected = errors.New("the provider refused")
	// ErrUnavailable means that the provider did not answer; a later attempt may succeed.
	ErrUnavailable = errors.New("the provider does not answer")
	// ErrMisconfigured means that the provider cannot be used with this configuration, such as an unreadable secret.
	ErrMisconfigured = errors.New("the provider is not configured correctly")
	// ErrInvalidIDToken means that an ID token is not one of this provider for this client.
	ErrInvalidIDToken = errors.New("the ID token is not valid")
	// ErrIDTokenNotSupported means that the provider has no ID tokens that could be verified.
	ErrIDTokenNotSupported = errors.New("the provider has no ID tokens")
	// ErrRefreshNotSupported means that the provider has no refresh tokens.
	ErrRefreshNotSupported = errors.New("the provider does not refresh tokens")
)
