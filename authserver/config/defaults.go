package config

import (
	"strings"
	"time"
)

// The storages of the rate limit.
const (
	RateLimitDatabase = "Database"
	RateLimitMemory   = "Memory"
	RateLimitRedis    = "Redis"
)

// The strategies of the cookie cache.
const (
	CookieCacheCompact = "Compact"
	CookieCacheJWT     = "JWT"
	CookieCacheJWE     = "JWE"
)

// What stands between the server and the database.
const (
	PoolerNone        = "None"
	PoolerTransaction = "Transaction"
)

const (
	minLockTimeout = 100 * time.Millisecond
	maxLockTimeout = time.Minute
)

var privateRanges = []string{
	"127.0.0.0/8", "::1/128", "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "169.254.0.0/16", "fc00::/7", "fe80::/10",
}

func (c *Config) setDefaults() {
	orDefault(&c.Listen.Public, ":3001")
	orDefault(&c.Listen.Ops, ":9090")
	if c.BaseURL == "" {
		c.BaseURL = "http://localhost"
		if port, ok := listenPort(c.Listen.Public); ok {
			c.BaseURL += ":" + port
		}
	}
	c.BaseURL = strings.TrimSuffix(c.BaseURL, "/")
	orDefault(&c.BasePath, "/api/auth")
	orDefault(&c.Database.MaxConnections, 10)
	orDefault(&c.Database.Pooler, PoolerNone)
	orDefault(&c.Database.LockTimeout.Duration, 2*time.Second)
	if c.TrustedProxies == nil {
		c.TrustedProxies = privateRanges
	}
	if c.IPHeaders == nil {
		c.IPHeaders = []string{"x-forwarded-for"}
	}
	for i, name := range c.IPHeaders {
		c.IPHeaders[i] = strings.ToLower(name)
	}
	setFieldDefaults(c.CustomFields)
	setFieldDefaults(c.Session.Fields)
	c.setStorageDefaults()
	c.RateLimit.setDefaults()
	orDefault(&c.Session.UpdateAge, &Duration{min(24*time.Hour, max(c.Session.TTL.Duration, 0))})
	orDefault(&c.Session.FreshAge, &Duration{24 * time.Hour})
	orDefault(&c.Session.Cookie.Prefix, "better-auth")
	orDefault(&c.Session.Cookie.SameSite, "Lax")
	orDefault(&c.Session.Cookie.Secure, new(strings.HasPrefix(c.BaseURL, "https://") || c.Session.Cookie.SameSite == "None"))
	orDefault(&c.Session.CookieCache.Strategy, CookieCacheCompact)
	orDefault(&c.Session.CookieCache.MaxAge.Duration, 5*time.Minute)
	orDefault(&c.Session.CookieCache.Version, "1")
	c.Account.setDefaults(c.Session.Storage)
	orDefault(&c.JWT.TTL.Duration, 168*time.Hour)
	orDefault(&c.JWT.Issuer, "better-auth")
	c.Features.JWT.setDefaults(c.BaseURL)
	orDefault(&c.EmailAndPassword.Enabled, new(true))
	orDefault(&c.EmailAndPassword.AutoSignIn, new(true))
	orDefault(&c.EmailAndPassword.MinPasswordLength, 8)
	orDefault(&c.EmailAndPassword.MaxPasswordLength, 128)
	orDefault(&c.EmailAndPassword.Hash, HashScrypt)
	for i := range c.SocialProviders {
		c.SocialProviders[i].setDefaults()
	}
	c.Email.setDefaults()
	orDefault(&c.EmailAndPassword.ResetPasswordTokenTTL.Duration, time.Hour)
	orDefault(&c.EmailVerification.SendOnSignUp, new(c.EmailAndPassword.RequireEmailVerification))
	orDefault(&c.EmailVerification.TokenTTL.Duration, time.Hour)
	orDefault(&c.User.DeleteUser.TokenTTL.Duration, 24*time.Hour)
}

func setFieldDefaults(fields []CustomField) {
	for i := range fields {
		orDefault(&fields[i].Input, new(true))
		orDefault(&fields[i].Returned, new(true))
	}
}

func (r *RateLimit) setDefaults() {
	orDefault(&r.Enabled, new(true))
	orDefault(&r.Storage, RateLimitDatabase)
	orDefault(&r.Auth.Max, 5)
	orDefault(&r.Auth.Window.Duration, 15*time.Minute)
	orDefault(&r.Default.Max, 100)
	orDefault(&r.Default.Window.Duration, 10*time.Second)
}

func orDefault[T comparable](value *T, preset T) {
	var zero T
	if *value == zero {
		*value = preset
	}
}
