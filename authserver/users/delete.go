package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/links"
)

// Delete is what a client sends to delete its user; each text may be "".
type Delete struct {
	Password string
	// Token is that of a mail.
	Token string
	// CallbackURL is where the link of a mail leads in the end.
	CallbackURL string
}

// Delete deletes the user of a session, or mails a link that does; asked says which. Without password, token and mail
// the session must be fresh.
func (s *Service) Delete(ctx context.Context, user authserver.User, session authserver.Session, in Delete) (asked bool, err error) {
	if !s.DeleteEnabled {
		return false, authserver.ErrDeleteUserDisabled
	}
	if in.Password != "" {
		if err := s.Lengths.CheckKnown(in.Password); err != nil {
			return false, err
		}
		if _, err := s.prove(ctx, session.UserID, in.Password); err != nil {
			return false, err
		}
	}
	switch {
	case in.Token != "":
		return false, s.DeleteByToken(ctx, session, in.Token)
	case s.DeleteMails != nil:
		return true, s.ask(ctx, user, in.CallbackURL)
	case in.Password == "" && !s.Sessions.Fresh(session):
		return false, authserver.ErrSessionExpired
	}
	return false, s.delete(ctx, session.UserID)
}

func (s *Service) ask(ctx context.Context, user authserver.User, callbackURL string) error {
	verification, mail := s.DeleteMails.DeleteUser(user, callbackURL)
	if err := s.Verifications.CreateVerification(ctx, verification, mail); err != nil {
		return fmt.Errorf("storing a token: %w", err)
	}
	return nil
}

// DeleteByToken deletes the user of a session with the token of a mail. A token of another user is used up all the same,
// as in Better-Auth.
func (s *Service) DeleteByToken(ctx context.Context, session authserver.Session, token string) error {
	owner, err := s.Verifications.TakeVerification(ctx, links.DeletePrefix+token, s.now())
	if errors.Is(err, authserver.ErrNotFound) || err == nil && owner != session.UserID {
		return authserver.ErrInvalidDeleteToken
	}
	if err != nil {
		return fmt.Errorf("taking a token: %w", err)
	}
	return s.delete(ctx, session.UserID)
}

func (s *Service) delete(ctx context.Context, userID string) error {
	if err := s.Store.DeleteUser(ctx, userID); err != nil {
		return fmt.Errorf("deleting a user: %w", err)
	}
	return nil
}
