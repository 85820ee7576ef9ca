package social

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

// IDToken is what a native application got from a provider and gives to us, in the place of a redirect.
type IDToken struct {
	Provider string
	// Token is signed by the provider for our client; Nonce is the one it must hold, "" for any.
	Token, Nonce string
	// AccessToken and RefreshToken are perhaps "".
	AccessToken, RefreshToken string
	// User is what Apple says about the user beside the token, JSON.
	User string
}

// SignInWith signs in with an ID token.
func (s *Service) SignInWith(ctx context.Context, in IDToken, requestSignUp bool, callbackURL string, client authserver.Client) (SignedIn, error) {
	provider, a, err := s.vouched(ctx, in)
	if err != nil {
		return SignedIn{}, err
	}
	// As in Better-Auth, only linking stores the refresh token of a client.
	a.tokens.RefreshToken, a.client, a.callbackURL = "", client, callbackURL
	a.signUp = !provider.SignUpDisabled() && (!provider.ImplicitSignUpDisabled() || requestSignUp)
	signedIn, err := s.arrive(ctx, a)
	return signedIn, forClient(err)
}

// LinkWith links the account of an ID token to a user.
func (s *Service) LinkWith(ctx context.Context, in IDToken, user authserver.User) error {
	_, a, err := s.vouched(ctx, in)
	if err != nil {
		return err
	}
	_, owner, err := s.Store.AccountOwner(ctx, a.provider, a.profile.ID)
	switch {
	case err == nil && owner.ID != user.ID:
		return authserver.ErrAccountLinked
	case err != nil && !errors.Is(err, authserver.ErrNotFound):
		return fmt.Errorf("looking for the owner of an account: %w", err)
	case err == nil: // The user's own account may have new tokens, whatever the rules of linking.
	case !s.Linking.Enabled || !s.believed(a):
		return authserver.ErrLinkingNotAllowed
	case a.email() != strings.ToLower(user.Email) && !s.Linking.DifferentEmails:
		return authserver.ErrLinkingDifferentEmails
	}
	err = s.linkTo(ctx, user.ID, a)
	switch {
	case errors.Is(err, authserver.ErrAccountTaken):
		return authserver.ErrAccountLinked
	case errors.Is(err, authserver.ErrRejected), errors.Is(err, authserver.ErrNotFound):
		return authserver.ErrLinkingFailed
	}
	return err
}

// vouched is whom an ID token is about.
func (s *Service) vouched(ctx context.Context, in IDToken) (Provider, arrival, error) {
	provider, ok := s.Provider(in.Provider)
	if !ok {
		return nil, arrival{}, authserver.ErrProviderNotFound
	}
	err := provider.VerifyIDToken(ctx, in.Token, in.Nonce)
	switch {
	case errors.Is(err, oauth.ErrIDTokenNotSupported):
		return nil, arrival{}, authserver.ErrIDTokenNotSupported
	case errors.Is(err, oauth.ErrInvalidIDToken):
		return nil, arrival{}, fmt.Errorf("%w: %w", authserver.ErrInvalidIDToken, err)
	case err != nil:
		return nil, arrival{}, unavailable("verifying an ID token", err)
	}
	given := oauth.Tokens{IDToken: in.Token, AccessToken: in.AccessToken, RefreshToken: in.RefreshToken, Nonce: in.Nonce, User: in.User}
	profile, err := provider.Profile(ctx, given)
	switch {
	case errors.Is(err, oauth.ErrUnavailable):
		return nil, arrival{}, unavailable("reading a profile", err)
	case err != nil:
		return nil, arrival{}, fmt.Errorf("%w: %w", authserver.ErrNoUserInfo, err)
	case !usableID(profile.ID):
		return nil, arrival{}, authserver.ErrNoUserInfo
	case profile.Email == "":
		return nil, arrival{}, authserver.ErrUserEmailNotFound
	}
	return provider, arrival{provider: provider.ID(), profile: profile, tokens: given}, nil
}
