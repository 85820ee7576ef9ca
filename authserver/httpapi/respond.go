package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"sync"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// statusClientGone is nginx's code for a request whose client did not wait; nobody reads the answer.
const statusClientGone = 499

// retrySeconds is when a client should come back to a server that is busy or without its database.
const retrySeconds = "5"

// Header values that answers share, so that they are not allocated for each.
var (
	jsonHeader    = []string{jsonType}
	noStoreHeader = []string{"no-store"}
	noCacheHeader = []string{"no-cache"}
)

var buffers = sync.Pool{New: func() any { buffer := make([]byte, 0, 1024); return &buffer }}

// json answers with what the function appends.
func (x *exchange) json(status int, body func(dst []byte) []byte) {
	buffer := buffers.Get().(*[]byte)
	*buffer = body((*buffer)[:0])
	x.Header()["Content-Type"] = jsonHeader
	x.WriteHeader(status)
	// A failed write means that the client is gone; there is nobody to tell.
	_, _ = x.Write(*buffer)
	buffers.Put(buffer)
}

// redirect sends a browser to a URL that was checked.
func (x *exchange) redirect(url string) {
	x.Header().Set("Location", url)
	x.json(http.StatusFound, func(dst []byte) []byte { return dst })
}

// noStore keeps an answer out of every cache.
func (x *exchange) noStore() {
	x.Header()["Cache-Control"] = noStoreHeader
	x.Header()["Pragma"] = noCacheHeader
}

var statuses = map[authserver.Kind]int{
	authserver.Invalid:         http.StatusBadRequest,
	authserver.Unauthorized:    http.StatusUnauthorized,
	authserver.Forbidden:       http.StatusForbidden,
	authserver.NotFound:        http.StatusNotFound,
	authserver.NotAllowed:      http.StatusMethodNotAllowed,
	authserver.Conflict:        http.StatusConflict,
	authserver.Unmet:           http.StatusExpectationFailed,
	authserver.TooSlow:         http.StatusRequestTimeout,
	authserver.TooLarge:        http.StatusRequestEntityTooLarge,
	authserver.UnsupportedType: http.StatusUnsupportedMediaType,
	authserver.Unprocessable:   http.StatusUnprocessableEntity,
}

// fail renders every error. What clients may not know is one opaque answer, and one line in the log.
func (a *api) fail(x *exchange, r *http.Request, err error) {
	if x.status != 0 {
		x.failure = err
		return
	}
	var coded *authserver.Error
	switch {
	case errors.As(err, &coded):
		x.code = coded.Code
		if err.Error() != coded.Error() {
			x.failure = err
		}
		x.coded(statuses[coded.Kind], coded)
	case errors.Is(err, context.Canceled) && r.Context().Err() != nil:
		x.WriteHeader(statusClientGone)
	case errors.Is(err, authserver.ErrUnavailable), errors.Is(err, authserver.ErrBusy):
		x.failure = err
		x.Header().Set("Retry-After", retrySeconds)
		x.Header().Set("X-Request-Id", x.id)
		x.coded(http.StatusServiceUnavailable, errUnavailable)
	default:
		x.failure = err
		x.Header().Set("X-Request-Id", x.id)
		x.coded(http.StatusInternalServerError, errInternal)
	}
}

var (
	errUnavailable = &authserver.Error{Code: "SERVICE_UNAVAILABLE", Message: "Service temporarily unavailable. Please try again later."}
	errInternal    = &authserver.Error{Code: "INTERNAL_SERVER_ERROR", Message: "Internal Server Error"}
	errTooMany     = &authserver.Error{Message: "Too many requests. Please try again later."}
)

func (x *exchange) coded(status int, err *authserver.Error) {
	x.json(status, func(dst []byte) []byte {
		if err.Message == "" {
			return dst
		}
		dst = append(dst, `{"message":`...)
		dst = ecma.AppendString(dst, err.Message)
		if err.Code != "" {
			dst = append(dst, `,"code":`...)
			dst = ecma.AppendString(dst, err.Code)
		}
		return append(dst, '}')
	})
}

// refuse answers a request that the rate limit does not allow.
func (a *api) refuse(x *exchange, seconds int) {
	wait := strconv.Itoa(seconds)
	x.Header().Set("X-Retry-After", wait)
	x.Header().Set("Retry-After", wait)
	x.coded(http.StatusTooManyRequests, errTooMany)
}
