package social

import (
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

// change is what to store of tokens.
func (s *Service) change(given oauth.Tokens) (authserver.AccountChange, error) {
	change := authserver.AccountChange{
		AccessToken: given.AccessToken, RefreshToken: given.RefreshToken, IDToken: given.IDToken,
		AccessTokenExpiresAt: given.AccessTokenExpiresAt, RefreshTokenExpiresAt: given.RefreshTokenExpiresAt, At: s.now(),
	}
	for _, token := range []*string{&change.AccessToken, &change.RefreshToken} {
		if !s.EncryptTokens || *token == "" {
			continue
		}
		sealed, err := s.Keys.Encrypt(*token)
		if err != nil {
			return authserver.AccountChange{}, fmt.Errorf("sealing a token: %w", err)
		}
		*token = sealed
	}
	return change, nil
}

// changed is an account after a change.
func changed(account authserver.Account, change authserver.AccountChange) authserver.Account {
	for _, text := range []struct{ old, by *string }{
		{&account.AccessToken, &change.AccessToken}, {&account.RefreshToken, &change.RefreshToken}, {&account.IDToken, &change.IDToken},
	} {
		if *text.by != "" {
			*text.old = *text.by
		}
	}
	if !change.AccessTokenExpiresAt.IsZero() {
		account.AccessTokenExpiresAt = change.AccessTokenExpiresAt
	}
	if !change.RefreshTokenExpiresAt.IsZero() {
		account.RefreshTokenExpiresAt = change.RefreshTokenExpiresAt
	}
	return account
}

// plain is a token as the provider knows it. Those from before encryption was on are not sealed.
func (s *Service) plain(token string) (string, error) {
	if !s.EncryptTokens || !strings.HasPrefix(token, "$ba$") && (len(token)%2 != 0 || strings.Trim(token, "0123456789abcdefABCDEF") != "") {
		return token, nil
	}
	return s.Keys.Decrypt(token)
}
