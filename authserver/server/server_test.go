package server_test

import (
	"bytes"
	"context"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"os"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// proxy stands before the database and can be cut, as networks and failovers do.
type proxy struct {
	t       *testing.T
	address string
	target  string
	mu      sync.Mutex
	socket  net.Listener
	conns   []net.Conn
}

func newProxy(t *testing.T, target string) *proxy {
	p := &proxy{t: t, target: target, address: "127.0.0.1:0"}
	p.open()
	t.Cleanup(p.cut)
	return p
}

func (p *proxy) open() {
	p.t.Helper()
	socket, err := net.Listen("tcp", p.address)
	if err != nil {
		p.t.Fatal(err)
	}
	p.mu.Lock()
	p.socket, p.address = socket, socket.Addr().String()
	p.mu.Unlock()
	go func() {
		for {
			client, err := socket.Accept()
			if err != nil {
				return
			}
			upstream, err := net.Dial("tcp", p.target)
			if err != nil {
				client.Close()
				continue
			}
			p.mu.Lock()
			p.conns = append(p.conns, client, upstream)
			p.mu.Unlock()
			go func() { io.Copy(upstream, client); upstream.Close() }()
			go func() { io.Copy(client, upstream); client.Close() }()
		}
	}()
}

func (p *proxy) cut() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.socket.Close()
	for _, conn := range p.conns {
		conn.Close()
	}
	p.conns = nil
}

type logBuffer struct {
	mu sync.Mutex
	bytes.Buffer
}

func (b *logBuffer) Write(data []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.Write(data)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.Buffer.String()
}

// running is a server behind a proxy to its database.
type running struct {
	t           *testing.T
	cfg         *config.Config
	database    string
	proxy       *proxy
	public, ops string
	log         logBuffer
	stop        context.CancelFunc
	done        chan error
}

func start(t *testing.T, migrated bool, change func(*server.Options)) *running {
	t.Helper()
	r := &running{t: t, cfg: load(t), database: pgtest.Database(t), done: make(chan error, 1)}
	if migrated {
		r.migrate()
	}
	location, err := url.Parse(r.database)
	if err != nil {
		t.Fatal(err)
	}
	r.proxy = newProxy(t, location.Host)
	location.Host = r.proxy.address
	options := server.Options{
		Config: r.cfg, DatabaseURL: config.Redacted(location.String()), Log: slog.New(slog.NewJSONHandler(&r.log, nil)), ShutdownTimeout: 10 * time.Second,
		Secrets: config.Secrets{Keys: []config.SigningKey{{Value: config.Redacted(strings.Repeat("s", 32))}}, JWT: config.Redacted(strings.Repeat("j", 32))},
	}
	if change != nil {
		change(&options)
	}
	s, err := server.New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Listen(t.Context()); err != nil {
		t.Fatal(err)
	}
	public, ops := s.Addresses()
	r.public, r.ops = "http://"+public.String(), "http://"+ops.String()
	var ctx context.Context
	ctx, r.stop = context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(r.stop)
	go func() { r.done <- s.Run(ctx) }()
	return r
}

func load(t *testing.T) *config.Config {
	t.Helper()
	file := t.TempDir() + "/config.yaml"
	if err := os.WriteFile(file, []byte("listen: {public: '127.0.0.1:0', ops: '127.0.0.1:0'}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	return cfg
}

func (r *running) migrate() {
	r.t.Helper()
	if err := schema.Migrate(r.t.Context(), r.database, r.cfg); err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) get(location string) (int, string) {
	r.t.Helper()
	return r.do(http.MethodGet, location, "")
}

func (r *running) do(method, location, body string) (int, string) {
	r.t.Helper()
	request, err := http.NewRequestWithContext(r.t.Context(), method, location, strings.NewReader(body))
	if err != nil {
		r.t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/json")
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return 0, err.Error()
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		return 0, err.Error()
	}
	if response.StatusCode == http.StatusServiceUnavailable && response.Header.Get("Retry-After") == "" && strings.HasPrefix(location, r.public) {
		r.t.Errorf("%s: a 503 without Retry-After", location)
	}
	return response.StatusCode, string(text)
}

// eventually waits until an address answers with a status.
func (r *running) eventually(location string, status int) {
	r.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for {
		got, body := r.get(location)
		if got == status {
			return
		}
		if time.Now().After(deadline) {
			r.t.Fatalf("%s: still %d %s, want %d; log:\n%s", location, got, body, status, r.log.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

const signUp = `{"name":"A","email":"a@b.co","password":"Password123!"}`

func TestTheServerSurvivesItsDatabase(t *testing.T) {
	r := start(t, true, nil)
	r.eventually(r.ops+"/readyz", 200)
	r.proxy.cut()
	if status, body := r.do(http.MethodPost, r.public+"/api/auth/sign-up/email", signUp); status != 503 ||
		body != `{"message":"Service temporarily unavailable. Please try again later.","code":"SERVICE_UNAVAILABLE"}` {
		t.Errorf("sign-up without a database: %d %s", status, body)
	}
	for location, want := range map[string]int{
		r.public + "/api/auth/ok": 200, r.public + "/health": 200, r.public + "/api/auth/get-session": 200, r.ops + "/livez": 200,
		// Readiness does not flap: no other replica has a database either.
		r.ops + "/readyz": 200,
	} {
		if status, body := r.get(location); status != want {
			t.Errorf("%s without a database: %d %s", location, status, body)
		}
	}
	r.proxy.open()
	if status, body := r.do(http.MethodPost, r.public+"/api/auth/sign-up/email", signUp); status != 200 {
		t.Errorf("sign-up with the database back: %d %s", status, body)
	}
	r.eventually(r.public+"/api/auth/ok", 200)
	r.stop()
	if err := <-r.done; err != nil {
		t.Error(err)
	}
	// Neither the outage nor the end makes the server forget whom it let in.
	if got := r.text(`select string_agg(count || ' x ' || key, ', ' order by key) from "rateLimit" where key not like '%/sign-up%'`); got != "1 x 127.0.0.1|/get-session, 2 x 127.0.0.1|/ok" {
		t.Errorf("the database counts %s", got)
	}
}

func TestTheServerWaitsForItsTables(t *testing.T) {
	r := start(t, false, nil)
	deadline := time.Now().Add(20 * time.Second)
	for _, body := r.get(r.ops + "/readyz"); !strings.Contains(body, "run authserver migrate"); _, body = r.get(r.ops + "/readyz") {
		if time.Now().After(deadline) {
			t.Fatalf("/readyz says %q", body)
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.migrate()
	r.eventually(r.ops+"/readyz", 200)
}

func TestDrainIsNotReadyFirstAndLetsRequestsEnd(t *testing.T) {
	const delay = 500 * time.Millisecond
	r := start(t, true, func(o *server.Options) { o.DrainDelay = delay })
	r.eventually(r.ops+"/readyz", 200)
	conn, err := net.Dial("tcp", strings.TrimPrefix(r.public, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	io.WriteString(conn, "POST /api/auth/sign-up/email HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: "+strconv.Itoa(len(signUp))+"\r\n\r\n")
	begun := time.Now()
	r.stop()
	r.eventually(r.ops+"/readyz", 503)
	if status, body := r.get(r.public + "/api/auth/ok"); status != 200 && time.Since(begun) < delay {
		t.Errorf("a request while others learn: %d %s", status, body)
	}
	// The upload that began before the drain ends after new connections are refused.
	for {
		if _, err := net.Dial("tcp", strings.TrimPrefix(r.public, "http://")); err != nil {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	if waited := time.Since(begun); waited < delay {
		t.Errorf("connections are refused after %v, before the delay", waited)
	}
	io.WriteString(conn, signUp)
	answer := make([]byte, 64)
	if n, err := conn.Read(answer); err != nil || !strings.HasPrefix(string(answer[:n]), "HTTP/1.1 200") {
		t.Errorf("the request in flight gets %q, %v", answer[:n], err)
	}
	if err := <-r.done; err != nil {
		t.Error(err)
	}
}

// TestWhatHasExpiredIsSwept moves the clock past every window and the end of a token.
func TestWhatHasExpiredIsSwept(t *testing.T) {
	var ahead atomic.Int64
	r := start(t, true, func(o *server.Options) {
		o.SweepInterval = 10 * time.Millisecond
		o.Now = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
	})
	r.eventually(r.public+"/api/auth/ok", 200)
	r.exec(`insert into verification (id, identifier, value, "expiresAt") values ('v', 'i', 'x', now() + interval '30 minutes')`)
	r.awaitTransient(2)
	ahead.Store(int64(time.Hour))
	r.awaitTransient(0)
}

// awaitTransient waits for a number of counters and tokens.
func (r *running) awaitTransient(want int) {
	r.t.Helper()
	deadline := time.Now().Add(20 * time.Second)
	for n := r.transient(); n != want; n = r.transient() {
		if time.Now().After(deadline) {
			r.t.Fatalf("%d counters and tokens, want %d; log:\n%s", n, want, r.log.String())
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// transient is the number of counters and tokens.
func (r *running) transient() (n int) {
	r.t.Helper()
	conn := r.connect()
	defer conn.Close(r.t.Context())
	if err := conn.QueryRow(r.t.Context(), `select (select count(*) from "rateLimit") + (select count(*) from verification)`).Scan(&n); err != nil {
		r.t.Fatal(err)
	}
	return n
}

// text is the only value of a query.
func (r *running) text(query string) (value string) {
	r.t.Helper()
	conn := r.connect()
	defer conn.Close(r.t.Context())
	if err := conn.QueryRow(r.t.Context(), query).Scan(&value); err != nil {
		r.t.Fatal(err)
	}
	return value
}

func (r *running) exec(statement string) {
	r.t.Helper()
	conn := r.connect()
	defer conn.Close(r.t.Context())
	if _, err := conn.Exec(r.t.Context(), statement); err != nil {
		r.t.Fatal(err)
	}
}

func (r *running) connect() *pgx.Conn {
	r.t.Helper()
	conn, err := pgx.Connect(r.t.Context(), r.database)
	if err != nil {
		r.t.Fatal(err)
	}
	return conn
}
