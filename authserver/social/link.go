package social

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

var (
	errLinkRefused  = failed("unable_to_link_account")
	errOtherEmail   = failed("email_does_not_match")
	errOtherAccount = failed("account_already_linked_to_different_user")
)

// finishLink gives an account to the user who began the linking, if that user is still signed in.
func (s *Service) finishLink(ctx context.Context, l link, a arrival, sessionToken string) error {
	alive, err := s.alive(ctx, l, sessionToken)
	switch {
	case err != nil:
		return err
	case !alive || !s.Linking.Enabled || !s.believed(a):
		return errLinkRefused
	case a.email() != strings.ToLower(l.email) && !s.Linking.DifferentEmails:
		return errOtherEmail
	}
	err = s.linkTo(ctx, l.userID, a)
	switch {
	case errors.Is(err, authserver.ErrAccountTaken):
		return errOtherAccount
	case errors.Is(err, authserver.ErrRejected), errors.Is(err, authserver.ErrNotFound):
		return errLinkRefused
	}
	return err
}

// linkTo gives an account to a user, or new tokens to an account that the user has already. It reports
// authserver.ErrAccountTaken when somebody else has it.
func (s *Service) linkTo(ctx context.Context, userID string, a arrival) error {
	owned, err := s.link(ctx, userID, a)
	if err != nil {
		return err
	}
	if owned != nil {
		change, err := s.change(a.tokens)
		if err != nil {
			return err
		}
		change.Scopes = merge(owned.Scopes, a.tokens.Scopes)
		if err := s.Store.UpdateAccount(ctx, owned.ID, change); err != nil {
			return fmt.Errorf("storing tokens: %w", err)
		}
	}
	s.updateUser(ctx, a, authserver.User{ID: userID})
	return nil
}

// alive says whether the session that began a linking goes on. A Better-Auth that did not write it down yet is believed.
func (s *Service) alive(ctx context.Context, l link, sessionToken string) (bool, error) {
	if l.sealedToken == "" {
		return true, nil
	}
	token, err := s.linkKeys.Decrypt(l.sealedToken)
	if err != nil {
		return false, nil //nolint:nilerr // a token that cannot be read is that of no session
	}
	if s.Sessions.Carried() {
		return same(token, sessionToken), nil
	}
	return s.Sessions.Alive(ctx, l.userID, token)
}

// link stores the account, or returns it as owned when the user has it already. It reports authserver.ErrAccountTaken when
// somebody else has it.
func (s *Service) link(ctx context.Context, userID string, a arrival) (owned *authserver.Account, err error) {
	account, err := s.account(a, userID)
	if err != nil {
		return nil, err
	}
	err = s.Store.LinkAccount(ctx, &account)
	if err == nil {
		return nil, nil
	}
	if !errors.Is(err, authserver.ErrAccountTaken) {
		return nil, fmt.Errorf("linking an account: %w", err)
	}
	account, owner, err := s.Store.AccountOwner(ctx, a.provider, a.profile.ID)
	if err != nil {
		return nil, fmt.Errorf("looking for the owner of an account: %w", err)
	}
	if owner.ID != userID {
		return nil, authserver.ErrAccountTaken
	}
	return &account, nil
}

// merge are the scopes of both, each once; nil when there are none. GitHub separates its scopes by commas.
func merge(stored, given []string) (scopes []string) {
	for _, text := range slices.Concat(stored, given) {
		for scope := range strings.SplitSeq(text, ",") {
			if scope = strings.TrimSpace(scope); scope != "" && !slices.Contains(scopes, scope) {
				scopes = append(scopes, scope)
			}
		}
	}
	return scopes
}
