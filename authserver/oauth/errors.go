package oauth

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"syscall"
)

// What a caller may tell apart. Every error of a Provider is one of them, and none holds a code, a token or a secret.
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

// failure is an error of a provider. Its text is made of constants and of what the operator configured, never of what a
// provider sent: that could be a secret it was given.
type failure struct {
	kind   error
	detail string
}

// Error says what went wrong.
func (f *failure) Error() string {
	if f.detail == "" {
		return f.kind.Error()
	}
	return f.kind.Error() + ": " + f.detail
}

// Unwrap returns one of the errors above.
func (f *failure) Unwrap() error { return f.kind }

func rejected(detail string) error      { return &failure{ErrRejected, detail} }
func misconfigured(detail string) error { return &failure{ErrMisconfigured, detail} }
func invalidToken(detail string) error  { return &failure{ErrInvalidIDToken, detail} }

// unreachable says why there was no answer, without the texts of net/http: they may quote what the other side sent.
func unreachable(err error) error {
	var timeout net.Error
	var name *net.DNSError
	var certificate *tls.CertificateVerificationError
	var number syscall.Errno
	detail := "the connection broke"
	switch {
	case errors.Is(err, context.Canceled):
		detail = "nobody waits for the answer any more"
	case errors.As(err, &timeout) && timeout.Timeout():
		detail = "it took too long"
	case errors.As(err, &name):
		detail = "its host name cannot be resolved"
	case errors.As(err, &certificate):
		detail = "its certificate is not trusted"
	case errors.As(err, &number):
		detail = number.Error()
	}
	return &failure{ErrUnavailable, detail}
}
