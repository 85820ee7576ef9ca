package jwks

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"slices"
	"strconv"
	"sync/atomic"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// maxAge bounds how long a snapshot is used. Keys are published for longer before they sign.
const maxAge = time.Minute

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

// snapshot is what the database held.
type snapshot struct {
	pairs  []*pair
	number uint64
	at     time.Time
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

// recent returns a snapshot that is not older than maxAge, or than the database allows: where nobody can read keys, nobody
// can make one either.
func (s *Service) recent(ctx context.Context, now time.Time) (*snapshot, error) {
	current := s.current.Load()
	switch {
	case current == nil:
		return s.latest(ctx)
	case now.Sub(current.at) < s.maxAge:
		return current, nil
	}
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	default:
		return current, nil // another request reads already
	}
	fresh, err := s.read(ctx)
	if err != nil {
		s.Log.WarnContext(ctx, "the keys of tokens cannot be read; the last ones are used on", slog.String("error", err.Error()))
		kept := *current
		kept.at = now
		s.current.Store(&kept)
		return &kept, nil
	}
	return fresh, nil
}

// latest returns a snapshot that was begun after the call; those who wait together share one.
func (s *Service) latest(ctx context.Context) (*snapshot, error) {
	seen := s.started.Load()
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return nil, fmt.Errorf("waiting for the keys of tokens: %w", ctx.Err())
	}
	if current := s.current.Load(); current != nil && current.number > seen {
		return current, nil
	}
	return s.read(ctx)
}

// read makes a snapshot, and the next key when it is due.
func (s *Service) read(ctx context.Context) (*snapshot, error) {
	number, now := s.started.Add(1), s.now()
	after := now.Add(-s.GracePeriod)
	rows, err := s.Store.JWKs(ctx, after)
	if err != nil {
		return nil, err
	}
	pairs := s.pairs(ctx, rows)
	if s.rotation.due(pairs, now) {
		switch err := s.rotate(ctx, after, now); {
		case err == nil:
			if rows, err = s.Store.JWKs(ctx, after); err != nil {
				return nil, err
			}
			pairs = s.pairs(ctx, rows)
		case s.rotation.signer(pairs, now) == nil:
			return nil, err
		default:
			s.Log.WarnContext(ctx, "the next key of tokens cannot be made", slog.String("error", err.Error()))
		}
	}
	fresh := &snapshot{pairs: pairs, number: number, at: now}
	s.current.Store(fresh)
	return fresh, nil
}

func (s *Service) rotate(ctx context.Context, after, now time.Time) error {
	row, err := generate(s.Algorithm, s.Secrets, s.Random)
	if err != nil {
		return err
	}
	row.ID = s.NewID()
	return s.Store.RotateJWKs(ctx, after, func(rows []authserver.JWK) *authserver.JWKRotation {
		pairs := s.pairs(ctx, rows)
		if !s.rotation.due(pairs, now) {
			return nil // another replica was faster
		}
		return s.rotation.next(row, pairs, now)
	})
}

// pairs reads rows; those of the last snapshot are read already.
func (s *Service) pairs(ctx context.Context, rows []authserver.JWK) []*pair {
	var known []*pair
	if current := s.current.Load(); current != nil {
		known = current.pairs
	}
	pairs := make([]*pair, 0, len(rows))
	for _, row := range rows {
		i := slices.IndexFunc(known, func(p *pair) bool {
			return p.ID == row.ID && p.PublicKey == row.PublicKey && p.PrivateKey == row.PrivateKey
		})
		if i >= 0 {
			again := *known[i]
			again.ExpiresAt = row.ExpiresAt
			pairs = append(pairs, &again)
			continue
		}
		p, err := read(row, s.Secrets)
		if err != nil {
			s.Log.WarnContext(ctx, "a key of tokens cannot sign here", slog.String("kid", row.ID), slog.String("error", err.Error()))
		}
		pairs = append(pairs, &p)
	}
	return pairs
}

// now has the precision of the database.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
