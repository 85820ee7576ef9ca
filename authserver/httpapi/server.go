package httpapi

import (
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/accounts"
	"github.com/gatehouse-auth/gatehouse/authserver/clientip"
	"github.com/gatehouse-auth/gatehouse/authserver/cookiecache"
	"github.com/gatehouse-auth/gatehouse/authserver/jwks"
	"github.com/gatehouse-auth/gatehouse/authserver/origins"
	"github.com/gatehouse-auth/gatehouse/authserver/ratelimit"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
	"github.com/gatehouse-auth/gatehouse/authserver/social"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
	"github.com/gatehouse-auth/gatehouse/authserver/users"
	"github.com/gatehouse-auth/gatehouse/authserver/verifications"
)

// Options configure the API.
type Options struct {
	// BaseURL is the public origin; it is trusted, and its scheme is the one of requests.
	BaseURL string
	// BasePath is the prefix of Better-Auth's endpoints, such as /api/auth.
	BasePath string
	// ErrorURL takes the place of the error page; "" is none.
	ErrorURL string
	// AllowedOrigins get CORS headers and are trusted; TrustedOrigins are only trusted.
	AllowedOrigins, TrustedOrigins []string
	Cookies                        CookieOptions
	// Fields are the custom fields of users, SessionFields those of sessions.
	Fields, SessionFields []authserver.Field

	Accounts *accounts.Service
	Users    *users.Service
	// Verifications has the rules of mails about addresses and forgotten passwords.
	Verifications *verifications.Service
	Sessions      *sessions.Service
	Social        *social.Service
	// AccountCookies keep the account of a provider in the browser; nil is not.
	AccountCookies *social.AccountCookies
	// SecondaryStorage says that sessions are in Redis, which shows in the order of their members.
	SecondaryStorage bool
	// DeferRefresh leaves the refresh and the deletion of sessions to POST /get-session.
	DeferRefresh bool
	Keys         *tokens.Keyring
	// Cache is the cookie cache of sessions; nil is none.
	Cache  *cookiecache.Cache
	Issuer *tokens.Issuer
	// Bearer takes session tokens in the Authorization header; nil does not.
	Bearer *BearerOptions
	// JWKS signs the tokens of GET /token; nil is no such endpoint. DisableJWTHeader keeps them out of get-session.
	JWKS             *jwks.Service
	DisableJWTHeader bool
	// OpenAPI describes the endpoints; nil does not.
	OpenAPI *OpenAPIOptions
	// Limiter bounds request rates; nil is no bound.
	Limiter *ratelimit.Limiter
	Clients *clientip.Resolver

	Log *slog.Logger
	// Registry takes the metrics of requests.
	Registry prometheus.Registerer
	// NewID draws request ids.
	NewID func() string
	// Now is the clock.
	Now func() time.Time
}

type api struct {
	Options
	scheme   string
	routes   map[routeKey]*route
	trusted  origins.List
	allowed  origins.List
	cookies  cookies
	users    userEncoder
	sessions sessionEncoder
	identity identity
	metrics  *metrics
	probes   *clientip.Probes
	// ending is that of every exchange.
	ending func(http.Header)
}

// New returns the handler of the public port.
func New(o Options) http.Handler {
	a := &api{
		Options:  o,
		allowed:  origins.New(o.AllowedOrigins...),
		cookies:  newCookies(o.Cookies),
		users:    userEncoder{newFieldEncoder(o.Fields)},
		sessions: sessionEncoder{newFieldEncoder(o.SessionFields), o.SecondaryStorage},
		identity: newIdentity(o.Fields, o.Log),
		metrics:  newMetrics(o.Registry),
		probes:   clientip.NewProbes(o.Keys),
	}
	if base, err := url.Parse(o.BaseURL); err == nil {
		a.scheme = base.Scheme
	}
	if a.Bearer != nil {
		a.ending = a.cookies.tellToken
	}
	a.trusted = slices.Concat(origins.New(origins.Of(o.BaseURL)), a.allowed, origins.New(o.TrustedOrigins...))
	a.routes = index(a.table())
	return a.chain()
}
