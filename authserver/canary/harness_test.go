package canary_test

import (
	"context"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/canary"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore/redistest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

// clock is that of the server and of its canaries: who waits moves it.
type clock struct {
	mu     sync.Mutex
	now    time.Time
	waited []time.Duration
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Wait(_ context.Context, d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now, c.waited = c.now.Add(d), append(c.waited, d)
}

// instance is a server with a database of its own, and what its canaries need.
type instance struct {
	t       *testing.T
	url     string
	redis   *redistest.Server
	address string
	clock   *clock
	options canary.Options

	mu sync.Mutex
	// paths are those that were asked for.
	paths []string
}

func start(t *testing.T, yaml string) *instance {
	t.Helper()
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, []byte(yaml), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, err := config.Load(file, func(string) string { return "" })
	if err != nil {
		t.Fatal(err)
	}
	i := &instance{t: t, url: pgtest.Database(t), clock: &clock{now: time.Now()}}
	if err := schema.Migrate(t.Context(), i.url, cfg); err != nil {
		t.Fatal(err)
	}
	options := server.Options{
		Config: cfg, DatabaseURL: config.Redacted(i.url), Now: i.clock.Now, Log: slog.New(slog.DiscardHandler),
		Secrets: config.Secrets{Keys: []config.SigningKey{{Value: config.Redacted(strings.Repeat("s", 32))}}, JWT: config.Redacted(strings.Repeat("j", 32))},
	}
	if cfg.NeedsRedis() {
		i.redis = redistest.Start(t)
		options.RedisURL = func() (config.Redacted, error) { return config.Redacted(i.redis.URL), nil }
	}
	running, err := server.New(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	backstage, err := server.OpenBackstage(t.Context(), options)
	if err != nil {
		t.Fatal(err)
	}
	public := httptest.NewServer(running.Handler())
	t.Cleanup(func() {
		public.Close()
		running.Close()
		backstage.Close()
	})
	i.address = public.URL
	i.options = canary.Options{
		Config: cfg, BaseURL: public.URL, Users: backstage, Explain: func(err error) string { return err.Error() },
		Transport: i, Now: i.clock.Now, Wait: i.clock.Wait,
	}
	return i
}

// RoundTrip implements http.RoundTripper.
func (i *instance) RoundTrip(r *http.Request) (*http.Response, error) {
	i.mu.Lock()
	i.paths = append(i.paths, r.Method+" "+strings.TrimPrefix(r.URL.Path, i.options.Config.BasePath))
	i.mu.Unlock()
	return http.DefaultTransport.RoundTrip(r)
}

// passes runs a canary that must pass, and returns its message.
func (i *instance) passes() string {
	i.t.Helper()
	report := canary.Run(i.t.Context(), i.options)
	if report.Canary != config.CanaryPassed {
		i.t.Errorf("%+v", report)
	}
	i.leavesNothing()
	return report.Message
}

// fails runs a canary that must fail, and returns its message.
func (i *instance) fails(ctx context.Context) string {
	i.t.Helper()
	report := canary.Run(ctx, i.options)
	if report.Canary != config.CanaryFailed || strings.Contains(report.Message, "\n") {
		i.t.Errorf("%+v", report)
	}
	i.leavesNothing()
	return report.Message
}

func (i *instance) leavesNothing() {
	i.t.Helper()
	for _, table := range []string{`"user"`, "account", "session", "verification", "gatehouse_outbox"} {
		if i.query(`select count(*) from information_schema.tables where table_schema = 'public' and table_name = '`+strings.Trim(table, `"`)+`'`) == 0 {
			continue
		}
		if n := i.query(`select count(*) from ` + table); n != 0 {
			i.t.Errorf("%d rows stay in %s", n, table)
		}
	}
	if i.redis == nil {
		return
	}
	keys, err := i.redis.Client().Keys(i.t.Context(), "*").Result()
	if err != nil {
		i.t.Fatal(err)
	}
	for _, key := range keys {
		if !strings.Contains(key, "|") { // counters of the rate limit, of addresses that nobody has
			i.t.Errorf("the key %s stays in Redis", key)
		}
	}
}

func (i *instance) query(query string) (n int) {
	i.t.Helper()
	ctx := context.WithoutCancel(i.t.Context())
	conn, err := pgx.Connect(ctx, i.url)
	if err != nil {
		i.t.Fatal(err)
	}
	defer conn.Close(ctx)
	if err := conn.QueryRow(ctx, query).Scan(&n); err != nil {
		i.t.Fatal(err)
	}
	return n
}
