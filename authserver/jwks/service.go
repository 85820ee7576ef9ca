package jwks

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// Store keeps the keys.
type Store interface {
	// JWKs returns the keys that expire after a moment, or never, newest first.
	JWKs(ctx context.Context, after time.Time) ([]authserver.JWK, error)
	// RotateJWKs lets one server at a time decide, from the keys as they are now, whether there shall be another one.
	RotateJWKs(ctx context.Context, after time.Time, decide func([]authserver.JWK) *authserver.JWKRotation) error
}

// Options configure a Service.
type Options struct {
	Store Store
	// Secrets encrypt the private keys.
	Secrets *tokens.Keyring
	// Algorithm is that of new keys: EdDSA, ES256 or RS256.
	Algorithm string
	// TTL is the life of a token; Issuer and Audience are its claims.
	TTL              time.Duration
	Issuer, Audience string
	// RotationInterval is how long a key signs; 0 is for ever. PublishAhead and GracePeriod are how long it is published
	// before and after that.
	RotationInterval, PublishAhead, GracePeriod time.Duration

	Log *slog.Logger
	// NewID draws the ids of keys.
	NewID func() string
	// Random is the source of keys; nil is crypto/rand.
	Random io.Reader
	// Now is the clock.
	Now func() time.Time
}

// Service signs tokens and publishes their keys. It is safe for concurrent use.
type Service struct {
	Options
	rotation rotation
	maxAge   time.Duration
	claims   string
	current  atomic.Pointer[snapshot]
	// started counts the snapshots that were begun.
	started atomic.Uint64
	// turn holds the one request that makes a snapshot.
	turn chan struct{}
}

// New returns a Service.
func New(o Options) *Service {
	return &Service{
		Options:  o,
		rotation: rotation{algorithm: o.Algorithm, life: o.TTL, interval: o.RotationInterval, ahead: o.PublishAhead, grace: o.GracePeriod},
		maxAge:   min(maxAge, o.PublishAhead/2),
		claims: string(ecma.AppendString([]byte(`,"iss":`), o.Issuer)) +
			string(ecma.AppendString([]byte(`,"aud":`), o.Audience)) + "}",
		turn: make(chan struct{}, 1),
	}
}

// Sign returns a token with the claims of the plugin: iat, the members of a JSON object that is not empty, sub, exp, iss, aud.
func (s *Service) Sign(ctx context.Context, members []byte, subject string) (string, error) {
	now := s.now()
	current, err := s.recent(ctx, now)
	if err != nil {
		return "", err
	}
	key := s.rotation.signer(current.pairs, now)
	if key == nil {
		// Nothing was asked for so long that every key has ended.
		if current, err = s.latest(ctx); err != nil {
			return "", err
		}
		if key = s.rotation.signer(current.pairs, now); key == nil {
			return "", fmt.Errorf("no key signs tokens with %s", s.Algorithm)
		}
	}
	claims := strconv.AppendInt([]byte(`{"iat":`), now.Unix(), 10)
	claims = append(append(claims, ','), members[1:len(members)-1]...)
	claims = ecma.AppendString(append(claims, `,"sub":`...), subject)
	claims = strconv.AppendInt(append(claims, `,"exp":`...), now.Unix()+int64(s.TTL/time.Second), 10)
	claims = append(claims, s.claims...)
	text := key.header + "." + encoding.EncodeToString(claims)
	signature, err := jwt.GetSigningMethod(key.Algorithm).Sign(text, key.private)
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return text + "." + encoding.EncodeToString(signature), nil
}

// now has the precision of the database.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
