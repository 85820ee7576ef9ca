package httpapi

import (
	"cmp"
	"log/slog"
	"net/http"
	"net/netip"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/origins"
)

// exchange is what the layers know about one request and its answer.
type exchange struct {
	http.ResponseWriter
	id    string
	route *route
	// parameter is the last segment of the path, where the route has one; it may be a secret.
	parameter string
	client    netip.Addr
	status    int
	// code is that of a coded error, and failure the error behind an answer that does not tell it, for the log.
	code    string
	failure error
	// ending is what is added to the headers of an answer last; nil is nothing.
	ending func(http.Header)
}

type exchangeKey struct{}

func exchangeOf(r *http.Request) *exchange {
	return r.Context().Value(exchangeKey{}).(*exchange)
}

// WriteHeader implements http.ResponseWriter.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
		if x.ending != nil {
			x.ending(x.Header())
		}
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (x *exchange) Write(data []byte) (int, error) {
	if x.status == 0 {
		x.WriteHeader(http.StatusOK)
	}
	return x.ResponseWriter.Write(data)
}

// Unwrap serves http.ResponseController.
func (x *exchange) Unwrap() http.ResponseWriter { return x.ResponseWriter }

// label names the route in logs and metrics; paths of clients never get there, they may hold secrets.
func (x *exchange) label() string {
	if x.route == nil {
		return "none"
	}
	return x.route.path
}

// proxied says whether the request is about one to another application.
func (x *exchange) proxied() bool { return x.route != nil && x.route.needs.proxied }

// problem says what was wrong with a request that was refused or failed.
func (x *exchange) problem(r *http.Request) []slog.Attr {
	var attrs []slog.Attr
	if x.code != "" {
		attrs = append(attrs, slog.String("code", x.code))
	}
	switch {
	case x.failure != nil:
		attrs = append(attrs, slog.String("error", x.failure.Error()))
	case x.code == authserver.ErrInvalidOrigin.Code:
		// The operator may have forgotten it in allowedOrigins; nothing else shows which one it is.
		attrs = append(attrs, slog.String("origin", origins.Of(cmp.Or(r.Header.Get("Origin"), r.Header.Get("Referer")))))
	}
	return attrs
}

// method bounds the values of a label: clients may send any word as a method.
func method(r *http.Request) string {
	switch r.Method {
	case "GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE":
		return r.Method
	}
	return "other"
}
