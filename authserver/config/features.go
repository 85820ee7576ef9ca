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

// JWTFeature is about the tokens of GET /token.
type JWTFeature struct {
	// Algorithm is EdDSA, ES256 or RS256. Default EdDSA.
	Algorithm string `json:"algorithm,omitempty"`
	// TTL is the life of a token. Default 15m.
	TTL Duration `json:"ttl,omitzero"`
	// Issuer and Audience are claims. Default: the origin of BaseURL.
	Issuer   string `json:"issuer,omitempty"`
	Audience string `json:"audience,omitempty"`
	// RotationInterval is how long a key signs. Default: for ever.
	RotationInterval Duration `json:"rotationInterval,omitzero"`
	// GracePeriod is how long a key is published before it signs, and after it signed. Default 720h after, 10m before.
	GracePeriod Duration `json:"gracePeriod,omitzero"`
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
	// KeyPrefix begins every key, for a Redis that several servers share. Default: none, as in Better-Auth.
	KeyPrefix string `json:"keyPrefix,omitempty"`
}
