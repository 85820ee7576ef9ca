package server

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"runtime"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gatehouse-auth/gatehouse/authserver/accounts"
	"github.com/gatehouse-auth/gatehouse/authserver/clientip"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/cookiecache"
	"github.com/gatehouse-auth/gatehouse/authserver/httpapi"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
	"github.com/gatehouse-auth/gatehouse/authserver/mailer"
	"github.com/gatehouse-auth/gatehouse/authserver/ops"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
	"github.com/gatehouse-auth/gatehouse/authserver/ratelimit"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
	"github.com/gatehouse-auth/gatehouse/authserver/users"
	"github.com/gatehouse-auth/gatehouse/authserver/verifications"
)

// Options are everything a server is told.
type Options struct {
	// Config is complete: every default is filled in.
	Config  *config.Config
	Secrets config.Secrets
	// SocialSecrets are the client secrets of the social providers.
	SocialSecrets config.SocialSecrets
	// DatabaseURL is where the database is.
	DatabaseURL config.Redacted
	// RenewedDatabaseURL is asked for the credentials of each new connection; nil is those of DatabaseURL.
	RenewedDatabaseURL func() (config.Redacted, error)
	// MailCredentials are asked for before each connection to the mail server; nil is those of email.directory.
	MailCredentials func() (username, password string, err error)
	// RedisURL returns where Redis is, when the configuration needs it. It is asked anew with each connection.
	RedisURL func() (config.Redacted, error)

	// HashWorkers is the number of passwords that are hashed at a time; 0 is that of processors.
	HashWorkers int
	// Hashing is told when the server begins to hash passwords, and when it has not for a while; nil is nobody.
	Hashing func(on bool)
	// MemoryLimit is that of the process in bytes; 0 is none.
	MemoryLimit int64

	Log *slog.Logger
	// Now is the clock; nil is time.Now.
	Now func() time.Time
	// Random is the source of ids, tokens and salts; nil is crypto/rand.
	Random io.Reader
	// Wait returns after a time or at the end of a context; nil does.
	Wait func(ctx context.Context, d time.Duration)
	// ProviderClient sends the requests to social providers; nil is a client of its own.
	ProviderClient *http.Client
	// Timeouts bound connections; the zero value is httpapi.DefaultTimeouts.
	Timeouts httpapi.Timeouts
	// DrainDelay is the time between "not ready" and the end of new connections: what Kubernetes needs to tell everybody.
	DrainDelay time.Duration
	// ShutdownTimeout is how long requests may take to end after that; 0 is 30 seconds.
	ShutdownTimeout time.Duration
	// SweepInterval is how often counters of the rate limit and verifications that count for nobody are deleted; 0 is a
	// minute.
	SweepInterval time.Duration
}

// Server is an auth server.
type Server struct {
	Options
	stores      *stores
	limits      *ratelimit.Limiter
	mail        *mailer.Sender // nil without a mail server
	readiness   ops.Readiness
	public, ops listener
}

// New puts a server together. It does not connect to the database.
func New(ctx context.Context, o Options) (*Server, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Wait == nil {
		o.Wait = Wait
	}
	if o.Timeouts == (httpapi.Timeouts{}) {
		o.Timeouts = httpapi.DefaultTimeouts
	}
	if o.ShutdownTimeout == 0 {
		o.ShutdownTimeout = 30 * time.Second
	}
	if o.SweepInterval == 0 {
		o.SweepInterval = time.Minute
	}
	s := &Server{Options: o}
	keys, err := keyring(o.Secrets, o.Random)
	if err != nil {
		return nil, err
	}
	if s.stores, err = openStores(ctx, o, keys, func() { s.mail.Wake() }); err != nil {
		return nil, err
	}
	cfg := o.Config
	s.limits = limiter(cfg.RateLimit, s.stores, o.Now)
	registry := prometheus.NewRegistry()
	if s.mail, err = s.sender(registry); err != nil {
		return nil, errors.Join(err, s.stores.close())
	}
	handler, err := s.handler(registry, keys)
	if err != nil {
		return nil, errors.Join(err, s.stores.close())
	}
	s.public = listener{address: cfg.Listen.Public, server: httpapi.NewServer(handler, o.Timeouts, o.Log)}
	s.ops = listener{address: cfg.Listen.Ops, server: httpapi.NewServer(ops.Handler(&s.readiness, registry), o.Timeouts, o.Log)}
	return s, nil
}

// Close gives back what New took, for a server that is never run.
func (s *Server) Close() error { return s.stores.close() }

// Handler is the handler of the public port.
func (s *Server) Handler() http.Handler { return s.public.server.Handler }

func (s *Server) handler(registry *prometheus.Registry, keys *tokens.Keyring) (http.Handler, error) {
	cfg := s.Config
	clients, err := clientip.New(cfg.TrustedProxies, cfg.IPHeaders)
	if err != nil {
		return nil, fmt.Errorf("trustedProxies: %w", err)
	}
	hasher := newHasher(s.Options)
	registerMetrics(registry, s.stores, hasher)
	newID := ids.Generator{Random: s.Random}.New
	sessionRules := sessions.New(sessions.Options{
		Store: s.stores.all, TTL: cfg.Session.TTL.Duration, UpdateAge: cfg.Session.UpdateAge.Duration, FreshAge: cfg.Session.FreshAge.Duration,
		Carrier: s.stores.carrier, DisableRefresh: cfg.Session.DisableRefresh, Fields: cfg.SessionFields(), NewID: newID, Now: s.Now,
	})
	lengths := passhash.Lengths{Min: cfg.EmailAndPassword.MinPasswordLength, Max: cfg.EmailAndPassword.MaxPasswordLength}
	cache, err := cookieCache(cfg.Session, cookiecache.Options{Keys: keys, Random: s.Random, Now: s.Now})
	if err != nil {
		return nil, err
	}
	mailed := s.mailed(keys)
	socialRules, accountCookies, err := s.social(keys, sessionRules, mailed.links)
	if err != nil {
		return nil, err
	}
	return httpapi.New(httpapi.Options{
		Social: socialRules, AccountCookies: accountCookies,
		BaseURL: cfg.BaseURL, BasePath: cfg.BasePath, ErrorURL: cfg.ErrorURL, AllowedOrigins: cfg.AllowedOrigins, TrustedOrigins: cfg.TrustedOrigins,
		Cookies: cookieOptions(cfg), Fields: cfg.Fields(), SessionFields: cfg.SessionFields(),
		Accounts: accounts.New(accounts.Options{
			Store: s.stores.all, Sessions: sessionRules, Hasher: hasher, Fields: cfg.Fields(),
			Enabled: *cfg.EmailAndPassword.Enabled, DisableSignUp: cfg.EmailAndPassword.DisableSignUp,
			AutoSignIn: *cfg.EmailAndPassword.AutoSignIn, RequireVerification: cfg.EmailAndPassword.RequireEmailVerification,
			SignUpMails: mailed.signUp, SignInMails: mailed.signIn, Lengths: lengths, NewID: newID, Now: s.Now, Log: s.Log,
		}),
		Users: users.New(users.Options{
			Store: s.stores.all, Verifications: s.stores.all, Sessions: sessionRules, Hasher: hasher, Fields: cfg.Fields(), Lengths: lengths,
			DeleteEnabled: cfg.User.DeleteUser.Enabled, DeleteMails: mailed.deleteUser, Now: s.Now,
		}),
		Verifications: s.verifications(verifications.Options{
			Tokens: keys, Hasher: hasher, Lengths: lengths, Links: mailed.links, NewID: newID,
		}),
		Sessions: sessionRules, SecondaryStorage: cfg.Session.Storage == config.SessionRedis, DeferRefresh: cfg.Session.DeferRefresh, Keys: keys, Cache: cache, Limiter: s.limits, Clients: clients,
		Issuer: tokens.NewIssuer(tokens.IssuerOptions{
			Secret: s.Secrets.JWT.Reveal(), Issuer: cfg.JWT.Issuer, Audience: cfg.JWT.Audience, TTL: cfg.JWT.TTL.Duration,
		}),
		Bearer: bearer(cfg.Features.Bearer), JWKS: s.signingKeys(keys, newID),
		OpenAPI:          description(cfg.Features.OpenAPI),
		DisableJWTHeader: cfg.Features.JWT != nil && cfg.Features.JWT.DisableSettingHeader,
		Log:              s.Log, Registry: registry, NewID: newID, Now: s.Now,
	}), nil
}

func keyring(secrets config.Secrets, random io.Reader) (*tokens.Keyring, error) {
	o := tokens.KeyringOptions{Random: random}
	for _, key := range secrets.Keys {
		o.Secrets = append(o.Secrets, tokens.Secret{Value: key.Value.Reveal(), Version: key.Version, Versioned: key.Versioned})
	}
	return tokens.OpenKeyring(o)
}

// newHasher hashes as much at a time as processors and memory allow.
func newHasher(o Options) *passhash.Hasher {
	return passhash.New(passhash.Options{
		Form: passhash.Form(o.Config.EmailAndPassword.Hash), Workers: cmp.Or(o.HashWorkers, runtime.GOMAXPROCS(0)), MemoryLimit: o.MemoryLimit, Hashing: o.Hashing, Random: o.Random,
	})
}

// cookieCache is nil when the cookie cache is off.
func cookieCache(s config.Session, o cookiecache.Options) (*cookiecache.Cache, error) {
	c := s.CookieCache
	if !c.Enabled {
		return nil, nil
	}
	if s.Storage == config.SessionStateless {
		// The value lives as long as the session in it.
		o.Brief = sessions.NotRememberedTTL
	}
	o.Strategy, o.MaxAge, o.Version = cookiecache.Strategy(c.Strategy), c.MaxAge.Duration, c.Version
	return cookiecache.New(o)
}

func cookieOptions(cfg *config.Config) httpapi.CookieOptions {
	s := cfg.Session
	return httpapi.CookieOptions{
		StateInCookie: cfg.Account.StoreStateStrategy == config.StateInCookie,
		Prefix:        s.Cookie.Prefix, Domain: s.Cookie.Domain, SameSite: s.Cookie.SameSite, Secure: *s.Cookie.Secure, MaxAge: s.TTL.Duration,
		CacheMaxAge: s.CookieCache.MaxAge.Duration,
	}
}

// limiter is nil when rate limiting is off.
func limiter(c config.RateLimit, stores *stores, now func() time.Time) *ratelimit.Limiter {
	if !*c.Enabled {
		return nil
	}
	o := ratelimit.Options{Auth: rule(c.Auth), Default: rule(c.Default), Now: now}
	switch c.Storage {
	case config.RateLimitMemory:
		o.Store = ratelimit.NewMemory()
	case config.RateLimitRedis:
		o.Store = stores.redis
	default:
		o.Store, o.Ledger = stores.database, stores.database
	}
	for _, r := range c.Rules {
		o.Paths = append(o.Paths, ratelimit.PathRule{Path: r.Path, Disabled: r.Disabled, Rule: rule(r.RateLimitRule)})
	}
	return ratelimit.New(o)
}

func rule(r config.RateLimitRule) ratelimit.Rule {
	return ratelimit.Rule{Max: r.Max, Window: r.Window.Duration}
}
