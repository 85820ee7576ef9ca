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

// failure is the outcome of a step that went wrong.
type failure struct{ reason, fix string }

func (f *failure) Error() string { return f.reason + "; " + f.fix }

// unreachable explains a request without an answer.
func unreachable(p plan, err error) error {
	var dns *net.DNSError
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	switch {
	case errors.Is(err, context.Canceled):
		return &failure{"interrupted", "run it again"}
	case errors.Is(err, context.DeadlineExceeded):
		return &failure{
			"no answer within " + p.Timeout.String() + " for the whole check",
			"see whether the server is ready and reaches its database, and Redis if it uses one, or give more time with --timeout",
		}
	case errors.Is(err, syscall.ECONNREFUSED):
		return &failure{
			"nothing listens at " + p.base.Host,
			"start the server or correct --base-url; in a cluster, kubectl port-forward service/<name> 3001:80 makes it http://localhost:3001",
		}
	case errors.As(err, &dns):
		return &failure{"the host name " + dns.Name + " is not known here", "correct --base-url, or run the check where the name resolves"}
	case errors.As(err, &authority):
		return &failure{"the certificate of " + p.base.Host + " is from an unknown authority", "name the file with the authority's certificate in SSL_CERT_FILE"}
	case errors.As(err, &hostname):
		return &failure{hostname.Error(), "give the --base-url that the certificate is for"}
	}
	return &failure{err.Error(), "see whether --base-url is right and the server is running"}
}

// refused explains an answer that is not a success.
func (r answer) refused(p plan) error {
	reason := fmt.Sprintf("%s answers %d", r.request, r.status)
	if r.problem.Code != "" || r.problem.Message != "" {
		reason += fmt.Sprintf(": %s (%s)", r.problem.Message, r.problem.Code)
	}
	return &failure{reason, r.fix(p)}
}

func (r answer) fix(p plan) string {
	if fix := fixByCode(r.problem.Code, p); fix != "" {
		return fix
	}
	switch r.status {
	case http.StatusNotFound:
		return "see whether the endpoints are below " + p.BasePath + "; --base-path names another path"
	case http.StatusTooManyRequests:
		return "wait " + r.header.Get("X-Retry-After") + " seconds, or raise the rate limit of this path"
	case http.StatusMovedPermanently, http.StatusFound, http.StatusTemporaryRedirect, http.StatusPermanentRedirect:
		return "check the address that it redirects to: " + r.header.Get("Location")
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return "see whether the server is ready and reaches its database, and Redis if it uses one"
	}
	if requestID := r.header.Get("X-Request-Id"); requestID != "" {
		return "look for request " + requestID + " in the server's log"
	}
	return "look into the server's log"
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
