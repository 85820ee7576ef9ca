package social

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

const (
	// earlier is how long before its end an access token is replaced.
	earlier = 5 * time.Second
	// renewalTimeout bounds the renewal of tokens, which goes on when its client has gone.
	renewalTimeout = 30 * time.Second
	// renewalWait bounds how long a renewal waits for others to end.
	renewalWait = 10 * time.Second
)

// due says whether the access token ends and can be renewed.
func (s *Service) due(account authserver.Account) bool {
	ends := account.AccessTokenExpiresAt
	return account.RefreshToken != "" && !ends.IsZero() && ends.Sub(s.now()) < earlier
}

// renew gives the refresh token for new tokens, if the account still needs them when its turn comes: of those who ask at the
// same time only one asks the provider. A provider may take a refresh token only once, so the renewal does not end with the
// request, or the new token could be lost.
func (s *Service) renew(
	ctx context.Context, provider Provider, account authserver.Account, needed func(authserver.Account) bool,
) (current authserver.Account, renewed bool, err error) {
	release, err := s.turn(ctx)
	if err != nil {
		return account, false, err
	}
	defer release()
	current = account
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), renewalTimeout)
	defer cancel()
	err = s.Store.RenewAccount(ctx, account.UserID, account.ID, func(stored authserver.Account) (authserver.AccountChange, error) {
		current = stored
		if !needed(stored) {
			return authserver.AccountChange{}, nil
		}
		refresh, err := s.plain(stored.RefreshToken)
		if err != nil {
			return authserver.AccountChange{}, fmt.Errorf("%w: %w", errRefused, err)
		}
		given, err := provider.Refresh(ctx, refresh)
		if err != nil {
			return authserver.AccountChange{}, fmt.Errorf("%w: %w", errRefused, err)
		}
		change, err := s.change(given)
		if err == nil {
			current, renewed = changed(stored, change), true
		}
		return change, err
	})
	return current, renewed, err
}

// turn waits until one more account may be renewed.
func (s *Service) turn(ctx context.Context) (release func(), err error) {
	wait, cancel := context.WithTimeout(ctx, renewalWait)
	defer cancel()
	select {
	case s.renewals <- struct{}{}:
		return func() { <-s.renewals }, nil
	case <-wait.Done():
		if ctx.Err() != nil {
			return nil, fmt.Errorf("waiting to renew tokens: %w", ctx.Err())
		}
		return nil, fmt.Errorf("waiting to renew tokens: %w", authserver.ErrBusy)
	}
}

// errRefused means that it was not us who could not renew.
var errRefused = errors.New("the tokens cannot be renewed")

// renewalError tells a client what it can know of a renewal that failed.
func renewalError(err error, refused error) error {
	switch {
	case errors.Is(err, errRefused):
		return fmt.Errorf("%w: %w", refused, err)
	case errors.Is(err, authserver.ErrNotFound):
		return authserver.ErrAccountNotFound
	}
	return fmt.Errorf("renewing tokens: %w", err)
}
