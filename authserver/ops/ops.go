package ops

import (
	"net/http"
	"sync/atomic"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Readiness is whether the server should get requests. The zero value is not ready.
type Readiness struct{ state atomic.Pointer[string] }

// Ready begins readiness.
func (r *Readiness) Ready() { r.state.Store(new(string)) }

// NotReady ends readiness for a reason.
func (r *Readiness) NotReady(reason string) { r.state.Store(&reason) }

// Reason returns "" when ready.
func (r *Readiness) Reason() string {
	if reason := r.state.Load(); reason != nil {
		return *reason
	}
	return "starting"
}

// Handler answers the operations port.
func Handler(readiness *Readiness, metrics prometheus.Gatherer) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, "ok") })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		if reason := readiness.Reason(); reason != "" {
			answer(w, http.StatusServiceUnavailable, "not ready: "+reason)
			return
		}
		answer(w, http.StatusOK, "ok")
	})
	mux.Handle("GET /metrics", promhttp.HandlerFor(metrics, promhttp.HandlerOpts{}))
	return mux
}

func answer(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	_, _ = w.Write([]byte(text + "\n"))
}
