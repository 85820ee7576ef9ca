package verifications

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// ChangeEmail is what a client sends to change the address of its user.
type ChangeEmail struct{ NewEmail, CallbackURL string }

// ChangeEmail changes the address of a user, or mails a link that does. Changed says that it is changed already. An
// address that another user has gets the answer of a free one.
func (s *Service) ChangeEmail(ctx context.Context, user authserver.User, in ChangeEmail) (changed bool, err error) {
	newEmail := strings.ToLower(in.NewEmail)
	atOnce := !user.EmailVerified && s.UpdateWithoutVerification
	switch {
	case !s.ChangeEmailEnabled:
		return false, authserver.ErrChangeEmailDisabled
	case newEmail == user.Email:
		return false, authserver.ErrSameEmail
	case atOnce:
		return s.changeAtOnce(ctx, user, newEmail, in.CallbackURL)
	case s.Links == nil:
		return false, authserver.ErrChangeEmailNeedsMail
	}
	return false, s.evenly(ctx, func() error {
		_, taken, err := s.find(ctx, newEmail)
		if err != nil || taken {
			return err
		}
		if user.EmailVerified && s.ConfirmCurrent {
			return s.queue(ctx, s.Links.ConfirmChange(user, newEmail, in.CallbackURL))
		}
		return s.queue(ctx, s.Links.VerifyNewEmail(user, newEmail, in.CallbackURL))
	})
}

// changeAtOnce does without the agreement of the old address: nobody has shown that it is the user's.
func (s *Service) changeAtOnce(ctx context.Context, user authserver.User, newEmail, callbackURL string) (changed bool, err error) {
	change := authserver.EmailChange{UserID: user.ID, Old: user.Email, New: newEmail, At: s.now()}
	user.Email = newEmail
	var mails []authserver.Mail
	if s.Links != nil {
		mails = append(mails, s.Links.VerifyEmail(user, callbackURL))
	}
	switch err := s.Store.ChangeEmail(ctx, change, mails...); {
	case errors.Is(err, authserver.ErrEmailTaken):
		return false, nil
	case errors.Is(err, authserver.ErrNotFound):
		// The user is gone, or another request was faster.
		return false, authserver.ErrFailedToUpdateUser
	case err != nil:
		return false, fmt.Errorf("changing an address: %w", err)
	}
	return true, nil
}
