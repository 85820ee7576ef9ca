package social

import (
	"context"
	"errors"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

// Callback is what a browser brings back from a provider; a text that is "" was not there.
type Callback struct {
	Provider, State, Code, Issuer string
	// Error and ErrorDescription are the provider's.
	Error, ErrorDescription string
	// User is what Apple says about the user beside the code, JSON.
	User string
	// Cookie is what Begun.Cookie was.
	Cookie string
	// SessionToken is that of the browser's session, where no store knows sessions; "" elsewhere.
	SessionToken string
	Client       authserver.Client
}

// Outcome is where the browser goes next.
type Outcome struct {
	// URL is one that Begin was given; "" is the server's page for errors.
	URL string
	// Code is added to URL as error, Description as error_description, when something went wrong.
	Code, Description string
	// Cause is the error behind Code, for the log, or nil.
	Cause error
	// StateUsed says that the cookie of the state is of no use any more.
	StateUsed bool
	// SignedIn is the user who signed in, nil after an error and after linking.
	SignedIn *SignedIn
}

// SignedIn is a user with a session that a provider vouched for.
type SignedIn struct {
	User    authserver.User
	Session authserver.Session
	Account authserver.Account
	// New says that the user was created.
	New bool
}

// Finish ends a sign-in, or the linking of an account. Whatever goes wrong is an Outcome: a browser has nothing else to show.
func (s *Service) Finish(ctx context.Context, in Callback) Outcome {
	if in.State == "" {
		return Outcome{Code: "state_not_found"}
	}
	st, used, err := s.recall(ctx, in.State, in.Cookie)
	outcome := Outcome{StateUsed: used}
	if err == nil {
		outcome.SignedIn, err = s.finish(ctx, in, st)
	}
	switch {
	case err != nil:
		outcome.URL = st.errorURL
		outcome.Code, outcome.Description, outcome.Cause = describe(err)
	case outcome.SignedIn != nil && outcome.SignedIn.New && st.newUserURL != "":
		outcome.URL = st.newUserURL
	default:
		outcome.URL = st.callbackURL
	}
	return outcome
}

// describe turns an error into what the page for errors is told.
func describe(err error) (code, description string, cause error) {
	var f *failure
	var coded *authserver.Error
	switch {
	case errors.As(err, &f):
		return f.code, f.description, f.cause
	case errors.As(err, &coded):
		return coded.Code, coded.Message, nil
	}
	return "internal_server_error", "", err
}

func (s *Service) finish(ctx context.Context, in Callback, st state) (*SignedIn, error) {
	if in.Error != "" {
		return nil, &failure{code: in.Error, description: in.ErrorDescription}
	}
	if in.Code == "" {
		return nil, failed("no_code")
	}
	provider, ok := s.Provider(in.Provider)
	if !ok {
		return nil, failed("oauth_provider_not_found")
	}
	a, err := s.exchange(ctx, provider, in, st)
	if err != nil {
		return nil, err
	}
	if st.link != nil {
		return nil, s.finishLink(ctx, *st.link, a, in.SessionToken)
	}
	if a.profile.Email == "" {
		return nil, failed("email_not_found")
	}
	a.callbackURL, a.client = st.callbackURL, in.Client
	a.signUp = !provider.SignUpDisabled() && (!provider.ImplicitSignUpDisabled() || st.requestSignUp.Truthy())
	signedIn, err := s.arrive(ctx, a)
	if err != nil {
		return nil, err
	}
	return &signedIn, nil
}

// exchange gives the code for tokens and the tokens for a profile.
func (s *Service) exchange(ctx context.Context, provider Provider, in Callback, st state) (arrival, error) {
	if issuer := provider.Issuer(); in.Issuer != "" && issuer != "" && in.Issuer != issuer {
		return arrival{}, failed("issuer_mismatch")
	}
	if provider.NeedsNonce() && st.nonce == "" {
		return arrival{}, failed("nonce_binding_missing")
	}
	given, err := provider.Exchange(ctx, in.Code, st.verifier, s.CallbackURL+provider.ID())
	if err != nil {
		return arrival{}, failedBecause("invalid_code", err)
	}
	given.Nonce, given.User = st.nonce, in.User
	profile, err := provider.Profile(ctx, given)
	if err != nil {
		return arrival{}, failedBecause("unable_to_get_user_info", err)
	}
	if !usableID(profile.ID) {
		return arrival{}, failed("unable_to_get_user_info")
	}
	if given.Scopes == nil {
		given.Scopes = []string{}
	}
	return arrival{provider: provider.ID(), profile: profile, tokens: given}, nil
}

// maxAccountID bounds what a provider calls its users; OpenID Connect allows 255.
const maxAccountID = 255

// usableID refuses what no two users of a provider could be told apart by.
func usableID(id string) bool {
	return strings.TrimSpace(id) != "" && id != "undefined" && id != "null" && len(id) <= maxAccountID && strings.IndexByte(id, 0) < 0
}

// arrival is somebody whom a provider vouches for.
type arrival struct {
	provider string
	profile  oauth.Profile
	tokens   oauth.Tokens
	// signUp allows a new user.
	signUp      bool
	callbackURL string
	client      authserver.Client
}

// email is the address in the form of the database.
func (a arrival) email() string { return strings.ToLower(a.profile.Email) }

// noFields is what a provider says about custom fields.
var noFields = ecma.ObjectValue(nil, nil)
