package social

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

// Begin is what a client sends to go to a provider. The URLs are those of trusted origins.
type Begin struct {
	Provider string
	// CallbackURL is where the browser goes in the end; ErrorURL and NewUserURL replace it, "" do not.
	CallbackURL, ErrorURL, NewUserURL string
	// RequestSignUp allows a new user where the provider wants to be asked; Undefined is not sent.
	RequestSignUp ecma.Value
	// AdditionalData is an object that is kept with the state, or Undefined.
	AdditionalData ecma.Value
	Scopes         []string
	LoginHint      string
	// Params are further parameters of the provider's URL.
	Params []oauth.Param
	// Link is the user that the account shall belong to, nil for a sign-in.
	Link *Link
}

// Link is a user with a session.
type Link struct {
	User  authserver.User
	Token string
}

// Begun is a sign-in on its way.
type Begun struct {
	// URL is the provider's.
	URL string
	// Cookie is what only this browser may come back with: the state to sign, or with StateInCookie a sealed one.
	Cookie string
}

// maxURL bounds what becomes a header of the answer.
const maxURL = 8 << 10

// Begin keeps the state of a sign-in and says where the browser goes.
func (s *Service) Begin(ctx context.Context, in Begin) (Begun, error) {
	provider, ok := s.Provider(in.Provider)
	if !ok {
		return Begun{}, authserver.ErrProviderNotFound
	}
	st := state{
		token: s.NewSecret(stateLength), callbackURL: in.CallbackURL, verifier: s.NewSecret(verifierLength), errorURL: in.ErrorURL,
		newUserURL: in.NewUserURL, expiresAt: s.now().Add(stateLife), requestSignUp: in.RequestSignUp,
	}
	if st.callbackURL == "" {
		st.callbackURL = s.Origin
	}
	if provider.NeedsNonce() {
		st.nonce = s.NewSecret(stateLength)
	}
	if in.Link != nil {
		sealed, err := s.linkKeys.Encrypt(in.Link.Token)
		if err != nil {
			return Begun{}, fmt.Errorf("sealing a session token: %w", err)
		}
		st.link = &link{userID: in.Link.User.ID, email: in.Link.User.Email, sealedToken: sealed}
	}
	url, err := provider.AuthorizeURL(ctx, oauth.AuthorizeRequest{
		State: st.token, Verifier: st.verifier, RedirectURI: s.CallbackURL + provider.ID(), LoginHint: in.LoginHint,
		Scopes: in.Scopes, Nonce: st.nonce, Extra: in.Params,
	})
	if err != nil {
		return Begun{}, unavailable("preparing a sign-in", err)
	}
	if len(url) > maxURL {
		return Begun{}, authserver.ValidationError("[body] Too big: scopes, loginHint and additionalParams make a URL of more than " + strconv.Itoa(maxURL) + " bytes")
	}
	cookie, err := s.keep(ctx, st, in.AdditionalData)
	return Begun{URL: url, Cookie: cookie}, err
}

// unavailable lets a client try again where only the provider is to blame.
func unavailable(action string, err error) error {
	if errors.Is(err, oauth.ErrUnavailable) || errors.Is(err, oauth.ErrRejected) {
		return fmt.Errorf("%s: %w: %w", action, authserver.ErrUnavailable, err)
	}
	return fmt.Errorf("%s: %w", action, err)
}
