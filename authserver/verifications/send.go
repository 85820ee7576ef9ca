package verifications

import (
	"context"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// Enabled says whether there is mail to verify addresses with.
func (s *Service) Enabled() error {
	if s.Links == nil {
		return authserver.ErrVerificationNotEnabled
	}
	return nil
}

// Send mails a link to the user of an address that is not verified, if there is one. A stranger who asks learns nothing.
func (s *Service) Send(ctx context.Context, email, callbackURL string) error {
	if err := s.Enabled(); err != nil {
		return err
	}
	return s.evenly(ctx, func() error {
		user, found, err := s.find(ctx, strings.ToLower(email))
		if err != nil || !found || user.EmailVerified {
			return err
		}
		return s.queue(ctx, s.Links.VerifyEmail(user, callbackURL))
	})
}

// SendTo mails a link to a user who is signed in, and who learns why not.
func (s *Service) SendTo(ctx context.Context, user authserver.User, email, callbackURL string) error {
	if err := s.Enabled(); err != nil {
		return err
	}
	switch {
	case !strings.EqualFold(user.Email, email):
		return authserver.ErrEmailMismatch
	case user.EmailVerified:
		return authserver.ErrEmailAlreadyVerified
	}
	return s.queue(ctx, s.Links.VerifyEmail(user, callbackURL))
}
