package config

import (
	"slices"
	"strconv"
	"time"
)

// The algorithms of the tokens of GET /token.
const (
	AlgorithmEdDSA = "EdDSA"
	AlgorithmES256 = "ES256"
	AlgorithmRS256 = "RS256"
)

// JWTFeature is about the tokens of GET /token and the keys of GET /jwks. A key is published for PublishAhead, then signs for
// RotationInterval, then stays published for GracePeriod.
type JWTFeature struct {
	// Algorithm is EdDSA, ES256 or RS256. Default EdDSA. Another one takes effect like a rotation.
	Algorithm string `json:"algorithm,omitempty"`
	// TTL is the life of a token. Default 15m.
	TTL Duration `json:"ttl,omitzero"`
	// Issuer and Audience are claims. Default: BaseURL.
	Issuer   string `json:"issuer,omitempty"`
	Audience string `json:"audience,omitempty"`
	// RotationInterval is how long a key signs. Default: for ever.
	RotationInterval Duration `json:"rotationInterval,omitzero"`
	// PublishAhead is how long the next key is published before it signs; verifiers may cache GET /jwks for half of it, at
	// most for 5m. Only a key that has none before it signs at once. Default 1h.
	PublishAhead Duration `json:"publishAhead,omitzero"`
	// GracePeriod is how long a key stays published after RotationInterval, at least TTL and PublishAhead. Default 720h.
	GracePeriod Duration `json:"gracePeriod,omitzero"`
	// DisableSettingHeader keeps the header set-auth-jwt out of the answers of get-session.
	DisableSettingHeader bool `json:"disableSettingHeader,omitempty"`
}

// maxPublishedKeys bounds what verifiers have to read.
const maxPublishedKeys = 100

// claims are those that tokens have besides the user's fields.
var claims = []string{"iat", "exp", "nbf", "iss", "aud", "sub", "jti"}

func (j *JWTFeature) setDefaults(baseURL string) {
	if j == nil {
		return
	}
	orDefault(&j.Algorithm, AlgorithmEdDSA)
	orDefault(&j.TTL.Duration, 15*time.Minute)
	orDefault(&j.Issuer, baseURL)
	orDefault(&j.Audience, baseURL)
	orDefault(&j.PublishAhead.Duration, time.Hour)
	orDefault(&j.GracePeriod.Duration, 720*time.Hour)
}

func (j *JWTFeature) validate(fields []CustomField, found *problems) {
	if j == nil {
		return
	}
	if !slices.Contains([]string{AlgorithmEdDSA, AlgorithmES256, AlgorithmRS256}, j.Algorithm) {
		found.add("features.jwt.algorithm", "%q must be EdDSA, ES256 or RS256", j.Algorithm)
	}
	validateDuration("features.jwt.ttl", j.TTL.Duration, found)
	validateText("features.jwt.issuer", j.Issuer, found)
	validateText("features.jwt.audience", j.Audience, found)
	validateDuration("features.jwt.publishAhead", j.PublishAhead.Duration, found)
	validateDuration("features.jwt.gracePeriod", j.GracePeriod.Duration, found)
	if j.RotationInterval.Duration != 0 {
		validateDuration("features.jwt.rotationInterval", j.RotationInterval.Duration, found)
		if least := j.GracePeriod.Duration / maxPublishedKeys; j.RotationInterval.Duration < least {
			found.add("features.jwt.rotationInterval", "%s would publish more than %d keys; make it at least %s, or gracePeriod shorter",
				j.RotationInterval, maxPublishedKeys, least)
		}
		if j.RotationInterval.Duration < j.PublishAhead.Duration {
			found.add("features.jwt.rotationInterval", "%s must be at least publishAhead (%s): the next key is published while this one signs",
				j.RotationInterval, j.PublishAhead)
		}
	}
	if least := j.TTL.Duration + j.PublishAhead.Duration; j.GracePeriod.Duration < least {
		found.add("features.jwt.gracePeriod", "%s must be at least ttl and publishAhead together (%s): until then somebody may hold a token of the key",
			j.GracePeriod, least)
	}
	for i, field := range fields {
		if slices.Contains(claims, field.Name) {
			found.add("customFields["+strconv.Itoa(i)+"].name", "%q is a claim of the tokens of features.jwt, which carry the user's fields; choose another name", field.Name)
		}
	}
}
