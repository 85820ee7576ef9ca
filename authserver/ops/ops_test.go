package ops

import (
	"net/http/httptest"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
)

func TestProbes(t *testing.T) {
	var readiness Readiness
	registry := prometheus.NewRegistry()
	registry.MustRegister(prometheus.NewGauge(prometheus.GaugeOpts{Name: "x"}))
	handler := Handler(&readiness, registry)
	get := func(path string, status int, body string) {
		t.Helper()
		answer := httptest.NewRecorder()
		handler.ServeHTTP(answer, httptest.NewRequest("GET", path, nil))
		if answer.Code != status || body != "" && answer.Body.String() != body {
			t.Errorf("%s: %d %q, want %d %q", path, answer.Code, answer.Body, status, body)
		}
	}
	get("/livez", 200, "ok\n")
	get("/readyz", 503, "not ready: starting\n")
	readiness.Ready()
	get("/readyz", 200, "ok\n")
	readiness.NotReady("draining")
	get("/readyz", 503, "not ready: draining\n")
	get("/livez", 200, "ok\n")
	get("/metrics", 200, "# HELP x \n# TYPE x gauge\nx 0\n")
	get("/other", 404, "")
}
