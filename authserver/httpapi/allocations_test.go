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

// maxCachedAllocations bounds the same path where a compact cookie cache saves the database.
const maxCachedAllocations = 50

// maxRedisAllocations bounds it where Redis keeps the session: its JSON is read as well as written.
const maxRedisAllocations = 70

// sessionRequest is a server without rate limit and log output, and a GET /get-session that finds a session.
func sessionRequest(t *testing.T, yaml string) (http.Handler, *http.Request) {
	t.Helper()
	h := start(t, yaml+"customFields: [{name: role, type: string, default: user}]", func(o *server.Options) {
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
	for name, test := range map[string]struct {
		yaml string
		max  float64
	}{
		"from the database":     {unlimited, maxSessionAllocations},
		"from the cookie cache": {caching, maxCachedAllocations},
		"with features beside":  {unlimited + "features: {bearer: {}, jwt: {disableSettingHeader: true}}\n", maxSessionAllocations},
		"from Redis":            {inRedis, maxRedisAllocations},
	} {
		t.Run(name, func(t *testing.T) {
			handler, request := sessionRequest(t, test.yaml)
			measureAllocations(t, handler, request, test.max)
		})
	}
}

func measureAllocations(t *testing.T, handler http.Handler, request *http.Request, most float64) {
	t.Helper()
	allocations := testing.AllocsPerRun(200, func() {
		w := &discarded{header: make(http.Header, 4)}
		if handler.ServeHTTP(w, request); w.status != 200 {
			t.Fatalf("status %d", w.status)
		}
	})
	t.Logf("%.0f allocations per get-session", allocations)
	if allocations > most {
		t.Errorf("%.0f allocations per get-session, at most %.0f are allowed", allocations, most)
	}
}
