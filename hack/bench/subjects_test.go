package bench

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore/redistest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// The names of contestants.
const (
	betterAuth = "better-auth"
	bare       = "bare"
	gatehouse  = "gatehouse"
)

// subject is a contestant's server.
type subject struct {
	*process
	address string
}

// deployment is what the servers are told, in words for all.
type deployment struct {
	database, redis string
	cookieCache     bool
	jwt             bool
	// hash is that of new passwords and limits the storage of the rate limit; Better-Auth has its own.
	hash, limits string
}

// betterAuth starts the real one, in production mode.
func (d deployment) betterAuth(t *testing.T) *subject {
	t.Helper()
	port := redistest.FreePort(t)
	environment := []string{
		"NODE_ENV=production", "BETTER_AUTH_SECRET=" + servers.Secret, "BASE_URL=" + baseURL,
		"DATABASE_URL=" + d.database, "REDIS_URL=" + d.redis, "PORT=" + port,
	}
	if d.cookieCache {
		environment = append(environment, "COOKIE_CACHE=on")
	}
	if d.jwt {
		environment = append(environment, "JWT=on")
	}
	address := "http://127.0.0.1:" + port
	return &subject{start(t, betterAuth, servers.Node(t, "reference/production.mjs", environment...), address+basePath+"/ok"), address}
}

// bare starts the bare handler.
func (d deployment) bare(t *testing.T, w *world) *subject {
	t.Helper()
	port := redistest.FreePort(t)
	command := exec.Command(w.bare, "serve")
	command.Env = []string{"DATABASE_URL=" + d.database, "PORT=" + port}
	address := "http://127.0.0.1:" + port
	return &subject{start(t, bare, command, address+basePath+"/ok"), address}
}

// gatehouse starts our server.
func (d deployment) gatehouse(t *testing.T) *subject {
	t.Helper()
	public, ops := redistest.FreePort(t), redistest.FreePort(t)
	command := d.program(t, config.Listen{Public: "127.0.0.1:" + public, Ops: "127.0.0.1:" + ops}, "serve")
	return &subject{start(t, gatehouse, command, "http://127.0.0.1:"+ops+"/readyz"), "http://127.0.0.1:" + public}
}

// migrate makes the tables, in which Better-Auth has nothing to change.
func (d deployment) migrate(t *testing.T) {
	t.Helper()
	if output, err := d.program(t, config.Listen{}, "migrate").CombinedOutput(); err != nil {
		t.Fatalf("authserver migrate: %v\n%s", err, output)
	}
}

// program is a command of our program with a configuration of everything that is asked for, and else its defaults: it logs
// every request, counts it and limits the rate, only that the limit refuses nobody.
func (d deployment) program(t *testing.T, listen config.Listen, command string) *exec.Cmd {
	t.Helper()
	unlimited := config.RateLimitRule{Max: 1_000_000, Window: config.Duration{Duration: 10 * time.Second}}
	told := config.Config{
		BaseURL: baseURL, Listen: listen,
		RateLimit:        config.RateLimit{Storage: config.RateLimitMemory, Auth: unlimited, Default: unlimited},
		EmailAndPassword: config.EmailAndPassword{Hash: d.hash},
	}
	if d.limits != "" {
		told.RateLimit.Storage = d.limits
	}
	if d.cookieCache {
		told.Session.CookieCache = config.CookieCache{Enabled: true, MaxAge: config.Duration{Duration: time.Hour}}
	}
	if d.redis != "" {
		told.Session.Storage, told.Redis.KeyPrefix = config.SessionRedis, servers.RedisPrefix
	}
	if d.jwt {
		told.Features.JWT = &config.JWTFeature{}
	}
	encoded, err := json.Marshal(told)
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(file, encoded, 0o600); err != nil {
		t.Fatal(err)
	}
	result := exec.Command(servers.Program(t), command, "--config="+file)
	result.Args[0] = "authserver"
	result.Env = []string{
		"DATABASE_URL=" + d.database, "REDIS_URL=" + d.redis, "BETTER_AUTH_SECRET=" + servers.Secret, "JWT_SECRET=" + servers.JWTSecret,
	}
	return result
}

// buildBare returns the path of the program of package bare.
func buildBare(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "bare")
	build := exec.Command("go", "build", "-trimpath", "-ldflags=-s -w", "-o", file, "./bare")
	build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if output, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build the bare handler: %v\n%s", err, output)
	}
	return file
}

// versions are those of everything that is measured.
func versions(t *testing.T, postgres string) []string {
	t.Helper()
	node, err := exec.Command("node", "--version").Output()
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := os.ReadFile("../conformance/node_modules/better-auth/package.json")
	if err != nil {
		t.Fatalf("%v; run `make conformance-deps`", err)
	}
	var reference struct{ Version string }
	if err := json.Unmarshal(manifest, &reference); err != nil {
		t.Fatal(err)
	}
	postgres, _, _ = strings.Cut(postgres, " ")
	return []string{
		"Go " + strings.TrimPrefix(runtime.Version(), "go"), "Node " + strings.TrimPrefix(strings.TrimSpace(string(node)), "v"),
		"PostgreSQL " + postgres, "Better-Auth " + reference.Version,
	}
}
