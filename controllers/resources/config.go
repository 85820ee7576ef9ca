package resources

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// serverConfig is what the auth server is told. What the spec leaves out stays out: the auth server knows the defaults.
func serverConfig(auth *v1alpha1.AuthService) config.Config {
	spec := &auth.Spec
	return config.Config{
		BaseURL:        URL(auth),
		BasePath:       spec.BasePath,
		ErrorURL:       spec.ErrorURL,
		Database:       database(&spec.Database, &spec.Migration),
		CustomFields:   customFields(spec.CustomFields),
		AllowedOrigins: spec.AllowedOrigins,
		RateLimit:      rateLimit(&spec.RateLimit),
		TrustedProxies: spec.RateLimit.TrustedProxies,
		IPHeaders:      spec.RateLimit.IPHeaders,
		Session:        session(&spec.Session),
		JWT:            config.JWT{TTL: duration(spec.JWT.TTL), Issuer: spec.JWT.Issuer, Audience: spec.JWT.Audience},
		EmailAndPassword: config.EmailAndPassword{
			Enabled:                       spec.EmailAndPassword.Enabled,
			DisableSignUp:                 spec.EmailAndPassword.DisableSignUp,
			AutoSignIn:                    spec.EmailAndPassword.AutoSignIn,
			MinPasswordLength:             int(spec.EmailAndPassword.MinPasswordLength),
			MaxPasswordLength:             int(spec.EmailAndPassword.MaxPasswordLength),
			Hash:                          string(spec.EmailAndPassword.Hash),
			RequireEmailVerification:      spec.EmailAndPassword.RequireEmailVerification,
			ResetPasswordTokenTTL:         duration(spec.EmailAndPassword.ResetPasswordTokenTTL),
			RevokeSessionsOnPasswordReset: spec.EmailAndPassword.RevokeSessionsOnPasswordReset,
		},
		User:              user(&spec.User),
		Email:             email(spec.Email),
		EmailVerification: emailVerification(spec.EmailVerification),
		SocialProviders:   socialProviders(spec.SocialProviders),
		Account:           account(&spec.Account),
		Redis:             redis(spec.Redis),
		Features:          features(&spec.Features),
	}
}

// schemaConfig is the part of the configuration that a migration depends on: a change elsewhere needs no new one.
func schemaConfig(auth *v1alpha1.AuthService) config.Config {
	all := serverConfig(auth)
	part := config.Config{
		Database:     all.Database,
		CustomFields: columns(all.CustomFields),
		RateLimit:    config.RateLimit{Storage: all.RateLimit.Storage},
		Session:      config.Session{Storage: all.Session.Storage, Fields: columns(all.Session.Fields)},
	}
	part.Database.MaxConnections = 0
	if all.Email.Host != "" {
		part.Email.Host = "any" // mails wait in a table, wherever they go
	}
	if all.Features.JWT != nil {
		part.Features.JWT = &config.JWTFeature{} // keys are in a table, whatever their algorithm
	}
	return part
}

// columns are the fields as far as the database knows them.
func columns(fields []config.CustomField) []config.CustomField {
	for i := range fields {
		fields[i].Input, fields[i].Returned = nil, nil
	}
	return fields
}

func session(spec *v1alpha1.SessionSpec) config.Session {
	return config.Session{
		Storage:        string(spec.Storage),
		Fields:         customFields(spec.Fields),
		TTL:            duration(spec.TTL),
		UpdateAge:      optionalDuration(spec.UpdateAge),
		FreshAge:       optionalDuration(spec.FreshAge),
		DeferRefresh:   spec.DeferRefresh,
		DisableRefresh: spec.DisableRefresh,
		Cookie: config.Cookie{
			Prefix:   spec.Cookie.Prefix,
			Domain:   spec.Cookie.Domain,
			SameSite: string(spec.Cookie.SameSite),
			Secure:   spec.Cookie.Secure,
		},
		CookieCache: config.CookieCache{
			Enabled:  spec.CookieCache.Enabled,
			Strategy: string(spec.CookieCache.Strategy),
			MaxAge:   duration(spec.CookieCache.MaxAge),
			Version:  spec.CookieCache.Version,
		},
	}
}

func user(spec *v1alpha1.UserSpec) config.User {
	return config.User{
		ChangeEmail: config.ChangeEmail{
			Enabled:                   spec.ChangeEmail.Enabled,
			ConfirmCurrent:            spec.ChangeEmail.ConfirmCurrent,
			UpdateWithoutVerification: spec.ChangeEmail.UpdateWithoutVerification,
		},
		DeleteUser: config.DeleteUser{
			Enabled:          spec.DeleteUser.Enabled,
			SendVerification: spec.DeleteUser.SendVerification,
			TokenTTL:         duration(spec.DeleteUser.TokenTTL),
		},
	}
}

func customFields(fields []v1alpha1.CustomField) []config.CustomField {
	var out []config.CustomField // nil when there are none: a section of zeros is left out
	for _, field := range fields {
		out = append(out, config.CustomField{
			Name:     field.Name,
			Type:     string(field.Type),
			Values:   field.Values,
			Required: field.Required,
			Default:  field.Default,
			Input:    field.Input,
			Returned: field.Returned,
			Unique:   field.Unique,
			Index:    field.Index,
		})
	}
	return out
}

func rateLimit(spec *v1alpha1.RateLimitSpec) config.RateLimit {
	rules := make([]config.RateLimitPathRule, 0, len(spec.Rules))
	for _, rule := range spec.Rules {
		rules = append(rules, config.RateLimitPathRule{
			Path:          rule.Path,
			Disabled:      rule.Disabled,
			RateLimitRule: config.RateLimitRule{Max: int(rule.Max), Window: duration(rule.Window)},
		})
	}
	return config.RateLimit{
		Enabled: spec.Enabled,
		Storage: string(spec.Storage),
		Auth:    config.RateLimitRule{Max: int(spec.Max), Window: duration(spec.Window)},
		Rules:   rules,
	}
}

func duration(value *metav1.Duration) config.Duration {
	if value == nil {
		return config.Duration{}
	}
	return config.Duration{Duration: value.Duration}
}

func optionalDuration(value *metav1.Duration) *config.Duration {
	if value == nil {
		return nil
	}
	return &config.Duration{Duration: value.Duration}
}
