package resources

import (
	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// This file renders the sections that refer to secrets: the configuration says where they are mounted.

func database(spec *v1alpha1.DatabaseSpec, migration *v1alpha1.MigrationSpec) config.Database {
	rendered := config.Database{
		Directory:      databaseDirectory,
		Key:            spec.SecretRef.Key,
		Schema:         spec.Schema,
		MaxConnections: int(spec.MaxConnections),
		LockTimeout:    duration(migration.LockTimeout),
	}
	if spec.Pooler != v1alpha1.PoolerNone {
		rendered.Pooler = string(spec.Pooler)
	}
	if tls := spec.TLS; tls != nil {
		rendered.TLS.Mode = string(tls.Mode)
		if tls.CASecretRef != nil || tls.CAConfigMapRef != nil {
			rendered.TLS.CAFile = mountDirectory + "/" + databaseCAPath + "/" + authorityKey
		}
	}
	if ref := spec.MigrationSecretRef; ref != nil {
		rendered.MigrationDirectory = mountDirectory + "/" + migrationPath
		rendered.MigrationKey = ref.Key
	}
	return rendered
}

func email(spec *v1alpha1.EmailSpec) config.Email {
	if spec == nil {
		return config.Email{}
	}
	rendered := config.Email{
		Host:    spec.Host,
		Port:    int(spec.Port),
		TLS:     string(spec.TLS),
		From:    string(spec.From),
		ReplyTo: string(spec.ReplyTo),
	}
	if spec.SecretRef != nil {
		rendered.Directory = mountDirectory + "/" + emailPath
	}
	if spec.CASecretRef != nil || spec.CAConfigMapRef != nil {
		rendered.CAFile = mountDirectory + "/" + emailCAPath + "/" + authorityKey
	}
	if spec.TemplatesConfigMapRef != nil {
		rendered.Templates = mountDirectory + "/" + emailTemplatesPath
	}
	return rendered
}

func emailVerification(spec *v1alpha1.EmailVerificationSpec) config.EmailVerification {
	if spec == nil {
		return config.EmailVerification{}
	}
	return config.EmailVerification{
		SendOnSignUp:                spec.SendOnSignUp,
		SendOnSignIn:                spec.SendOnSignIn,
		AutoSignInAfterVerification: spec.AutoSignInAfterVerification,
		TokenTTL:                    duration(spec.TokenTTL),
	}
}

func socialProviders(specs []v1alpha1.SocialProvider) []config.SocialProvider {
	rendered := make([]config.SocialProvider, 0, len(specs))
	for _, spec := range specs {
		rendered = append(rendered, config.SocialProvider{
			ID:                       spec.ID,
			RequireEmailVerification: spec.RequireEmailVerification,
			ClientID:                 spec.ClientID,
			Directory:                mountDirectory + "/" + socialPath + "/" + spec.ID,
			Key:                      spec.ClientSecretRef.Key,
			Issuer:                   string(spec.Issuer),
			Scopes:                   spec.Scopes,
			DisableSignUp:            spec.DisableSignUp,
			DisableImplicitSignUp:    spec.DisableImplicitSignUp,
			Prompt:                   spec.Prompt,
			AccessType:               spec.AccessType,
			HostedDomain:             spec.HostedDomain,
			Audiences:                spec.Audiences,
			TenantID:                 spec.TenantID,
			TeamID:                   spec.TeamID,
			KeyID:                    spec.KeyID,
			Endpoints: config.ProviderEndpoints{
				Authorization: string(spec.Endpoints.Authorization),
				Token:         string(spec.Endpoints.Token),
				UserInfo:      string(spec.Endpoints.UserInfo),
				JWKS:          string(spec.Endpoints.JWKS),
			},
		})
	}
	return rendered
}

func account(spec *v1alpha1.AccountSpec) config.Account {
	return config.Account{
		EncryptOAuthTokens: spec.EncryptOAuthTokens,
		StoreStateStrategy: string(spec.StoreStateStrategy),
		StoreAccountCookie: spec.StoreAccountCookie,
		UpdateOnSignIn:     spec.UpdateOnSignIn,
		Linking: config.AccountLinking{
			Enabled:              spec.Linking.Enabled,
			TrustedProviders:     spec.Linking.TrustedProviders,
			AllowDifferentEmails: spec.Linking.AllowDifferentEmails,
			AllowUnlinkingAll:    spec.Linking.AllowUnlinkingAll,
			UpdateUserInfoOnLink: spec.Linking.UpdateUserInfoOnLink,
		},
	}
}

func redis(spec *v1alpha1.RedisSpec) config.Redis {
	if spec == nil {
		return config.Redis{}
	}
	rendered := config.Redis{
		Directory: mountDirectory + "/" + redisPath,
		Key:       spec.SecretRef.Key,
		KeyPrefix: spec.KeyPrefix,
	}
	if spec.CASecretRef != nil {
		rendered.CAFile = mountDirectory + "/" + redisCAPath + "/" + authorityKey
	}
	return rendered
}

func features(spec *v1alpha1.FeaturesSpec) config.Features {
	var rendered config.Features
	if spec.Bearer != nil {
		rendered.Bearer = &config.Bearer{RequireSignature: spec.Bearer.RequireSignature}
	}
	if jwt := spec.JWT; jwt != nil {
		rendered.JWT = &config.JWTFeature{
			Algorithm:            string(jwt.Algorithm),
			TTL:                  duration(jwt.TTL),
			Issuer:               jwt.Issuer,
			Audience:             jwt.Audience,
			RotationInterval:     duration(jwt.RotationInterval),
			PublishAhead:         duration(jwt.PublishAhead),
			GracePeriod:          duration(jwt.GracePeriod),
			DisableSettingHeader: jwt.DisableSettingHeader,
		}
	}
	if spec.OpenAPI != nil {
		rendered.OpenAPI = &config.OpenAPI{DisableReferencePage: spec.OpenAPI.DisableReferencePage}
	}
	return rendered
}
