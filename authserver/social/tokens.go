package social

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

// Selection is the account that a request is about: the one with a row id, or the one in the request's cookie.
type Selection struct {
	UserID, ID string
	Cookie     *authserver.Account
}

// Current is an account with its tokens as the provider knows them.
type Current struct {
	authserver.Account
	AccessToken, RefreshToken string
	// Renewed says that the tokens are new.
	Renewed bool
}

// AccessToken returns an account whose access token is good for a while, if its provider can renew it.
func (s *Service) AccessToken(ctx context.Context, in Selection) (Current, error) {
	account, err := s.selected(ctx, in)
	if err != nil {
		return Current{}, err
	}
	provider, ok := s.Provider(account.ProviderID)
	if !ok {
		return Current{}, authserver.ProviderNotSupported(account.ProviderID)
	}
	return s.accessToken(ctx, provider, account)
}

func (s *Service) accessToken(ctx context.Context, provider Provider, account authserver.Account) (Current, error) {
	renewed := false
	if s.due(account) {
		var err error
		account, renewed, err = s.renew(ctx, provider, account, s.due)
		if err != nil && !errors.Is(err, oauth.ErrRefreshNotSupported) {
			return Current{}, renewalError(err, authserver.ErrFailedToGetAccessToken)
		}
	}
	access, err := s.plain(account.AccessToken)
	if err != nil {
		return Current{}, fmt.Errorf("%w: %w", authserver.ErrFailedToGetAccessToken, err)
	}
	return Current{Account: account, AccessToken: access, Renewed: renewed}, nil
}

// Refresh returns an account with new tokens.
func (s *Service) Refresh(ctx context.Context, in Selection) (Current, error) {
	account, err := s.selected(ctx, in)
	if err != nil {
		return Current{}, err
	}
	provider, ok := s.Provider(account.ProviderID)
	if !ok {
		return Current{}, authserver.ProviderNotSupported(account.ProviderID)
	}
	if account.RefreshToken == "" {
		return Current{}, authserver.ErrRefreshTokenNotFound
	}
	account, _, err = s.renew(ctx, provider, account, func(authserver.Account) bool { return true })
	if errors.Is(err, oauth.ErrRefreshNotSupported) {
		return Current{}, authserver.RefreshNotSupported(account.ProviderID)
	}
	if err != nil {
		return Current{}, renewalError(err, authserver.ErrFailedToRefreshToken)
	}
	access, accessErr := s.plain(account.AccessToken)
	refresh, refreshErr := s.plain(account.RefreshToken)
	if err := errors.Join(accessErr, refreshErr); err != nil {
		return Current{}, fmt.Errorf("%w: %w", authserver.ErrFailedToRefreshToken, err)
	}
	return Current{Account: account, AccessToken: access, RefreshToken: refresh, Renewed: true}, nil
}

// Info asks the provider of an account about its user.
func (s *Service) Info(ctx context.Context, in Selection) (Current, oauth.Profile, error) {
	account, err := s.selected(ctx, in)
	if err != nil {
		return Current{}, oauth.Profile{}, err
	}
	provider, ok := s.Provider(account.ProviderID)
	if !ok {
		return Current{}, oauth.Profile{}, authserver.ErrProviderNotConfigured
	}
	current, err := s.accessToken(ctx, provider, account)
	if err != nil {
		return Current{}, oauth.Profile{}, err
	}
	if current.AccessToken == "" {
		return Current{}, oauth.Profile{}, authserver.ErrAccessTokenNotFound
	}
	profile, err := provider.Profile(ctx, oauth.Tokens{
		AccessToken: current.AccessToken, IDToken: current.IDToken, AccessTokenExpiresAt: current.AccessTokenExpiresAt, Scopes: current.Scopes,
	})
	if errors.Is(err, oauth.ErrUnavailable) {
		return Current{}, oauth.Profile{}, unavailable("reading a profile", err)
	}
	if err != nil {
		return Current{}, oauth.Profile{}, fmt.Errorf("%w: %w", authserver.ErrNoUserInfo, err)
	}
	return current, profile, nil
}

// selected reads the account of a selection.
func (s *Service) selected(ctx context.Context, in Selection) (authserver.Account, error) {
	if in.Cookie != nil {
		if in.Cookie.UserID != in.UserID {
			return authserver.Account{}, authserver.ErrAccountNotFound
		}
		return *in.Cookie, nil
	}
	account, err := s.Store.AccountOf(ctx, in.UserID, in.ID)
	if errors.Is(err, authserver.ErrNotFound) {
		return authserver.Account{}, authserver.ErrAccountNotFound
	}
	if err != nil {
		return authserver.Account{}, fmt.Errorf("reading an account: %w", err)
	}
	return account, nil
}
