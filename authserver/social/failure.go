package social

import (
	"errors"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// failure is why a browser that comes back from a provider is sent to the page for errors, in the codes of Better-Auth. It
// is no *authserver.Error: nobody reads JSON there.
type failure struct {
	code, description string
	// cause is for the log; it holds no secret.
	cause error
}

// Error returns the code.
func (f *failure) Error() string { return f.code }

// Unwrap returns what was behind it.
func (f *failure) Unwrap() error { return f.cause }

func failed(code string) error { return &failure{code: code} }

func failedBecause(code string, cause error) error { return &failure{code: code, cause: cause} }

// The ends of a sign-in that both ways of signing in know.
var (
	errNotLinked       = failed("account_not_linked")
	errUnableToLink    = failed("unable_to_link_account")
	errUnableToUpdate  = failed("unable_to_update_account")
	errUnableToCreate  = failed("unable_to_create_user")
	errNoSession       = failed("unable_to_create_session")
	errSignUpDisabled  = failed("signup_disabled")
	errEmailUnverified = failed("email_not_verified")
)

// forClient turns a failure into what a client reads that signs in without a redirect.
func forClient(err error) error {
	var f *failure
	switch {
	case errors.Is(err, errEmailUnverified):
		return authserver.ErrEmailNotVerified
	case errors.As(err, &f):
		return &authserver.Error{Kind: authserver.Unauthorized, Code: "OAUTH_LINK_ERROR", Message: strings.ReplaceAll(f.code, "_", " ")}
	}
	return err
}
