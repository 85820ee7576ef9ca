package social

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// Provider is what the rules ask of a provider; *oauth.Provider is one.
type Provider interface {
	ID() string
	// Issuer is what the parameter iss of a callback must be when there is one; "" does not say.
	Issuer() string
	// NeedsNonce says whether its ID tokens repeat a nonce of ours.
	NeedsNonce() bool
	SignUpDisabled() bool
	ImplicitSignUpDisabled() bool
	AuthorizeURL(ctx context.Context, request oauth.AuthorizeRequest) (string, error)
	Exchange(ctx context.Context, code, verifier, redirectURI string) (oauth.Tokens, error)
	Profile(ctx context.Context, tokens oauth.Tokens) (oauth.Profile, error)
	Refresh(ctx context.Context, refreshToken string) (oauth.Tokens, error)
	VerifyIDToken(ctx context.Context, idToken, nonce string) error
}

// Store keeps users and their accounts. What is gone it reports as authserver.ErrNotFound.
type Store interface {
	// AccountOwner returns the account that somebody has at a provider, and its user.
	AccountOwner(ctx context.Context, providerID, accountID string) (authserver.Account, authserver.User, error)
	// AccountOf returns an account of a user by its row id.
	AccountOf(ctx context.Context, userID, id string) (authserver.Account, error)
	UserByEmail(ctx context.Context, email string) (authserver.User, error)
	// UserID returns the id for a new user: the drawn one, or what the store takes in its place.
	UserID(ctx context.Context, drawn string) (string, error)
	// CreateSocialUser stores a user, an account and mails, or nothing at all. The id of the account may become another one.
	// It reports authserver.ErrAccountTaken, authserver.ErrEmailTaken, *authserver.FieldConflictError and
	// authserver.ErrRejected.
	CreateSocialUser(ctx context.Context, user authserver.User, account *authserver.Account, mails ...authserver.Mail) error
	// LinkAccount reports authserver.ErrAccountTaken and authserver.ErrRejected. The id may become another one.
	LinkAccount(ctx context.Context, account *authserver.Account) error
	UpdateAccount(ctx context.Context, id string, change authserver.AccountChange) error
	// RenewAccount calls renew with the account as it is, for one caller at a time, and stores what it returns.
	RenewAccount(ctx context.Context, userID, id string, renew func(authserver.Account) (authserver.AccountChange, error)) error
	// UnlinkAccount reports authserver.ErrLastAccount too, unless last is set.
	UnlinkAccount(ctx context.Context, userID, id string, last bool) error
	UpdateUser(ctx context.Context, userID string, changes []authserver.Change, now time.Time) error
	// VerifyEmail says that the address is the user's, if the user still has it.
	VerifyEmail(ctx context.Context, userID, email string, now time.Time) error
	QueueMails(ctx context.Context, mails ...authserver.Mail) error
}

// Verifications keep the states of sign-ins.
type Verifications interface {
	CreateVerification(ctx context.Context, v authserver.Verification, mails ...authserver.Mail) error
	// Verification and TakeVerification report authserver.ErrNotFound; taking is for one caller only.
	Verification(ctx context.Context, identifier string, now time.Time) (value string, err error)
	TakeVerification(ctx context.Context, identifier string, now time.Time) (value string, err error)
}

// Sessions begin and know sessions.
type Sessions interface {
	Begin(ctx context.Context, userID string, remember bool, client authserver.Client) (authserver.Session, error)
	// Carried says that sessions are in cookies, and only there.
	Carried() bool
	// Alive says whether a token is that of a live session of a user, where sessions are stored.
	Alive(ctx context.Context, userID, token string) (bool, error)
}

// Mails makes mails.
type Mails interface {
	// VerifyEmail asks a user to verify the address; its link goes on to a URL.
	VerifyEmail(user authserver.User, callbackURL string) authserver.Mail
}

// Linking says which accounts become ways to sign in of one user.
type Linking struct {
	// Enabled allows it.
	Enabled bool
	// Trusted are the providers that are believed about addresses which they did not verify.
	Trusted []string
	// DifferentEmails lets users link accounts with another address than theirs.
	DifferentEmails bool
	// UnlinkLast lets users unlink their only account.
	UnlinkLast bool
	// UpdateUser takes name and image from a linked account.
	UpdateUser bool
}

// Options configure a Service.
type Options struct {
	Store         Store
	Verifications Verifications
	Sessions      Sessions
	// Provider finds a configured provider.
	Provider func(id string) (Provider, bool)
	// Keys seal what browsers and the database keep.
	Keys *tokens.Keyring
	// Fields are the custom fields of users.
	Fields []authserver.Field
	// Origin is where a sign-in ends that does not say where; CallbackURL begins the redirect URIs, such as
	// https://auth.example.com/api/auth/callback/.
	Origin, CallbackURL string
	// StateInCookie keeps the state of a sign-in in the browser.
	StateInCookie bool
	// EncryptTokens stores access and refresh tokens encrypted.
	EncryptTokens bool
	// KeepTokens leaves the tokens of the first sign-in in place at later ones.
	KeepTokens bool
	Linking    Linking
	// VerifiedOnly are the providers whose users get no session before their address is verified.
	VerifiedOnly []string
	// Mails ask users to verify their address; nil is when there is no mail.
	Mails Mails
	// MailOnSignUp sends one to new users whose provider did not verify the address, not only to those of VerifiedOnly.
	// MailOnSignIn sends one to known users who get no session.
	MailOnSignUp, MailOnSignIn bool
	// Renewals bounds how many accounts get new tokens at the same time; 0 is 4. Each holds a connection of the store.
	Renewals int
	// NewID draws row ids, NewSecret tokens for URLs.
	NewID     func() string
	NewSecret func(length int) string
	// Now is the clock.
	Now func() time.Time
}

// Service has the rules of social sign-in. It is safe for concurrent use.
type Service struct {
	Options
	// stateKeys and linkKeys are for one purpose each (contract 5.5).
	stateKeys, linkKeys *tokens.Keyring
	renewals            chan struct{}
}

// New returns a Service.
func New(o Options) *Service {
	if o.Renewals == 0 {
		o.Renewals = 4
	}
	return &Service{
		Options: o, stateKeys: o.Keys.ForPurpose("oauth-state-cookie"), linkKeys: o.Keys.ForPurpose("oauth-link-session-token"),
		renewals: make(chan struct{}, o.Renewals),
	}
}

// now has the precision of the database and of JavaScript.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
