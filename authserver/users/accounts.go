package users

import (
	"context"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// Accounts returns the ways in which a user signs in, oldest first.
func (s *Service) Accounts(ctx context.Context, userID string) ([]authserver.Account, error) {
	list, err := s.Store.AccountsOf(ctx, userID)
	if err != nil {
		return nil, fmt.Errorf("listing accounts: %w", err)
	}
	return list, nil
}
