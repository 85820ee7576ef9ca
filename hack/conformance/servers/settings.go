package servers

import (
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// Secret is the secret of servers that are not told another one.
const Secret = "conformance-secret-conformance-secret"

// JWTSecret signs the tokens of GET /jwt of our server.
const JWTSecret = "conformance-jwt-secret-conformance-jwt"

// RedisPrefix begins the keys of Better-Auth's own package for Redis.
const RedisPrefix = "better-auth:"

// Settings are what a server is told, in words that both understand. The zero value of a field is its default,
// which is the same on both sides; there is no rate limit.
type Settings struct {
	// Database is the URL of the database.
	Database string
	// Redis is the URL of the Redis with the sessions; "" keeps them in the database.
	Redis string
	// Stateless keeps the sessions in cookies. Then the real Better-Auth has no database: it forgets its users.
	Stateless bool
	// Secret is BETTER_AUTH_SECRET. Default: Secret.
	Secret string
	// Secrets is BETTER_AUTH_SECRETS: versions, newest first.
	Secrets string
	// BaseURL is the public origin, which need not be where the server listens. Default http://auth.example.com.
	BaseURL        string
	BasePath       string
	TrustedOrigins []string
	// AllowedOrigins get CORS headers too, which Better-Auth leaves to its host.
	AllowedOrigins []string
	Fields         []config.CustomField
	// SessionFields are the custom fields of sessions.
	SessionFields []config.CustomField
	CookiePrefix  string
	CookieDomain  string
	SecureCookies *bool
	SessionTTL    time.Duration
	UpdateAge     *time.Duration
	AutoSignIn    *bool
	// CookieCache is the strategy of the cookie cache, in our words; "" is no cache.
	CookieCache   string
	DisableSignUp bool
	DeleteUser    bool
	// Features are the plugins.
	Features config.Features
	// ErrorURL is where errors of sign-in redirect to; "" is a page, which Better-Auth has in development only.
	ErrorURL string
	// SMTP is the host:port of the mail server; "" is no mail.
	SMTP string
	// DeleteByMail asks by mail before a user is deleted.
	DeleteByMail      bool
	ChangeEmail       config.ChangeEmail
	EmailVerification config.EmailVerification
	// Social are the built-in providers with which users may sign in; their client id and secret are <id>-client-id and
	// <id>-client-secret.
	Social []string
	// Fake is the URL of oauthtest's server; "" is the providers themselves.
	Fake string
	// EncryptTokens is account.encryptOAuthTokens.
	EncryptTokens bool
	// RequireEmailVerification and RevokeOnReset are those of emailAndPassword.
	RequireEmailVerification, RevokeOnReset bool
	// RateLimitInDatabase gives the rate limit its table, though there is no limit.
	RateLimitInDatabase bool
}

func (s Settings) withDefaults() Settings {
	if s.Secret == "" {
		s.Secret = Secret
	}
	if s.BaseURL == "" {
		s.BaseURL = "http://auth.example.com"
	}
	if s.BasePath == "" {
		s.BasePath = "/api/auth"
	}
	return s
}

// Server is a running server.
type Server struct {
	// Name is better-auth or gatehouse.
	Name string
	// Address is where it listens, as a URL without a path.
	Address string
	// Settings are what it was told, with the defaults filled in.
	Settings Settings
}

// Endpoint is the address of a Better-Auth endpoint, such as /get-session.
func (s Server) Endpoint(path string) string { return s.Address + s.Settings.BasePath + path }
