package social

import (
	"context"
	"fmt"
	"slices"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// welcome are the mails of a new user: one that asks to verify the address, if the provider did not.
func (s *Service) welcome(a arrival, user authserver.User) []authserver.Mail {
	if user.EmailVerified || s.Mails == nil || !s.MailOnSignUp && !s.verifiedOnly(a) {
		return nil
	}
	return []authserver.Mail{s.Mails.VerifyEmail(user, a.callbackURL)}
}

// requireVerified keeps users with an address that nobody verified out, where the provider is configured so.
func (s *Service) requireVerified(ctx context.Context, a arrival, in SignedIn) error {
	if in.User.EmailVerified || !s.verifiedOnly(a) {
		return nil
	}
	if !in.New && s.MailOnSignIn && s.Mails != nil {
		if err := s.Store.QueueMails(ctx, s.Mails.VerifyEmail(in.User, a.callbackURL)); err != nil {
			return fmt.Errorf("queueing a mail: %w", err)
		}
	}
	return errEmailUnverified
}

func (s *Service) verifiedOnly(a arrival) bool { return slices.Contains(s.VerifiedOnly, a.provider) }
