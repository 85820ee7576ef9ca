package config

// Config is everything the auth server is told, except secrets. The zero value of a field means its default.
type Config struct {
	// BaseURL is the public origin, such as https://auth.example.com; its scheme decides on Secure cookies.
	BaseURL string `json:"baseURL,omitempty"`
	// BasePath is the prefix of the Better-Auth endpoints. Default /api/auth.
	BasePath string `json:"basePath,omitempty"`
	// ErrorURL is where browsers are sent when something fails that has no page of its own, such as a sign-in with a social
	// provider: an absolute URL, or a path on the server's origin. It gets the parameters error and error_description.
	// Default: a page of the server's own.
	ErrorURL string `json:"errorURL,omitempty"`
	// Listen are the addresses the server listens on.
	Listen Listen `json:"listen,omitzero"`
	// Database says where the database is; the URL itself is a secret and not part of the file.
	Database Database `json:"database,omitzero"`
	// CustomFields are columns added to the user table.
	CustomFields []CustomField `json:"customFields,omitempty"`
	// AllowedOrigins are browser origins that get CORS headers and are trusted for state-changing requests.
	// Exact (https://app.example.com) or with wildcards (https://*.example.com).
	AllowedOrigins []string `json:"allowedOrigins,omitempty"`
	// TrustedOrigins are trusted like AllowedOrigins but get no CORS headers (such as myapp:// deep links).
	TrustedOrigins []string `json:"trustedOrigins,omitempty"`
	// RateLimit protects the endpoints from abuse.
	RateLimit RateLimit `json:"rateLimit,omitzero"`
	// TrustedProxies are the addresses and CIDRs whose IPHeaders are believed. Default: loopback and private ranges.
	TrustedProxies []string `json:"trustedProxies,omitempty"`
	// IPHeaders are the headers in which trusted proxies name the client, in order of preference: the first that is there
	// counts. Default: x-forwarded-for. In lower case.
	IPHeaders []string `json:"ipHeaders,omitempty"`
	// Session says how long sessions live and how their cookie looks.
	Session Session `json:"session,omitzero"`
	// JWT is about the tokens of GET /jwt.
	JWT JWT `json:"jwt,omitzero"`
	// EmailAndPassword is sign-up and sign-in with a password.
	EmailAndPassword EmailAndPassword `json:"emailAndPassword,omitzero"`
	// User says what users may do with themselves.
	User User `json:"user,omitzero"`
	// Email says how mail is sent.
	Email Email `json:"email,omitzero"`
	// EmailVerification says when users prove that an address is theirs.
	EmailVerification EmailVerification `json:"emailVerification,omitzero"`
	// SocialProviders are accounts elsewhere with which users may sign in.
	SocialProviders []SocialProvider `json:"socialProviders,omitempty"`
	// Account is about accounts at social providers.
	Account Account `json:"account,omitzero"`
	// Redis locates the Redis server of session storage and rate limit.
	Redis Redis `json:"redis,omitzero"`
	// Features are the plugins of Better-Auth.
	Features Features `json:"features,omitzero"`
}

// Listen holds listen addresses in the form of net.Listen ("host:port", ":port").
type Listen struct {
	// Public serves the API. Default ":3001".
	Public string `json:"public,omitempty"`
	// Ops serves /livez, /readyz and /metrics. Default ":9090".
	Ops string `json:"ops,omitempty"`
}

// Database locates the database. Without Directory the URL comes from DATABASE_URL.
type Database struct {
	// Directory holds the mounted database secret, one file per key.
	Directory string `json:"directory,omitempty"`
	// Key is the file in Directory with the URL. Without it: uri if there is one, else
	// host, port, username, password and dbname (the shape of CloudNativePG and Service Binding).
	Key string `json:"key,omitempty"`
	// Schema is the PostgreSQL schema of the tables. Default: the first of the connection's search_path.
	Schema string `json:"schema,omitempty"`
	// MaxConnections bounds the pool of one replica. Default 10.
	MaxConnections int `json:"maxConnections,omitempty"`
	// TLS says how connections are protected. Default: what the URL says.
	TLS DatabaseTLS `json:"tls,omitzero"`
	// Pooler is None, or Transaction: a pooler in transaction mode is in between, so nothing may be left in a connection.
	Pooler string `json:"pooler,omitempty"`
	// MigrationDirectory and MigrationKey are those of the credentials of migrations, where they are others.
	MigrationDirectory string `json:"migrationDirectory,omitempty"`
	MigrationKey       string `json:"migrationKey,omitempty"`
	// LockTimeout is how long requests may queue behind a statement of a migration that waits for its lock. Default 2s.
	LockTimeout Duration `json:"lockTimeout,omitzero"`
}

// DatabaseTLS says how connections to the database are protected.
type DatabaseTLS struct {
	// Mode is Disable, Require, VerifyCA or VerifyFull; it replaces the sslmode of the URL.
	Mode string `json:"mode,omitempty"`
	// CAFile holds the PEM certificates that the server's is checked against. Default: those of the system.
	CAFile string `json:"caFile,omitempty"`
}

// CustomField is a column added to the user or the session table.
type CustomField struct {
	// Name is both the column and the JSON key.
	Name string `json:"name"`
	// Type is one of string, number, boolean, date, string[], number[], json, enum.
	Type string `json:"type"`
	// Values are the allowed values of an enum.
	Values []string `json:"values,omitempty"`
	// Required makes the column NOT NULL and sign-up without a value an error. Default false. A session field needs a default then.
	Required bool `json:"required,omitempty"`
	// Default is the value at sign-up when the client sends none, or of a new session, as text: user, 1, true, ["a"], 2026-01-31T00:00:00Z.
	Default *string `json:"default,omitempty"`
	// Input says whether clients may set the field. Default true.
	Input *bool `json:"input,omitempty"`
	// Returned says whether answers carry the field. Default true.
	Returned *bool `json:"returned,omitempty"`
	Unique   bool  `json:"unique,omitempty"`
	Index    bool  `json:"index,omitempty"`
}

// RateLimit says how many requests one client address may make on one path.
type RateLimit struct {
	// Enabled defaults to true.
	Enabled *bool `json:"enabled,omitempty"`
	// Storage is Database or Redis (shared by the replicas) or Memory (each replica counts for itself). Default Database,
	// or Redis with session storage Redis.
	Storage string `json:"storage,omitempty"`
	// Auth is the rule of the endpoints that take a password or send a mail. Default 5 per 15m.
	Auth RateLimitRule `json:"auth,omitzero"`
	// Default is the rule of every other endpoint. Default 100 per 10s.
	Default RateLimitRule `json:"default,omitzero"`
	// Rules override both for single paths; the first match counts.
	Rules []RateLimitPathRule `json:"rules,omitempty"`
}

// RateLimitRule allows Max requests until there was no request for Window.
type RateLimitRule struct {
	Max    int      `json:"max,omitempty"`
	Window Duration `json:"window,omitzero"`
}

// RateLimitPathRule is the rule of one path, or of the paths that a pattern matches.
type RateLimitPathRule struct {
	// Path is relative to BasePath; * stands for any run of characters.
	Path string `json:"path"`
	// Disabled lifts every limit from the path.
	Disabled      bool `json:"disabled,omitempty"`
	RateLimitRule `json:",inline"`
}

// Session says how long sessions live and how their cookie looks.
type Session struct {
	// Storage is Database, Redis (sessions and verification values live there, as with Better-Auth's secondaryStorage) or
	// Stateless (they live in encrypted cookies; only a new password or the deletion of the user ends them early). Default Database.
	Storage string `json:"storage,omitempty"`
	// Fields are columns added to the session table. A session begins with the defaults; POST /update-session changes them.
	Fields []CustomField `json:"fields,omitempty"`
	// TTL is the life of a session after sign-in or its last refresh. Default 168h.
	TTL Duration `json:"ttl,omitzero"`
	// UpdateAge is the age after which use extends a session by TTL; 0s extends it at every use. Default 24h.
	UpdateAge *Duration `json:"updateAge,omitempty"`
	// FreshAge is how long after sign-in a session may list sessions and delete its user without the password; 0s is
	// for ever. Default 24h.
	FreshAge *Duration `json:"freshAge,omitempty"`
	// DeferRefresh makes GET /get-session write nothing: it tells clients to refresh by POST /get-session.
	DeferRefresh bool `json:"deferRefresh,omitempty"`
	// DisableRefresh lets sessions end TTL after sign-in, however much they are used.
	DisableRefresh bool `json:"disableRefresh,omitempty"`
	// Cookie is about the cookies of the server.
	Cookie Cookie `json:"cookie,omitzero"`
	// CookieCache keeps a copy of session and user in a cookie.
	CookieCache CookieCache `json:"cookieCache,omitzero"`
}

// CookieCache keeps a copy of session and user in a signed cookie, which answers for the database while it is fresh: a
// revoked session lives on for as long.
type CookieCache struct {
	Enabled bool `json:"enabled,omitempty"`
	// Strategy is Compact, JWT or JWE. Default Compact; JWE with session storage Stateless.
	Strategy string `json:"strategy,omitempty"`
	// MaxAge is how long a copy is fresh. Default 5m; the TTL of sessions with session storage Stateless.
	MaxAge Duration `json:"maxAge,omitzero"`
	// Version is in every copy; those with another one are not used: with session storage Stateless, a new one signs everybody
	// out. Default "1".
	Version string `json:"version,omitempty"`
}

// Cookie says how the cookies are called and where browsers send them.
type Cookie struct {
	// Prefix begins the names of all cookies. Default better-auth.
	Prefix string `json:"prefix,omitempty"`
	// Domain shares the cookies with the subdomains of this domain. Default: host-only cookies.
	Domain string `json:"domain,omitempty"`
	// SameSite is Lax, Strict or None; None forces Secure. Default Lax.
	SameSite string `json:"sameSite,omitempty"`
	// Secure sets the Secure attribute and the __Secure- prefix. Default: when BaseURL begins with https://.
	Secure *bool `json:"secure,omitempty"`
}

// JWT is about the HS256 tokens of GET /jwt.
type JWT struct {
	// TTL is the life of a token. Default 168h.
	TTL Duration `json:"ttl,omitzero"`
	// Issuer is the iss claim. Default better-auth.
	Issuer string `json:"issuer,omitempty"`
	// Audience is the aud claim. Default: none.
	Audience string `json:"audience,omitempty"`
}

// The forms of password hashes.
const (
	HashScrypt   = "Scrypt"
	HashArgon2id = "Argon2id"
)

// EmailAndPassword is sign-up and sign-in with a password.
type EmailAndPassword struct {
	// Enabled defaults to true.
	Enabled       *bool `json:"enabled,omitempty"`
	DisableSignUp bool  `json:"disableSignUp,omitempty"`
	// AutoSignIn begins a session at sign-up. Default true.
	AutoSignIn *bool `json:"autoSignIn,omitempty"`
	// MinPasswordLength counts UTF-16 code units. Default 8.
	MinPasswordLength int `json:"minPasswordLength,omitempty"`
	// MaxPasswordLength counts UTF-16 code units. Default 128.
	MaxPasswordLength int `json:"maxPasswordLength,omitempty"`
	// Hash is the form of new hashes: Scrypt or Argon2id. Default Scrypt, the only one that Better-Auth verifies by itself.
	Hash string `json:"hash,omitempty"`
	// RequireEmailVerification lets nobody in before the address is verified. Default false; needs Email.
	RequireEmailVerification bool `json:"requireEmailVerification,omitempty"`
	// ResetPasswordTokenTTL is the life of a link to reset a password. Default 1h.
	ResetPasswordTokenTTL Duration `json:"resetPasswordTokenTTL,omitzero"`
	// RevokeSessionsOnPasswordReset ends all sessions of a user whose password is reset. Default false.
	RevokeSessionsOnPasswordReset bool `json:"revokeSessionsOnPasswordReset,omitempty"`
}

// User says what users may do with themselves.
type User struct {
	ChangeEmail ChangeEmail `json:"changeEmail,omitzero"`
	DeleteUser  DeleteUser  `json:"deleteUser,omitzero"`
}

// DeleteUser is about users who delete themselves.
type DeleteUser struct {
	// Enabled lets users delete themselves. Default false.
	Enabled bool `json:"enabled,omitempty"`
	// SendVerification asks by mail before. Default false; needs Email.
	SendVerification bool `json:"sendVerification,omitempty"`
	// TokenTTL is the life of a link. Default 24h.
	TokenTTL Duration `json:"tokenTTL,omitzero"`
}
