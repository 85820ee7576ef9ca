package check

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"syscall"
)

// skipped is the outcome of a step that does not apply; it says why.
type skipped string

func (s skipped) Error() string { return string(s) }

// StepError is the outcome of a step that went wrong.
type StepError struct {
	// Reason says what went wrong, Fix what to do about it; neither holds a secret.
	Reason, Fix string
}

// Error returns both.
func (f *StepError) Error() string { return f.Reason + "; " + f.Fix }

// unreachable explains a request without an answer.
func (c *Client) unreachable(err error) error {
	var dns *net.DNSError
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	switch {
	case errors.Is(err, context.Canceled):
		return &StepError{"interrupted", "run it again"}
	case errors.Is(err, context.DeadlineExceeded):
		return &StepError{
			"no answer within " + c.Timeout.String() + " for the whole check",
			"see whether the server is ready and reaches its database, and Redis if it uses one, or give more time with --timeout",
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &StepError{
			"nothing listens at " + c.Base.Host,
			"start the server or correct --base-url; in a cluster, kubectl port-forward service/<name> 3001:80 makes it http://localhost:3001",
		}
	case errors.As(err, &dns):
		return &StepError{"the host name " + dns.Name + " is not known here", "correct --base-url, or run the check where the name resolves"}
	case errors.As(err, &authority):
		return &StepError{"the certificate of " + c.Base.Host + " is from an unknown authority", "name the file with the authority's certificate in SSL_CERT_FILE"}
	case errors.As(err, &hostname):
		return &StepError{hostname.Error(), "give the --base-url that the certificate is for"}
	}
	return &StepError{err.Error(), "see whether --base-url is right and the server is running"}
}

// refusal is what a server says that refuses a request.
func (r Answer) refusal() string {
	reason := fmt.Sprintf("%s answers %d", r.Request, r.Status)
	if r.Problem.Code != "" || r.Problem.Message != "" {
		reason += fmt.Sprintf(": %s (%s)", r.Problem.Message, r.Problem.Code)
	}
	return reason
}

func (r Answer) fix() string {
	switch r.Status {
	case http.StatusNotFound:
		return "see whether the endpoints are below the base path"
	case http.StatusTooManyRequests:
		return "wait " + r.Header.Get("X-Retry-After") + " seconds, or raise the rate limit of this path"
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return "check the address that it redirects to: " + r.Header.Get("Location")
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return "see whether the server is ready and reaches its database, and Redis if it uses one"
	}
	if requestID := r.Header.Get("X-Request-Id"); requestID != "" {
		return "look for request " + requestID + " in the server's log"
	}
	return "look into the server's log"
}

// read is Answer.Read with the fixes that the flags of the check are.
func (p plan) read(answer Answer, into any) error {
	err := answer.Read(into)
	var failure *StepError
	if errors.As(err, &failure) && answer.Status != http.StatusOK {
		failure.Fix = p.fix(answer)
	}
	return err
}

func (p plan) fix(answer Answer) string {
	if fix := fixByCode(answer.Problem.Code, p); fix != "" {
		return fix
	}
	if answer.Status == http.StatusNotFound {
		return "see whether the endpoints are below " + p.BasePath + "; --base-path names another path"
	}
	return answer.fix()
}

func fixByCode(code string, p plan) string {
	switch code {
	case "INVALID_ORIGIN", "MISSING_OR_NULL_ORIGIN":
		return "the server does not trust " + p.origin.String() + ": give its own base URL with --origin, or add this one to its allowed origins"
	case "EMAIL_PASSWORD_SIGN_UP_DISABLED":
		return "check with a user who exists: --email and --password"
	case "EMAIL_PASSWORD_DISABLED":
		return "enable e-mail and password; the check signs in with them"
	case "EMAIL_NOT_VERIFIED":
		return "check with a user whose e-mail address is verified: --email and --password"
	case "INVALID_EMAIL_OR_PASSWORD":
		return "give the password of " + p.Email + " with --password, or leave out --email"
	case "PASSWORD_TOO_SHORT", "PASSWORD_TOO_LONG":
		return "give a --password of a length that the server accepts"
	case "MISSING_FIELD":
		return `give every required field, such as --custom-fields '{"role":"user"}'`
	case "FIELD_NOT_ALLOWED":
		return "leave the field out of --custom-fields; clients may not set it"
	case "FAILED_TO_CREATE_USER":
		return "see whether the values of --custom-fields fit the types of the fields"
	}
	return ""
}
