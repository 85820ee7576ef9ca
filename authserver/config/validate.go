package config

import (
	"net"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

var (
	basePathForm     = regexp.MustCompile(`^(/[A-Za-z0-9._~-]+)+$`)
	cookiePrefixForm = regexp.MustCompile(`^[A-Za-z0-9_.-]{1,64}$`)
	domainForm       = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)
	headerForm       = regexp.MustCompile("^[!#$%&'*+.^_`|~0-9a-z-]{1,64}$")
	schemaForm       = regexp.MustCompile(`^[a-z_][a-z0-9_]{0,62}$`)
)

const maxIPHeaders = 8

// validate runs after setDefaults.
func (c *Config) validate(found *problems) {
	validateBaseURL(c.BaseURL, found)
	if !basePathForm.MatchString(c.BasePath) || strings.Contains(c.BasePath+"/", "/../") || strings.Contains(c.BasePath+"/", "/./") {
		found.add("basePath", "%q must begin with / and not end with it, such as /api/auth", c.BasePath)
	}
	validateErrorURL(c.ErrorURL, found)
	c.Listen.validate(found)
	c.Database.validate(found)
	validateUserFields(c.CustomFields, found)
	validateAllowedOrigins(c.AllowedOrigins, found)
	validateTrustedOrigins(c.TrustedOrigins, found)
	c.RateLimit.validate(found)
	validateProxies(c.TrustedProxies, found)
	validateIPHeaders(c.IPHeaders, found)
	c.validateStorage(found)
	c.Session.validate(c.BaseURL, found)
	validateDuration("jwt.ttl", c.JWT.TTL.Duration, found)
	validateText("jwt.issuer", c.JWT.Issuer, found)
	validateText("jwt.audience", c.JWT.Audience, found)
	c.EmailAndPassword.validate(found)
	validateSocialProviders(c.SocialProviders, found)
	c.Email.validate(found)
	c.validateLinks(found)
	c.Features.JWT.validate(c.CustomFields, found)
	c.Account.validate(c.SocialProviders, found)
}

func (l Listen) validate(found *problems) {
	for _, listen := range []struct{ key, address string }{{"listen.public", l.Public}, {"listen.ops", l.Ops}} {
		if port, ok := listenPort(listen.address); !ok {
			found.add(listen.key, "%q must be host:port or :port with a port from 0 to 65535, such as :3001", listen.address)
		} else if l.Public == l.Ops && port != "0" {
			found.add(listen.key, "%q is the address of both listen.public and listen.ops; give them different ports", listen.address)
		}
	}
}

func listenPort(address string) (port string, ok bool) {
	_, port, err := net.SplitHostPort(address)
	_, numberErr := strconv.ParseUint(port, 10, 16)
	return port, err == nil && numberErr == nil
}

func (d Database) validate(found *problems) {
	validateSecretKey("database.key", d.Key, "database.directory", d.Directory, found)
	if d.Schema != "" && (!schemaForm.MatchString(d.Schema) || strings.HasPrefix(d.Schema, "pg_") || d.Schema == "information_schema") {
		found.add("database.schema", "%q must be lower-case letters, digits and _, and not a schema of PostgreSQL's own", d.Schema)
	}
	validateCount("database.maxConnections", d.MaxConnections, 1000, found)
	d.TLS.validate(found)
	d.validateMigrations(found)
}

func validateSecretKey(name, key, directoryName, directory string, found *problems) {
	if key != "" && directory == "" {
		found.add(name, "needs %s, the directory in which the secret is mounted", directoryName)
	}
	if strings.ContainsAny(key, "/\x00") || key == "." || key == ".." {
		found.add(name, "%q must be the name of a file in %s", key, directoryName)
	}
}

// validateMigrations is about what only migrations use, and what stands between them and the database.
func (d Database) validateMigrations(found *problems) {
	validateSecretKey("database.migrationKey", d.MigrationKey, "database.migrationDirectory", d.MigrationDirectory, found)
	if !slices.Contains([]string{PoolerNone, PoolerTransaction}, d.Pooler) {
		found.add("database.pooler", "%q must be None or Transaction", d.Pooler)
	}
	if d.LockTimeout.Duration < minLockTimeout || d.LockTimeout.Duration > maxLockTimeout {
		found.add("database.lockTimeout", "%s must be from %s to %s: so long requests may wait for a migration", d.LockTimeout, minLockTimeout, maxLockTimeout)
	}
}

func (r RateLimit) validate(found *problems) {
	if !slices.Contains([]string{RateLimitDatabase, RateLimitMemory, RateLimitRedis}, r.Storage) {
		found.add("rateLimit.storage", "%q must be Database, Memory or Redis", r.Storage)
	}
	r.Auth.validate("rateLimit.auth", found)
	r.Default.validate("rateLimit.default", found)
	for i, rule := range r.Rules {
		key := "rateLimit.rules[" + strconv.Itoa(i) + "]"
		if !strings.HasPrefix(rule.Path, "/") || strings.ContainsAny(rule.Path, " \x00") {
			found.add(key+".path", "%q must begin with /; it is relative to basePath, such as /sign-in/email", rule.Path)
		}
		if !rule.Disabled {
			rule.validate(key, found)
		} else if rule.RateLimitRule != (RateLimitRule{}) {
			found.add(key, "has disabled as well as a limit; keep one of them")
		}
	}
}

func (r RateLimitRule) validate(key string, found *problems) {
	validateCount(key+".max", r.Max, 1_000_000, found)
	validateDuration(key+".window", r.Window.Duration, found)
}

func validateProxies(proxies []string, found *problems) {
	for i, proxy := range proxies {
		_, addressErr := netip.ParseAddr(proxy)
		_, prefixErr := netip.ParsePrefix(proxy)
		if addressErr != nil && prefixErr != nil {
			found.add("trustedProxies["+strconv.Itoa(i)+"]", "%q must be an address or a CIDR, such as 10.0.0.0/8", proxy)
		}
	}
}

func validateIPHeaders(names []string, found *problems) {
	if len(names) == 0 || len(names) > maxIPHeaders {
		found.add("ipHeaders", "must have 1 to %d headers; to believe none of them, set trustedProxies to []", maxIPHeaders)
	}
	for i, name := range names {
		if !headerForm.MatchString(name) {
			found.add("ipHeaders["+strconv.Itoa(i)+"]", "%q must be the name of a header, such as x-real-ip", name)
		}
	}
}

func (s Session) validate(baseURL string, found *problems) {
	validateDuration("session.ttl", s.TTL.Duration, found)
	if s.UpdateAge.Duration < 0 || s.UpdateAge.Duration > s.TTL.Duration {
		found.add("session.updateAge", "%s must be from 0s to session.ttl (%s)", s.UpdateAge, s.TTL)
	}
	if s.FreshAge.Duration != 0 {
		validateDuration("session.freshAge", s.FreshAge.Duration, found)
	}
	validateSessionFields(s.Fields, found)
	s.Cookie.validate(baseURL, found)
	if s.Storage != SessionStateless {
		s.CookieCache.validate(found)
	}
}

func (c Cookie) validate(baseURL string, found *problems) {
	if !cookiePrefixForm.MatchString(c.Prefix) {
		found.add("session.cookie.prefix", "%q must be 1 to 64 letters, digits, _ . or -", c.Prefix)
	}
	if c.Domain != "" && (!domainForm.MatchString(c.Domain) || len(c.Domain) > 253) {
		found.add("session.cookie.domain", "%q must be a lower-case domain without scheme, port or leading dot, such as example.com", c.Domain)
	} else if host := hostname(baseURL); c.Domain != "" && host != c.Domain && !strings.HasSuffix(host, "."+c.Domain) {
		found.add("session.cookie.domain", "browsers refuse a cookie for %q from %s; use the host of baseURL or a parent of it", c.Domain, baseURL)
	}
	if !slices.Contains([]string{"Lax", "Strict", "None"}, c.SameSite) {
		found.add("session.cookie.sameSite", "%q must be Lax, Strict or None", c.SameSite)
	}
	if c.SameSite == "None" && !*c.Secure {
		found.add("session.cookie.secure", "must not be false when session.cookie.sameSite is None: browsers drop such cookies")
	}
}

func (c CookieCache) validate(found *problems) {
	if !slices.Contains([]string{CookieCacheCompact, CookieCacheJWT, CookieCacheJWE}, c.Strategy) {
		found.add("session.cookieCache.strategy", "%q must be Compact, JWT or JWE", c.Strategy)
	}
	if c.MaxAge.Duration < time.Second || c.MaxAge.Duration > 24*time.Hour {
		found.add("session.cookieCache.maxAge", "%s must be from 1s to 24h: so long a revoked session is still accepted", c.MaxAge)
	}
	validateText("session.cookieCache.version", c.Version, found)
}

func (e EmailAndPassword) validate(found *problems) {
	validateCount("emailAndPassword.minPasswordLength", e.MinPasswordLength, 1024, found)
	validateCount("emailAndPassword.maxPasswordLength", e.MaxPasswordLength, 1024, found)
	if e.MinPasswordLength > e.MaxPasswordLength {
		found.add("emailAndPassword.minPasswordLength", "%d must not exceed maxPasswordLength (%d)", e.MinPasswordLength, e.MaxPasswordLength)
	}
	if !slices.Contains([]string{HashScrypt, HashArgon2id}, e.Hash) {
		found.add("emailAndPassword.hash", "%q must be Scrypt or Argon2id", e.Hash)
	}
}

func validateCount(key string, value, most int, found *problems) {
	if value < 1 || value > most {
		found.add(key, "%d must be from 1 to %d", value, most)
	}
}

// validateDuration bounds by ten years, far from where times overflow.
func validateDuration(key string, value time.Duration, found *problems) {
	if value < time.Second || value > 10*365*24*time.Hour {
		found.add(key, "%s must be from 1s to 87600h", value)
	}
}

func validateText(key, value string, found *problems) {
	if len(value) > 256 || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' }) {
		found.add(key, "%q must be at most 256 characters without control characters", value)
	}
}
