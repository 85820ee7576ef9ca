package social

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/fields"
)

// attempts bounds how often an arrival is decided anew because another one of the same account or address was faster.
const attempts = 3

// arrive signs somebody in: the owner of the account, the user with the address if the rules of linking allow it, or a new
// user.
func (s *Service) arrive(ctx context.Context, a arrival) (SignedIn, error) {
	var signedIn SignedIn
	var err error
	for range attempts {
		signedIn, err = s.decide(ctx, a)
		if !errors.Is(err, authserver.ErrAccountTaken) && !errors.Is(err, authserver.ErrEmailTaken) {
			break
		}
	}
	if err != nil {
		return SignedIn{}, err
	}
	if err := s.requireVerified(ctx, a, signedIn); err != nil {
		return SignedIn{}, err
	}
	signedIn.Session, err = s.Sessions.Begin(ctx, signedIn.User.ID, true, a.client)
	if errors.Is(err, authserver.ErrRejected) {
		// The user was deleted meanwhile.
		return SignedIn{}, errNoSession
	}
	return signedIn, err
}

func (s *Service) decide(ctx context.Context, a arrival) (SignedIn, error) {
	account, user, err := s.Store.AccountOwner(ctx, a.provider, a.profile.ID)
	if err == nil {
		return s.comeBack(ctx, a, account, user)
	}
	if !errors.Is(err, authserver.ErrNotFound) {
		return SignedIn{}, fmt.Errorf("looking for the owner of an account: %w", err)
	}
	user, err = s.Store.UserByEmail(ctx, a.email())
	if err == nil {
		return s.linkByEmail(ctx, a, user)
	}
	if !errors.Is(err, authserver.ErrNotFound) {
		return SignedIn{}, fmt.Errorf("looking for the user of an address: %w", err)
	}
	return s.create(ctx, a)
}

// comeBack is the sign-in of a known account. Its scopes stay: a sign-in may ask for fewer than the user once granted.
func (s *Service) comeBack(ctx context.Context, a arrival, account authserver.Account, user authserver.User) (SignedIn, error) {
	now := s.now()
	if !s.KeepTokens {
		change, err := s.change(a.tokens)
		if err != nil {
			return SignedIn{}, err
		}
		err = s.Store.UpdateAccount(ctx, account.ID, change)
		if errors.Is(err, authserver.ErrNotFound) {
			return SignedIn{}, errUnableToUpdate
		}
		if err != nil {
			return SignedIn{}, fmt.Errorf("storing tokens: %w", err)
		}
		account = changed(account, change)
	}
	if a.profile.EmailVerified && !user.EmailVerified && a.email() == user.Email {
		err := s.Store.VerifyEmail(ctx, user.ID, user.Email, now)
		if err != nil && !errors.Is(err, authserver.ErrNotFound) {
			return SignedIn{}, fmt.Errorf("verifying an address: %w", err)
		}
		user.EmailVerified = err == nil
	}
	return SignedIn{User: user, Account: account}, nil
}

// linkByEmail makes the account one of the user with the same address, if both sides proved that it is theirs.
func (s *Service) linkByEmail(ctx context.Context, a arrival, user authserver.User) (SignedIn, error) {
	if !s.Linking.Enabled || !user.EmailVerified || !s.believed(a) {
		return SignedIn{}, errNotLinked
	}
	account, err := s.account(a, user.ID)
	if err != nil {
		return SignedIn{}, err
	}
	err = s.Store.LinkAccount(ctx, &account)
	if errors.Is(err, authserver.ErrRejected) {
		return SignedIn{}, errUnableToLink
	}
	if err != nil {
		return SignedIn{}, fmt.Errorf("linking an account: %w", err)
	}
	return SignedIn{User: s.updateUser(ctx, a, user), Account: account}, nil
}

// believed says whether the address is that of who signed in.
func (s *Service) believed(a arrival) bool {
	return a.profile.EmailVerified || slices.Contains(s.Linking.Trusted, a.provider)
}

func (s *Service) create(ctx context.Context, a arrival) (SignedIn, error) {
	if !a.signUp {
		return SignedIn{}, errSignUpDisabled
	}
	values, err := fields.Create(s.Fields, noFields)
	if err != nil {
		return SignedIn{}, err
	}
	id, err := s.Store.UserID(ctx, s.NewID())
	if err != nil {
		return SignedIn{}, fmt.Errorf("drawing the id of a user: %w", err)
	}
	now := s.now()
	user := authserver.User{
		ID: id, Name: a.profile.Name, Email: a.email(), EmailVerified: a.profile.EmailVerified, CreatedAt: now, UpdatedAt: now, Fields: values,
	}
	if a.profile.Image != "" {
		user.Image = &a.profile.Image
	}
	account, err := s.account(a, user.ID)
	if err != nil {
		return SignedIn{}, err
	}
	err = s.Store.CreateSocialUser(ctx, user, &account, s.welcome(a, user)...)
	var conflict *authserver.FieldConflictError
	if errors.As(err, &conflict) || errors.Is(err, authserver.ErrRejected) {
		return SignedIn{}, errUnableToCreate
	}
	if err != nil {
		return SignedIn{}, fmt.Errorf("storing a user: %w", err)
	}
	return SignedIn{User: user, Account: account, New: true}, nil
}

// account is the row of a new account.
func (s *Service) account(a arrival, userID string) (authserver.Account, error) {
	change, err := s.change(a.tokens)
	if err != nil {
		return authserver.Account{}, err
	}
	now := s.now()
	account := authserver.Account{ID: s.NewID(), AccountID: a.profile.ID, ProviderID: a.provider, UserID: userID, CreatedAt: now, UpdatedAt: now}
	account = changed(account, change)
	account.Scopes = a.tokens.Scopes
	return account, nil
}

// updateUser takes name and image of a linked account over, if that is configured. The link stands without.
func (s *Service) updateUser(ctx context.Context, a arrival, user authserver.User) authserver.User {
	if !s.Linking.UpdateUser {
		return user
	}
	now := s.now()
	var changes []authserver.Change
	if a.profile.Name != "" {
		changes = append(changes, authserver.Change{Field: "name", Value: a.profile.Name})
	}
	if a.profile.Image != "" {
		changes = append(changes, authserver.Change{Field: "image", Value: a.profile.Image})
	}
	if len(changes) == 0 || s.Store.UpdateUser(ctx, user.ID, changes, now) != nil {
		return user
	}
	if a.profile.Name != "" {
		user.Name = a.profile.Name
	}
	if a.profile.Image != "" {
		user.Image = &a.profile.Image
	}
	user.UpdatedAt = now
	return user
}
