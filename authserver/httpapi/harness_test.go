package httpapi_test

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore/redistest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// secret is the one of the recordings.
const secret = "reference-secret-0123456789abcdefghijklmnop"

const jwtSecret = "jwt-secret-0123456789abcdefghijklmnop"

// clock is moved by the tests.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

func (c *clock) set(now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = now
}

// harness is a running server with its own database.
type harness struct {
	t       *testing.T
	server  *server.Server
	address string
	// ops is the address of the operations port.
	ops string
	url string
	db  *pgx.Conn
	// redis is there when the configuration needs one.
	redis *redistest.Server
	clock *clock
	log   *lockedBuffer
	// mailed are the ids of the mails that the test has seen.
	mailed map[string]bool
	// stop asks the server to drain and waits for it.
	stop func()
}

type lockedBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *lockedBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(p)
}

func (b *lockedBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// settings change the options of a harness before it starts.
type settings func(*server.Options)

// start runs a server with a configuration (YAML) on a migrated database.
func start(t *testing.T, yaml string, change ...settings) *harness {
	t.Helper()
	return startOn(t, pgtest.Database(t), yaml, change...)
}

// startOn migrates a database that may have tables and rows.
func startOn(t *testing.T, url, yaml string, change ...settings) *harness {
	t.Helper()
	cfg := load(t, yaml)
	h := &harness{t: t, url: url, clock: &clock{now: time.Now()}, log: &lockedBuffer{}, mailed: map[string]bool{}}
	migrate(t, h.url, cfg)
	options := server.Options{
		Config: cfg, DatabaseURL: config.Redacted(h.url), Now: h.clock.Now,
		Secrets:         config.Secrets{Keys: []config.SigningKey{{Value: secret}}, JWT: jwtSecret},
		Log:             slog.New(slog.NewJSONHandler(h.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
		ShutdownTimeout: 10 * time.Second,
		Wait:            func(context.Context, time.Duration) {},
	}
	if cfg.NeedsRedis() {
		h.redis = redistest.Start(t)
		options.RedisURL = func() (config.Redacted, error) { return config.Redacted(h.redis.URL), nil }
	}
	for _, c := range change {
		c(&options)
	}
	h.run(options)
	var err error
	if h.db, err = pgx.Connect(t.Context(), h.url); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { h.db.Close(context.WithoutCancel(t.Context())) })
	return h
}

func (h *harness) run(options server.Options) {
	h.t.Helper()
	s, err := server.New(h.t.Context(), options)
	if err != nil {
		h.t.Fatal(err)
	}
	if err := s.Listen(h.t.Context()); err != nil {
		h.t.Fatal(err)
	}
	public, ops := s.Addresses()
	h.server, h.address, h.ops = s, public.String(), ops.String()
	ctx, cancel := context.WithCancel(context.WithoutCancel(h.t.Context()))
	done := make(chan error, 1)
	go func() { done <- s.Run(ctx) }()
	h.stop = sync.OnceFunc(func() {
		cancel()
		if err := <-done; err != nil {
			h.t.Errorf("the server ends with %v", err)
		}
	})
	h.t.Cleanup(h.stop)
}

func load(t *testing.T, yaml string) *config.Config {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte("listen: {public: '127.0.0.1:0', ops: '127.0.0.1:0'}\n"+yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

// answer is a response, read completely.
type answer struct {
	status  int
	headers http.Header
	body    string
}

// send writes a request byte for byte, as no HTTP client would let us, and reads the answer.
func (h *harness) send(method, path string, headers [][2]string, body string) answer {
	h.t.Helper()
	var request strings.Builder
	request.WriteString(method + " " + path + " HTTP/1.1\r\n")
	for _, header := range headers {
		request.WriteString(header[0] + ": " + header[1] + "\r\n")
	}
	request.WriteString("\r\n" + body)
	conn, err := (&net.Dialer{}).DialContext(h.t.Context(), "tcp", h.address)
	if err != nil {
		h.t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(time.Minute)); err != nil {
		h.t.Fatal(err)
	}
	if _, err := io.WriteString(conn, request.String()); err != nil {
		h.t.Fatal(err)
	}
	return h.read(conn, method)
}

func (h *harness) read(conn net.Conn, method string) answer {
	h.t.Helper()
	response, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		h.t.Fatalf("no answer: %v", err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		h.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, string(body)}
}

// post sends JSON from the own origin.
func (h *harness) post(path, body string, headers ...[2]string) answer {
	h.t.Helper()
	headers = append([][2]string{{"Host", "localhost"}, {"Content-Type", "application/json"}, {"Content-Length", length(body)}}, headers...)
	return h.send("POST", path, headers, body)
}

func (h *harness) get(path string, headers ...[2]string) answer {
	h.t.Helper()
	return h.send("GET", path, append([][2]string{{"Host", "localhost"}}, headers...), "")
}

// count returns the number of rows of a table.
func (h *harness) count(table string) (n int) {
	h.t.Helper()
	if err := h.db.QueryRow(h.t.Context(), "select count(*) from "+pgx.Identifier{table}.Sanitize()).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

func (h *harness) exec(sql string, arguments ...any) {
	h.t.Helper()
	if _, err := h.db.Exec(h.t.Context(), sql, arguments...); err != nil {
		h.t.Fatalf("%s: %v", sql, err)
	}
}

func migrate(t *testing.T, url string, cfg *config.Config) {
	t.Helper()
	if err := schema.Migrate(t.Context(), url, cfg); err != nil {
		t.Fatal(err)
	}
}
