package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

func TestStorageProblemsNameThemselvesAndTheFix(t *testing.T) {
	for file, want := range map[string]string{
		`session: {storage: redis}`:   `session.storage: "redis" must be Database, Redis or Stateless`,
		`rateLimit: {storage: redis}`: `rateLimit.storage: "redis" must be Database, Memory or Redis`,
		"session: {storage: Redis, fields: [{name: a, type: string}, {name: b, type: string, unique: true}]}": "session.fields[1].unique: needs session.storage Database: nothing else compares sessions",
		`redis: {key: uri}`:                       "redis.key: needs redis.directory, the directory in which the secret is mounted",
		`redis: {directory: /d, key: ../x}`:       `redis.key: "../x" must be the name of a file in redis.directory`,
		`redis: {keyPrefix: "a b"}`:               `redis.keyPrefix: "a b" must be at most 64 letters, digits, . _ : / { } or -, such as shop:`,
		`redis: {url: "redis://u:p@h"}`:           "redis.url: unknown key (line 1); the keys here are caFile, directory, key, keyPrefix",
		stateless(`cookieCache: {strategy: JWT}`): `session.cookieCache.strategy: "JWT" must be JWE with session.storage Stateless: the cookie is the session`,
		stateless(`cookieCache: {maxAge: 5m}`):    "session.cookieCache.maxAge: 5m0s must be session.ttl (168h0m0s) with session.storage Stateless; leave it out",
		stateless(`cookieCache: {version: "\t"}`): `session.cookieCache.version: "\t" must be at most 256 characters without control characters`,
		stateless(`deferRefresh: true`):           "session.deferRefresh: must be false with session.storage Stateless: reading such a session writes nothing",
		stateless("}\nfeatures: {bearer: {}"):     "features.bearer: needs session.storage Database or Redis: with Stateless, a token alone is no session",
	} {
		t.Run(file, func(t *testing.T) {
			_, err := config.Load(write(t, file), environment{}.get)
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(want, err.Error()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func stateless(more string) string { return "session: {storage: Stateless, " + more + "}" }

func TestDefaultsFollowTheStorageOfSessions(t *testing.T) {
	cache := func(enabled bool, strategy string, maxAge time.Duration) config.CookieCache {
		return config.CookieCache{Enabled: enabled, Strategy: strategy, MaxAge: config.Duration{Duration: maxAge}, Version: "1"}
	}
	for file, want := range map[string]struct {
		sessions, rateLimit string
		cache               config.CookieCache
		needsRedis          bool
	}{
		"":                          {"Database", "Database", cache(false, "Compact", 5*time.Minute), false},
		"session: {storage: Redis}": {"Redis", "Redis", cache(false, "Compact", 5*time.Minute), true},
		"{session: {storage: Redis}, rateLimit: {storage: Memory}}":   {"Redis", "Memory", cache(false, "Compact", 5*time.Minute), true},
		"rateLimit: {storage: Redis}":                                 {"Database", "Redis", cache(false, "Compact", 5*time.Minute), true},
		"rateLimit: {storage: Redis, enabled: false}":                 {"Database", "Redis", cache(false, "Compact", 5*time.Minute), false},
		"session: {storage: Stateless}":                               {"Stateless", "Database", cache(true, "JWE", 168*time.Hour), false},
		"session: {storage: Stateless, ttl: 1000h}":                   {"Stateless", "Database", cache(true, "JWE", 1000*time.Hour), false},
		"session: {storage: Stateless, cookieCache: {strategy: JWE}}": {"Stateless", "Database", cache(true, "JWE", 168*time.Hour), false},
	} {
		t.Run(file, func(t *testing.T) {
			cfg, err := config.Load(write(t, file), environment{}.get)
			if err != nil {
				t.Fatal(err)
			}
			if got := cfg.Session.Storage; got != want.sessions {
				t.Errorf("sessions are in %s", got)
			}
			if got := cfg.RateLimit.Storage; got != want.rateLimit {
				t.Errorf("counters are in %s", got)
			}
			if diff := cmp.Diff(want.cache, cfg.Session.CookieCache); diff != "" {
				t.Error(diff)
			}
			if got := cfg.NeedsRedis(); got != want.needsRedis {
				t.Errorf("NeedsRedis is %v", got)
			}
		})
	}
}

func TestRedisURL(t *testing.T) {
	const location = "rediss://u:hunter2@redis:6379/3"
	for name, test := range map[string]struct {
		redis config.Redis
		env   environment
		want  string
	}{
		"variable": {config.Redis{}, environment{"REDIS_URL": location + "\n"}, location},
		"plain":    {config.Redis{}, environment{"REDIS_URL": "redis://redis"}, "redis://redis"},
		"socket":   {config.Redis{}, environment{"REDIS_URL": "unix:///run/redis.sock"}, "unix:///run/redis.sock"},
		"key":      {config.Redis{Directory: directory(t, map[string]string{"url": location + "\n"}), Key: "url"}, nil, location},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.RedisURL(test.redis, test.env.get)
			if err != nil || got.Reveal() != test.want {
				t.Errorf("got %q, %v; want %q", got.Reveal(), err, test.want)
			}
		})
	}
}

func TestRedisURLComesFromTheMountedSecret(t *testing.T) {
	mounted := directory(t, map[string]string{"uri": "redis://one"})
	cfg, err := config.Load(write(t, "redis: {directory: "+mounted+"}"), environment{}.get)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"redis://one", "redis://two"} {
		if err := os.WriteFile(filepath.Join(mounted, "uri"), []byte(want), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := config.RedisURL(cfg.Redis, environment{"REDIS_URL": "redis://other"}.get); err != nil || got.Reveal() != want {
			t.Errorf("got %q, %v; want %q", got.Reveal(), err, want)
		}
	}
}

func TestRedisURLSaysWhatIsWrongWithoutTheValue(t *testing.T) {
	const form = "redis://user:password@host:6379/0 (rediss:// for TLS)"
	variable := func(value string) environment { return environment{"REDIS_URL": value} }
	for name, test := range map[string]struct {
		redis config.Redis
		env   environment
		want  string
	}{
		"no variable":        {config.Redis{}, nil, "REDIS_URL: is not set, but session.storage or rateLimit.storage is Redis; set it to " + form},
		"other scheme":       {config.Redis{}, variable("http://u:hunter2@redis"), "REDIS_URL: must begin with redis:// or rediss://, as in " + form},
		"no scheme":          {config.Redis{}, variable("hunter2"), "REDIS_URL: must begin with redis:// or rediss://, as in " + form},
		"unescaped password": {config.Redis{}, variable("redis://u:hunter2%@redis"), "REDIS_URL: is not a URL of the form " + form + "; percent-encode special characters in the password (such as %40 for @)"},
		"no host":            {config.Redis{}, variable("redis://:hunter2@/0"), "REDIS_URL: names no host; the form is " + form},
		"no path":            {config.Redis{}, variable("unix://hunter2"), "REDIS_URL: names no host; the form is " + form},
		"missing key": {config.Redis{Directory: directory(t, map[string]string{"password": "hunter2"}), Key: "uri"}, nil,
			`Redis secret key "uri": is missing; the secret has the keys password. It needs a connection URL such as ` + form},
		"empty key": {config.Redis{Directory: directory(t, map[string]string{"uri": "\n"}), Key: "uri"}, nil,
			`Redis secret key "uri": is empty; set it to ` + form},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.RedisURL(test.redis, test.env.get)
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("the error holds a secret")
			}
		})
	}
}
