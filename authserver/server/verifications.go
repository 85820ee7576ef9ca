package server

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/accounts"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
	"github.com/gatehouse-auth/gatehouse/authserver/links"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
	"github.com/gatehouse-auth/gatehouse/authserver/users"
	"github.com/gatehouse-auth/gatehouse/authserver/verifications"
)

// mailed is what sends links by mail; without mail all of it is absent.
type mailed struct {
	links      verifications.Links
	signUp     accounts.Mails
	signIn     accounts.Mails
	deleteUser users.DeleteMails
}

func (s *Server) mailed(keys *tokens.Keyring) (m mailed) {
	cfg := s.Config
	if cfg.Email.Host == "" {
		return m
	}
	maker := links.New(links.Options{
		BaseURL: cfg.BaseURL + cfg.BasePath, Keys: keys, VerificationTTL: cfg.EmailVerification.TokenTTL.Duration,
		ResetTTL: cfg.EmailAndPassword.ResetPasswordTokenTTL.Duration, DeleteTTL: cfg.User.DeleteUser.TokenTTL.Duration,
		IDs: ids.Generator{Random: s.Random}, Now: s.Now,
	})
	m.links = maker
	if *cfg.EmailVerification.SendOnSignUp {
		m.signUp = maker
	}
	if cfg.EmailVerification.SendOnSignIn {
		m.signIn = maker
	}
	if cfg.User.DeleteUser.SendVerification {
		m.deleteUser = maker
	}
	return m
}

// verifications completes options that the rules of links share with others.
func (s *Server) verifications(o verifications.Options) *verifications.Service {
	cfg := s.Config
	o.Store, o.Verifications, o.Now, o.Wait = s.stores.all, s.stores.all, s.Now, s.Wait
	o.AutoSignIn, o.RevokeSessions = cfg.EmailVerification.AutoSignInAfterVerification, cfg.EmailAndPassword.RevokeSessionsOnPasswordReset
	o.ChangeEmailEnabled, o.ConfirmCurrent = cfg.User.ChangeEmail.Enabled, cfg.User.ChangeEmail.ConfirmCurrent
	o.UpdateWithoutVerification = cfg.User.ChangeEmail.UpdateWithoutVerification
	return verifications.New(o)
}

// Wait returns after a time or at the end of a context.
func Wait(ctx context.Context, d time.Duration) { sleep(ctx, d) }
