package config

// Features are the plugins of Better-Auth; a nil one is off.
type Features struct {
	// Bearer accepts session tokens in the Authorization header.
	Bearer *Bearer `json:"bearer,omitempty"`
	// JWT signs tokens that others verify with GET /jwks.
	JWT *JWTFeature `json:"jwt,omitempty"`
	// OpenAPI describes the endpoints at /open-api/generate-schema and /reference.
	OpenAPI *OpenAPI `json:"openAPI,omitempty"`
}

// Bearer accepts session tokens in the Authorization header.
type Bearer struct {
	// RequireSignature refuses tokens that the server did not sign.
	RequireSignature bool `json:"requireSignature,omitempty"`
}

// OpenAPI describes the endpoints.
type OpenAPI struct {
	// DisableReferencePage serves the description only.
	DisableReferencePage bool `json:"disableReferencePage,omitempty"`
}

// Redis locates the Redis server of session storage and rate limit.
type Redis struct {
	// Directory holds the mounted secret; Key is the file with the URL, uri by default. Without Directory the URL comes
	// from REDIS_URL, such as rediss://user:password@host:6379/0.
	Directory string `json:"directory,omitempty"`
	Key       string `json:"key,omitempty"`
	// CAFile holds the PEM certificates that the server's is checked against. Default: those of the system.
	CAFile string `json:"caFile,omitempty"`
	// KeyPrefix begins every key, for a Redis that several servers share. Default: none, as in Better-Auth's core; the package
	// @better-auth/redis-storage uses better-auth: unless it is told another one.
	KeyPrefix string `json:"keyPrefix,omitempty"`
}
