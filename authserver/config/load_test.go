package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

type environment map[string]string

func (e environment) get(name string) string { return e[name] }

func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "config.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLoadWithoutAnythingIsTheDefaults(t *testing.T) {
	got, err := config.Load("", environment{}.get)
	if err != nil {
		t.Fatal(err)
	}
	want := &config.Config{
		BaseURL: "http://localhost:3001", BasePath: "/api/auth",
		Listen:   config.Listen{Public: ":3001", Ops: ":9090"},
		Database: config.Database{MaxConnections: 10, Pooler: "None", LockTimeout: config.Duration{Duration: 2 * time.Second}},
		TrustedProxies: []string{
			"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10",
		},
		IPHeaders: []string{"x-forwarded-for"},
		RateLimit: config.RateLimit{
			Enabled: new(true), Storage: "Database",
			Auth:    config.RateLimitRule{Max: 5, Window: config.Duration{Duration: 15 * time.Minute}},
			Default: config.RateLimitRule{Max: 100, Window: config.Duration{Duration: 10 * time.Second}},
		},
		Session: config.Session{
			Storage: "Database", TTL: config.Duration{Duration: 168 * time.Hour}, UpdateAge: &config.Duration{Duration: 24 * time.Hour},
			FreshAge:    &config.Duration{Duration: 24 * time.Hour},
			Cookie:      config.Cookie{Prefix: "better-auth", SameSite: "Lax", Secure: new(false)},
			CookieCache: config.CookieCache{Strategy: "Compact", MaxAge: config.Duration{Duration: 5 * time.Minute}, Version: "1"},
		},
		JWT: config.JWT{TTL: config.Duration{Duration: 168 * time.Hour}, Issuer: "better-auth"},
		EmailAndPassword: config.EmailAndPassword{
			Enabled: new(true), AutoSignIn: new(true), MinPasswordLength: 8, MaxPasswordLength: 128, Hash: config.HashScrypt,
			ResetPasswordTokenTTL: config.Duration{Duration: time.Hour},
		},
		EmailVerification: config.EmailVerification{SendOnSignUp: new(false), TokenTTL: config.Duration{Duration: time.Hour}},
		User:              config.User{DeleteUser: config.DeleteUser{TokenTTL: config.Duration{Duration: 24 * time.Hour}}},
		Account:           config.Account{StoreStateStrategy: "Database", UpdateOnSignIn: new(true), Linking: config.AccountLinking{Enabled: new(true)}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

const full = `
baseURL: https://auth.example.com/
allowedOrigins: [https://app.example.com, "https://*.example.org"]
trustedOrigins: ["myapp://", "*.example.net"]
database: {directory: /run/database, key: url, schema: auth, maxConnections: 4}
customFields:
- {name: role, type: enum, values: [user, admin], default: user, input: false}
- {name: companyId, type: string, required: true, unique: true}
rateLimit:
  storage: Memory
  rules: [{path: /get-session, disabled: true}, {path: "/sign-in/*", max: 3, window: 10s}]
trustedProxies: []
ipHeaders: [CF-Connecting-IP, x-forwarded-for]
session: {ttl: 1h, updateAge: 0s, cookie: {domain: example.com, sameSite: None}, cookieCache: {enabled: true, strategy: JWE, maxAge: 1m, version: v2}}
emailAndPassword: {autoSignIn: false, hash: Argon2id}
`

func TestLoadReadsYAMLAndJSONAlike(t *testing.T) {
	fromYAML, err := config.Load(write(t, full), environment{}.get)
	if err != nil {
		t.Fatal(err)
	}
	fromJSON, err := config.Load(write(t, `{
	"baseURL": "https://auth.example.com",
	"allowedOrigins": ["https://app.example.com", "https://*.example.org"],
	"trustedOrigins": ["myapp://", "*.example.net"],
	"database": {"directory": "/run/database", "key": "url", "schema": "auth", "maxConnections": 4},
	"customFields": [
		{"name": "role", "type": "enum", "values": ["user", "admin"], "default": "user", "input": false},
		{"name": "companyId", "type": "string", "required": true, "unique": true}
	],
	"rateLimit": {"storage": "Memory", "rules": [
		{"path": "/get-session", "disabled": true}, {"path": "/sign-in/*", "max": 3, "window": "10s"}]},
	"trustedProxies": [],
	"ipHeaders": ["CF-Connecting-IP", "x-forwarded-for"],
	"session": {"ttl": "1h", "updateAge": "0s", "cookie": {"domain": "example.com", "sameSite": "None"},
		"cookieCache": {"enabled": true, "strategy": "JWE", "maxAge": "1m", "version": "v2"}},
	"emailAndPassword": {"autoSignIn": false, "hash": "Argon2id"}
}`), environment{}.get)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(fromYAML, fromJSON); diff != "" {
		t.Error(diff)
	}
	if !*fromYAML.Session.Cookie.Secure || fromYAML.Session.UpdateAge.Duration != 0 || len(fromYAML.TrustedProxies) != 0 {
		t.Errorf("an explicit value was replaced by a default: %+v", fromYAML)
	}
	if diff := cmp.Diff([]string{"cf-connecting-ip", "x-forwarded-for"}, fromYAML.IPHeaders); diff != "" {
		t.Error(diff)
	}
	if rule := fromYAML.RateLimit.Rules[1]; rule.Max != 3 || rule.Window.Duration != 10*time.Second {
		t.Errorf("rule = %+v", rule)
	}
}

func TestEnvironmentOverridesTheFile(t *testing.T) {
	cfg, err := config.Load(write(t, full), environment{
		"BETTER_AUTH_URL": "https://login.example.com", "PORT": "8080",
		"ALLOWED_ORIGINS": "https://a.example.com, http://localhost:3000,", "TRUSTED_ORIGINS": "exp://",
		"CUSTOM_FIELDS": "role:string  tier:string,age:number tags:string[]",
	}.get)
	if err != nil {
		t.Fatal(err)
	}
	if cfg.BaseURL != "https://login.example.com" || cfg.Listen.Public != ":8080" {
		t.Errorf("baseURL %s, listen.public %s", cfg.BaseURL, cfg.Listen.Public)
	}
	if diff := cmp.Diff([]string{"https://a.example.com", "http://localhost:3000"}, cfg.AllowedOrigins); diff != "" {
		t.Error(diff)
	}
	want := []authserver.Field{
		{Name: "role", Type: authserver.FieldString, Input: true, Returned: true},
		{Name: "tier", Type: authserver.FieldString, Input: true, Returned: true},
		{Name: "age", Type: authserver.FieldNumber, Input: true, Returned: true},
		{Name: "tags", Type: authserver.FieldStringArray, Input: true, Returned: true},
	}
	if diff := cmp.Diff(want, cfg.Fields()); diff != "" {
		t.Error(diff)
	}
}

func TestTrustedOriginsHaveTwoNames(t *testing.T) {
	for name, test := range map[string]struct {
		env  environment
		want []string
	}{
		"Better-Auth's": {environment{"BETTER_AUTH_TRUSTED_ORIGINS": "exp://,https://a.example.com"}, []string{"exp://", "https://a.example.com"}},
		"both":          {environment{"BETTER_AUTH_TRUSTED_ORIGINS": "exp://", "TRUSTED_ORIGINS": "https://a.example.com"}, []string{"https://a.example.com"}},
	} {
		t.Run(name, func(t *testing.T) {
			cfg, err := config.Load("", test.env.get)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, cfg.TrustedOrigins); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLoadRefusesUnreadableFiles(t *testing.T) {
	bomb := "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nallowedOrigins: [*c]\n"
	for name, test := range map[string]struct{ content, want string }{
		"not YAML":       {"baseURL: [", "neither YAML nor JSON"},
		"a list":         {"- a", "the file: must be a mapping of keys to values, is a list"},
		"two documents":  {"baseURL: http://a.test\n---\nbasePath: /x\n", "more than one YAML document"},
		"an alias bomb":  {bomb, "YAML anchor or alias"},
		"a recursion":    {"allowedOrigins: &a [*a]\n", "YAML anchor or alias"},
		"a large file":   {strings.Repeat("# comment\n", 110_000), "larger than 1 MiB"},
		"a NUL":          {"baseURL: \x00", "neither YAML nor JSON"},
		"a repeated key": {"basePath: /a\nbasePath: /b\n", "basePath: is there twice (line 2); keep one"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.Load(write(t, test.content), environment{}.get)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %q", err, test.want)
			}
		})
	}
	if _, err := config.Load("/does/not/exist", environment{}.get); err == nil || !strings.Contains(err.Error(), "/does/not/exist") {
		t.Errorf("a missing file: %v", err)
	}
}

func TestLoadAcceptsAnEmptyFile(t *testing.T) {
	for _, content := range []string{"", "\n# nothing\n", "{}", "null\n", "session:\n"} {
		if _, err := config.Load(write(t, content), environment{}.get); err != nil {
			t.Errorf("%q: %v", content, err)
		}
	}
}
