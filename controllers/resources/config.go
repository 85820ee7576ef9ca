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
		BaseURL:  URL(auth),
		BasePath: spec.BasePath,
		Database: config.Database{
			Directory:      databaseDirectory,
			Key:            spec.Database.SecretRef.Key,
			Schema:         spec.Database.Schema,
			MaxConnections: int(spec.Database.MaxConnections),
		},
		CustomFields:   customFields(spec.CustomFields),
		AllowedOrigins: spec.AllowedOrigins,
		RateLimit:      rateLimit(&spec.RateLimit),
		TrustedProxies: spec.RateLimit.TrustedProxies,
		Session: config.Session{
			TTL:            duration(spec.Session.TTL),
			UpdateAge:      optionalDuration(spec.Session.UpdateAge),
			FreshAge:       optionalDuration(spec.Session.FreshAge),
			DeferRefresh:   spec.Session.DeferRefresh,
			DisableRefresh: spec.Session.DisableRefresh,
			Cookie: config.Cookie{
				Prefix:   spec.Session.Cookie.Prefix,
				Domain:   spec.Session.Cookie.Domain,
				SameSite: string(spec.Session.Cookie.SameSite),
				Secure:   spec.Session.Cookie.Secure,
			},
			CookieCache: config.CookieCache{
				Enabled:  spec.Session.CookieCache.Enabled,
				Strategy: string(spec.Session.CookieCache.Strategy),
				MaxAge:   duration(spec.Session.CookieCache.MaxAge),
				Version:  spec.Session.CookieCache.Version,
			},
		},
		JWT: config.JWT{TTL: duration(spec.JWT.TTL), Issuer: spec.JWT.Issuer, Audience: spec.JWT.Audience},
		EmailAndPassword: config.EmailAndPassword{
			Enabled:           spec.EmailAndPassword.Enabled,
			DisableSignUp:     spec.EmailAndPassword.DisableSignUp,
			AutoSignIn:        spec.EmailAndPassword.AutoSignIn,
			MinPasswordLength: int(spec.EmailAndPassword.MinPasswordLength),
			MaxPasswordLength: int(spec.EmailAndPassword.MaxPasswordLength),
		},
		User: config.User{DeleteUser: config.DeleteUser{Enabled: spec.User.DeleteUser.Enabled}},
	}
}

// schemaConfig is the part of the configuration that a migration depends on: a change elsewhere needs no new one.
func schemaConfig(auth *v1alpha1.AuthService) config.Config {
	all := serverConfig(auth)
	part := config.Config{
		Database:     all.Database,
		CustomFields: all.CustomFields,
		RateLimit:    config.RateLimit{Storage: all.RateLimit.Storage},
	}
	part.Database.MaxConnections = 0
	for i := range part.CustomFields {
		part.CustomFields[i].Input, part.CustomFields[i].Returned = nil, nil
	}
	return part
}

func customFields(fields []v1alpha1.CustomField) []config.CustomField {
	out := make([]config.CustomField, 0, len(fields))
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
