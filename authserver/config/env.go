package config

// Environment variables of the auth server. The first two groups may also be used without a file.
const (
	// Secrets.
	EnvDatabaseURL       = "DATABASE_URL"
	EnvBetterAuthSecret  = "BETTER_AUTH_SECRET"  // one secret of at least 32 characters
	EnvAuthSecret        = "AUTH_SECRET"         // Better-Auth's other name for it
	EnvBetterAuthSecrets = "BETTER_AUTH_SECRETS" // versions, newest first: 2:new,1:old
	EnvJWTSecret         = "JWT_SECRET"          // HS256 key of GET /jwt
	EnvSMTPUsername      = "SMTP_USERNAME"       // without email.directory
	EnvSMTPPassword      = "SMTP_PASSWORD"       // likewise
	EnvRedisURL          = "REDIS_URL"           // for session storage and rate limit, where that is Redis

	// Settings; each overrides the file.
	EnvBetterAuthURL  = "BETTER_AUTH_URL"
	EnvAllowedOrigins = "ALLOWED_ORIGINS" // comma list
	EnvTrustedOrigins = "TRUSTED_ORIGINS" // comma list
	// EnvBetterAuthTrustedOrigins is Better-Auth's name for TRUSTED_ORIGINS, which wins.
	EnvBetterAuthTrustedOrigins = "BETTER_AUTH_TRUSTED_ORIGINS"
	EnvPort                     = "PORT"
	EnvCustomFields             = "CUSTOM_FIELDS" // role:string tier:string

	// Ends of the variables of a social provider, such as GOOGLE_CLIENT_ID.
	envClientID     = "_CLIENT_ID"
	envClientSecret = "_CLIENT_SECRET"
)
