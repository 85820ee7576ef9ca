package accounts

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// rehashTimeout is how long a sign-in waits for what is not necessary for it.
const rehashTimeout = 2 * time.Second

// rehash gives a password that is known to be right a hash of today's form. A sign-in does without: the next one tries
// again.
func (s *Service) rehash(ctx context.Context, userID, old, password string) {
	if !s.Hasher.Outdated(old) {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, rehashTimeout)
	defer cancel()
	hash, err := s.Hasher.Hash(ctx, password)
	if err == nil {
		err = s.Store.Rehash(ctx, userID, old, hash)
	}
	// Not found: the user has another password by now, or another sign-in was faster.
	if err != nil && !errors.Is(err, authserver.ErrNotFound) {
		s.Log.WarnContext(ctx, "a password could not be hashed anew; the next sign-in tries again", slog.String("error", err.Error()))
	}
}
