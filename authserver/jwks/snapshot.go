package jwks

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// maxAge bounds how long a snapshot is used. Keys are published for longer before they sign.
const maxAge = time.Minute

// snapshot is what the database held.
type snapshot struct {
	pairs  []*pair
	number uint64
	at     time.Time
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
	pairs := s.pairs(rows)
	if s.rotation.due(pairs, now) {
		switch err := s.rotate(ctx, after, now); {
		case err == nil:
			if rows, err = s.Store.JWKs(ctx, after); err != nil {
				return nil, err
			}
			pairs = s.pairs(rows)
		case s.rotation.signer(pairs, now) == nil:
			return nil, err
		default:
			s.Log.WarnContext(ctx, "the next key of tokens cannot be made", slog.String("error", err.Error()))
		}
	}
	fresh := &snapshot{pairs: pairs, number: number, at: now}
	s.keep(ctx, fresh)
	return fresh, nil
}

func (s *Service) rotate(ctx context.Context, after, now time.Time) error {
	row, err := generate(s.Algorithm, s.Secrets, s.Random)
	if err != nil {
		return err
	}
	row.ID = s.NewID()
	return s.Store.RotateJWKs(ctx, after, func(rows []authserver.JWK) *authserver.JWKRotation {
		pairs := s.pairs(rows)
		if !s.rotation.due(pairs, now) {
			return nil // another replica was faster
		}
		return s.rotation.next(row, pairs, now)
	})
}

// known is the pair of the last snapshot that was read of the same row, or nil.
func (s *Service) known(row authserver.JWK) *pair {
	current := s.current.Load()
	if current == nil {
		return nil
	}
	for _, p := range current.pairs {
		if p.ID == row.ID && p.PublicKey == row.PublicKey && p.PrivateKey == row.PrivateKey {
			return p
		}
	}
	return nil
}

func (s *Service) pairs(rows []authserver.JWK) []*pair {
	pairs := make([]*pair, len(rows))
	for i, row := range rows {
		if known := s.known(row); known != nil {
			again := *known
			again.ExpiresAt = row.ExpiresAt
			pairs[i] = &again
		} else {
			pairs[i] = newPair(row, s.Secrets)
		}
	}
	return pairs
}

// keep makes a snapshot the current one, and tells the log what is wrong with its new keys.
func (s *Service) keep(ctx context.Context, fresh *snapshot) {
	for _, p := range fresh.pairs {
		if p.problem != nil && s.known(p.JWK) == nil {
			s.Log.WarnContext(ctx, "a key of tokens cannot sign here", slog.String("kid", p.ID), slog.String("error", p.problem.Error()))
		}
	}
	s.current.Store(fresh)
}
