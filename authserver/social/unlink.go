package social

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// Unlink deletes an account of a user by its row id.
func (s *Service) Unlink(ctx context.Context, userID, id string) error {
	err := s.Store.UnlinkAccount(ctx, userID, id, s.Linking.UnlinkLast)
	switch {
	case errors.Is(err, authserver.ErrLastAccount):
		return authserver.ErrUnlinkLastAccount
	case errors.Is(err, authserver.ErrNotFound):
		return authserver.ErrAccountNotFound
	case err != nil:
		return fmt.Errorf("unlinking an account: %w", err)
	}
	return nil
}
