package accounts

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/fields"
)

// SignUp is what a client sends to sign up.
type SignUp struct {
	Name, Email, Password string
	// Image is nil when none was sent.
	Image *string
	// CallbackURL is where the link of a mail leads in the end.
	CallbackURL string
	// Body is the whole body; custom fields are read from it.
	Body     ecma.Value
	Remember bool
	Client   authserver.Client
}

// SignUp creates a user with a credential account.
func (s *Service) SignUp(ctx context.Context, in SignUp) (SignedIn, error) {
	if !s.Enabled || s.DisableSignUp {
		return SignedIn{}, authserver.ErrSignUpDisabled
	}
	if err := s.Lengths.CheckNew(in.Password); err != nil {
		return SignedIn{}, err
	}
	values, err := fields.Create(s.Fields, in.Body)
	// What no column can take is refused where the database would: after the address was looked up.
	unstorable := errors.Is(err, authserver.ErrFailedToCreateUser)
	if err != nil && !unstorable {
		return SignedIn{}, err
	}
	id, err := s.Store.UserID(ctx, s.NewID())
	if err != nil {
		return SignedIn{}, fmt.Errorf("drawing an id: %w", err)
	}
	now := s.now()
	user := authserver.User{
		ID: id, Name: in.Name, Email: strings.ToLower(in.Email), Image: in.Image, CreatedAt: now, UpdatedAt: now, Fields: values,
	}
	taken, err := s.taken(ctx, user.Email)
	if err != nil {
		return SignedIn{}, err
	}
	if taken && s.signsIn() {
		return SignedIn{}, authserver.ErrUserExists
	}
	if unstorable {
		return SignedIn{}, authserver.ErrFailedToCreateUser
	}
	// Without auto sign-in a taken address also costs a hash, so that time tells nothing either.
	hash, err := s.Hasher.Hash(ctx, in.Password)
	if err != nil {
		return SignedIn{}, fmt.Errorf("hashing a password: %w", err)
	}
	if taken {
		return SignedIn{User: user}, nil
	}
	return s.create(ctx, user, hash, in)
}

// signsIn says whether sign-up begins a session.
func (s *Service) signsIn() bool { return s.AutoSignIn && !s.RequireVerification }

func (s *Service) taken(ctx context.Context, email string) (bool, error) {
	_, _, err := s.Store.CredentialByEmail(ctx, email)
	if errors.Is(err, authserver.ErrNotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("looking an address up: %w", err)
	}
	return true, nil
}

func (s *Service) create(ctx context.Context, user authserver.User, hash string, in SignUp) (SignedIn, error) {
	now := s.now()
	account := authserver.Account{
		ID: s.NewID(), AccountID: user.ID, ProviderID: authserver.CredentialProvider, UserID: user.ID, Password: hash,
		CreatedAt: now, UpdatedAt: now,
	}
	created := SignedIn{User: user}
	if s.signsIn() {
		session := s.Sessions.New(user.ID, in.Remember, in.Client)
		created.Session = &session
	}
	var mails []authserver.Mail
	if s.SignUpMails != nil {
		mails = append(mails, s.SignUpMails.VerifyEmail(user, in.CallbackURL))
	}
	err := s.Store.CreateUser(ctx, user, account, created.Session, mails...)
	if err == nil {
		return created, nil
	}
	return s.refused(user, err)
}

// refused turns what the store reports into what a client is told.
func (s *Service) refused(user authserver.User, err error) (SignedIn, error) {
	var conflict *authserver.FieldConflictError
	switch {
	case errors.Is(err, authserver.ErrEmailTaken) && !s.signsIn():
		return SignedIn{User: user}, nil
	case errors.Is(err, authserver.ErrEmailTaken):
		return SignedIn{}, authserver.ErrUserExists
	case errors.As(err, &conflict), errors.Is(err, authserver.ErrRejected):
		return SignedIn{}, authserver.ErrFailedToCreateUser
	}
	return SignedIn{}, fmt.Errorf("storing a user: %w", err)
}
