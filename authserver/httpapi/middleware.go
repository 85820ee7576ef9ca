package httpapi

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/netip"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/clientip"
	"github.com/gatehouse-auth/gatehouse/authserver/origins"
)

// maxBody bounds request bodies, in bytes.
const maxBody = 1 << 20

// chain is the order of the layers, the outermost first. Whatever may refuse a request stands inside crossOrigin, or
// browsers could not read the refusal.
func (a *api) chain() http.Handler {
	return a.begin(a.logged(a.measured(a.recovered(a.crossOrigin(a.bounded(a.limited(http.HandlerFunc(a.dispatch))))))))
}

// exchange is what the layers know about one request and its answer.
type exchange struct {
	http.ResponseWriter
	id     string
	route  *route
	client netip.Addr
	status int
	// code is that of a coded error, and failure the error behind an opaque answer, for the log.
	code    string
	failure error
}

type exchangeKey struct{}

func exchangeOf(r *http.Request) *exchange {
	return r.Context().Value(exchangeKey{}).(*exchange)
}

// WriteHeader implements http.ResponseWriter.
func (x *exchange) WriteHeader(status int) {
	if x.status == 0 {
		x.status = status
	}
	x.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (x *exchange) Write(data []byte) (int, error) {
	if x.status == 0 {
		x.status = http.StatusOK
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

func (a *api) begin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x := &exchange{
			ResponseWriter: w, id: r.Header.Get("X-Request-Id"), route: a.route(r),
			client: a.Clients.Address(r.RemoteAddr, r.Header["X-Forwarded-For"]),
		}
		if !saneID(x.id) {
			x.id = a.NewID()
		}
		next.ServeHTTP(x, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)))
	})
}

// saneID takes ids that need no escaping anywhere.
func saneID(id string) bool {
	const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	return id != "" && len(id) <= 64 && strings.Trim(id, letters) == ""
}

func (a *api) logged(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, start := exchangeOf(r), a.Now()
		next.ServeHTTP(w, r)
		level := slog.LevelInfo
		switch {
		case x.failure != nil && x.status >= 500:
			level = slog.LevelError
		case x.route != nil && x.route.needs.quiet:
			level = slog.LevelDebug
		}
		if !a.Log.Enabled(r.Context(), level) {
			return
		}
		attrs := make([]slog.Attr, 0, 9)
		attrs = append(attrs,
			slog.String("requestID", x.id), slog.String("method", method(r)), slog.String("route", x.label()), slog.Int("status", x.status),
			slog.Float64("seconds", a.Now().Sub(start).Seconds()), slog.String("client", x.client.String()))
		attrs = append(attrs, x.problem(r)...)
		a.Log.LogAttrs(r.Context(), level, "request", attrs...)
	})
}

// problem says what was wrong with a request that was refused or failed.
func (x *exchange) problem(r *http.Request) []slog.Attr {
	switch {
	case x.failure != nil:
		return []slog.Attr{slog.String("error", x.failure.Error())}
	case x.code == authserver.ErrInvalidOrigin.Code:
		// The operator may have forgotten it in allowedOrigins; nothing else shows which one it is.
		return []slog.Attr{slog.String("code", x.code), slog.String("origin", origins.Of(cmp.Or(r.Header.Get("Origin"), r.Header.Get("Referer"))))}
	case x.code != "":
		return []slog.Attr{slog.String("code", x.code)}
	}
	return nil
}

// method bounds the values of a label: clients may send any word as a method.
func method(r *http.Request) string {
	switch r.Method {
	case "GET", "POST", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE":
		return r.Method
	}
	return "other"
}

func (a *api) measured(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, start := exchangeOf(r), a.Now()
		a.metrics.inFlight.Inc()
		defer func() {
			a.metrics.inFlight.Dec()
			a.metrics.duration.WithLabelValues(x.label(), method(r), strconv.Itoa(x.status)).Observe(a.Now().Sub(start).Seconds())
		}()
		next.ServeHTTP(w, r)
	})
}

func (a *api) recovered(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		defer func() {
			problem := recover()
			if err, ok := problem.(error); ok && errors.Is(err, http.ErrAbortHandler) {
				panic(problem)
			}
			if problem != nil {
				a.fail(exchangeOf(r), r, fmt.Errorf("panic: %v\n%s", problem, debug.Stack()))
			}
		}()
		next.ServeHTTP(w, r)
	})
}

func (a *api) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.ContentLength > maxBody {
			a.fail(exchangeOf(r), r, authserver.ErrPayloadTooLarge)
			return
		}
		if r.Body != http.NoBody {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		}
		next.ServeHTTP(w, r)
	})
}

// limited counts what is below the base path, unknown paths too. The rest is called by back ends and probes, which
// share one address for all their users.
func (a *api) limited(next http.Handler) http.Handler {
	if a.Limiter == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		path, below := strings.CutPrefix(r.URL.EscapedPath(), a.BasePath)
		if !below || path != "" && path[0] != '/' {
			next.ServeHTTP(w, r)
			return
		}
		x := exchangeOf(r)
		decision, err := a.Limiter.Allow(r.Context(), clientip.Bucket(x.client), path)
		switch {
		case err != nil:
			a.fail(x, r, err)
		case !decision.Allowed:
			a.metrics.refusals.WithLabelValues(x.label()).Inc()
			a.refuse(x, decision.RetryAfter)
		default:
			next.ServeHTTP(w, r)
		}
	})
}
