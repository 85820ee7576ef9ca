package httpapi

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/clientip"
)

// maxBody bounds request bodies, in bytes.
const maxBody = 1 << 20

// chain is the order of the layers, the outermost first. Whatever may refuse a request stands inside crossOrigin, or
// browsers could not read the refusal.
func (a *api) chain() http.Handler {
	return a.begin(a.logged(a.measured(a.recovered(a.crossOrigin(a.bounded(a.limited(http.HandlerFunc(a.dispatch))))))))
}

func (a *api) begin(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		found, parameter := a.route(r)
		x := &exchange{
			ResponseWriter: w, id: r.Header.Get("X-Request-Id"), route: found, parameter: parameter, ending: a.ending,
			client: a.Clients.Address(r.RemoteAddr, r.Header),
		}
		if !saneID(x.id) {
			x.id = a.NewID()
		}
		if question, asked := r.Header[clientip.QuestionHeader]; asked {
			a.answerProbe(x, r, question)
		}
		next.ServeHTTP(x, r.WithContext(context.WithValue(r.Context(), exchangeKey{}, x)))
	})
}

// answerProbe tells those who have our secrets how the client's address is found, and nobody else anything. The request goes
// on as it would without.
func (a *api) answerProbe(x *exchange, r *http.Request, question []string) {
	path := a.Clients.Path(r.RemoteAddr, r.Header)
	if answer, ok := a.probes.Answer(question[0], a.Now(), path); ok {
		x.Header().Set(clientip.AnswerHeader, answer)
	}
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
		case errors.Is(x.failure, authserver.ErrBusy):
			// The server does what it should: a burst of sign-ins must not look like one of errors.
			level = slog.LevelWarn
		case x.failure != nil && (x.status >= 500 || x.code == internalError):
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
// share one address for all their users. All values of a parameter count together: nobody guesses tokens by the
// thousand, and no counter's name holds one.
func (a *api) limited(next http.Handler) http.Handler {
	if a.Limiter == nil {
		return next
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		x, path := exchangeOf(r), r.URL.EscapedPath()
		if x.parameter != "" {
			path = x.route.path
		}
		path, below := strings.CutPrefix(path, a.BasePath)
		if !below || path != "" && path[0] != '/' || x.proxied() {
			next.ServeHTTP(w, r)
			return
		}
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
