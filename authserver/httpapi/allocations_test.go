package httpapi_test

import (
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// maxSessionAllocations bounds the path that every page of every application takes, from the handler to PostgreSQL.
const maxSessionAllocations = 60

// sessionRequest is a server without rate limit and log output, and a GET /get-session that finds a session.
func sessionRequest(t *testing.T) (http.Handler, *http.Request) {
	t.Helper()
	h := start(t, unlimited+"customFields: [{name: role, type: string, default: user}]", func(o *server.Options) {
		o.Log = slog.New(slog.DiscardHandler)
	})
	cookie, _ := h.signUp("a@b.co")
	request := httptest.NewRequest(http.MethodGet, getSessionPath, nil)
	request.Header.Set("Cookie", cookie[1])
	request.RemoteAddr = "203.0.113.7:1234"
	return h.server.Handler(), request
}

// discarded is a ResponseWriter that keeps only the status.
type discarded struct {
	header http.Header
	status int
}

func (d *discarded) Header() http.Header            { return d.header }
func (d *discarded) WriteHeader(status int)         { d.status = status }
func (d *discarded) Write(data []byte) (int, error) { return len(data), nil }

func TestGetSessionAllocatesLittle(t *testing.T) {
	handler, request := sessionRequest(t)
	allocations := testing.AllocsPerRun(200, func() {
		w := &discarded{header: make(http.Header, 4)}
		if handler.ServeHTTP(w, request); w.status != 200 {
			t.Fatalf("status %d", w.status)
		}
	})
	t.Logf("%.0f allocations per get-session", allocations)
	if allocations > maxSessionAllocations {
		t.Errorf("%.0f allocations per get-session, at most %d are allowed", allocations, maxSessionAllocations)
	}
}
