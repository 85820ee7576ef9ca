package config

import (
	"slices"
	"strconv"
	"time"
)

// The storages of sessions.
const (
	SessionDatabase  = "Database"
	SessionRedis     = "Redis"
	SessionStateless = "Stateless"
)

// NeedsRedis says whether the configuration keeps anything in Redis.
func (c *Config) NeedsRedis() bool {
	return c.Session.Storage == SessionRedis || *c.RateLimit.Enabled && c.RateLimit.Storage == RateLimitRedis
}

// setStorageDefaults runs before the other defaults, some of which depend on where sessions are.
func (c *Config) setStorageDefaults() {
	orDefault(&c.Session.Storage, SessionDatabase)
	orDefault(&c.Session.TTL.Duration, 168*time.Hour)
	switch c.Session.Storage {
	case SessionRedis:
		orDefault(&c.RateLimit.Storage, RateLimitRedis)
	case SessionStateless:
		orDefault(&c.Account.StoreStateStrategy, "Cookie")
		// The cookie cache is where the sessions are.
		c.Session.CookieCache.Enabled = true
		orDefault(&c.Session.CookieCache.Strategy, CookieCacheJWE)
		orDefault(&c.Session.CookieCache.MaxAge.Duration, c.Session.TTL.Duration)
	}
	if c.Redis.Directory != "" {
		orDefault(&c.Redis.Key, "uri")
	}
}

func (c *Config) validateStorage(found *problems) {
	if !slices.Contains([]string{SessionDatabase, SessionRedis, SessionStateless}, c.Session.Storage) {
		found.add("session.storage", "%q must be Database, Redis or Stateless", c.Session.Storage)
	}
	if c.Session.Storage == SessionStateless {
		c.validateStateless(found)
	}
	for i, field := range c.Session.Fields {
		if field.Unique && c.Session.Storage != SessionDatabase {
			found.add("session.fields["+strconv.Itoa(i)+"].unique", "needs session.storage Database: nothing else compares sessions")
		}
	}
	c.Redis.validate(found)
}

// validateStateless refuses what would be a surprise to somebody who relies on it.
func (c *Config) validateStateless(found *problems) {
	cache := c.Session.CookieCache
	if cache.Strategy != CookieCacheJWE {
		found.add("session.cookieCache.strategy", "%q must be JWE with session.storage Stateless: the cookie is the session", cache.Strategy)
	}
	if cache.MaxAge != c.Session.TTL {
		found.add("session.cookieCache.maxAge", "%s must be session.ttl (%s) with session.storage Stateless; leave it out", cache.MaxAge, c.Session.TTL)
	}
	validateText("session.cookieCache.version", cache.Version, found)
	if c.Session.DeferRefresh {
		found.add("session.deferRefresh", "must be false with session.storage Stateless: reading such a session writes nothing")
	}
	if c.Features.Bearer != nil {
		found.add("features.bearer", "needs session.storage Database or Redis: with Stateless, a token alone is no session")
	}
}
