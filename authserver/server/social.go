package server

import (
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
	"github.com/gatehouse-auth/gatehouse/authserver/social"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// social puts the rules of accounts at providers together, and their cookie, nil when there is none.
func (s *Server) social(keys *tokens.Keyring, sessionRules *sessions.Service, mails social.Mails) (*social.Service, *social.AccountCookies, error) {
	cfg := s.Config
	configured, err := providers(cfg.SocialProviders, s.SocialSecrets, s.ProviderClient, s.Now)
	if err != nil {
		return nil, nil, err
	}
	newID := ids.Generator{Random: s.Random}
	rules := social.New(social.Options{
		Store: s.stores.all, Verifications: s.stores.all, Sessions: sessionRules, Keys: keys, Fields: cfg.Fields(),
		Provider: func(id string) (social.Provider, bool) {
			p, ok := configured.Provider(id)
			return p, ok
		},
		Origin: cfg.BaseURL, CallbackURL: cfg.BaseURL + cfg.BasePath + "/callback/",
		StateInCookie: cfg.Account.StoreStateStrategy == config.StateInCookie, EncryptTokens: cfg.Account.EncryptOAuthTokens,
		KeepTokens: !*cfg.Account.UpdateOnSignIn, Linking: linking(cfg.Account.Linking),
		VerifiedOnly: verifiedOnly(cfg.SocialProviders), Mails: mails, MailOnSignUp: *cfg.EmailVerification.SendOnSignUp,
		MailOnSignIn: cfg.EmailVerification.SendOnSignIn,
		Renewals:     max(1, cfg.Database.MaxConnections/2),
		NewID:        newID.New, NewSecret: func(length int) string { return newID.Draw(ids.URLSafe, length) }, Now: s.Now,
	})
	if !cfg.Account.StoreAccountCookie {
		return rules, nil, nil
	}
	cookies, err := social.NewAccountCookies(social.CookieOptions{Keys: keys, MaxAge: cfg.Session.CookieCache.MaxAge.Duration, Random: s.Random, Now: s.Now})
	return rules, cookies, err
}

func linking(c config.AccountLinking) social.Linking {
	return social.Linking{
		Enabled: *c.Enabled, Trusted: c.TrustedProviders, DifferentEmails: c.AllowDifferentEmails, UnlinkLast: c.AllowUnlinkingAll,
		UpdateUser: c.UpdateUserInfoOnLink,
	}
}

// verifiedOnly are the providers whose users must have a verified address.
func verifiedOnly(providers []config.SocialProvider) (ids []string) {
	for _, p := range providers {
		if p.RequireEmailVerification {
			ids = append(ids, p.ID)
		}
	}
	return ids
}
