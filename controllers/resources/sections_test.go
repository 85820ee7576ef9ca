package resources

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// sections are AuthServices with one or two more sections than the minimal one, which show in these kinds only.
var (
	sections = map[string]func() *v1alpha1.AuthService{
		"database": withDatabase, "email": withEmail, "social": withSocialProviders, "redis": withRedis, "stateless": stateless, "own-secret": withOwnSecret,
		"approve": withApproval,
	}
	sectionKinds = []string{"configmap", "deployment", "job", "job-plan"}
)

func withApproval() *v1alpha1.AuthService {
	auth := minimal()
	auth.Spec.Migration.Policy = v1alpha1.MigrationApprove
	return auth
}

func secretKey(name, key string) v1alpha1.SecretKeyReference {
	return v1alpha1.SecretKeyReference{SecretReference: v1alpha1.SecretReference{Name: name}, Key: key}
}

func withDatabase() *v1alpha1.AuthService {
	auth := minimal()
	auth.Spec.Database = v1alpha1.DatabaseSpec{
		SecretRef: v1alpha1.DatabaseSecretReference{Name: "login-db-pooler", Key: "uri"}, Schema: "auth", MaxConnections: 5,
		TLS:                &v1alpha1.DatabaseTLSSpec{Mode: v1alpha1.DatabaseTLSVerifyFull, CASecretRef: ptr.To(secretKey("login-db-ca", ""))},
		Pooler:             v1alpha1.PoolerTransaction,
		MigrationSecretRef: &v1alpha1.DatabaseSecretReference{Name: "login-db-superuser", Key: "fqdn-uri"},
	}
	auth.Spec.Migration.LockTimeout = &metav1.Duration{Duration: 500 * time.Millisecond}
	return auth
}

func withEmail() *v1alpha1.AuthService {
	auth := minimal()
	hour := &metav1.Duration{Duration: time.Hour}
	auth.Spec.Email = &v1alpha1.EmailSpec{
		Host: "smtp.example.com", Port: 465, TLS: v1alpha1.EmailImplicit, From: "Shop <no-reply@example.com>", ReplyTo: "help@example.com",
		SecretRef:             &v1alpha1.SecretReference{Name: "smtp"},
		CAConfigMapRef:        &v1alpha1.ConfigMapKeyReference{ConfigMapReference: v1alpha1.ConfigMapReference{Name: "company-ca"}, Key: "root.pem"},
		TemplatesConfigMapRef: &v1alpha1.ConfigMapReference{Name: "mail-texts"},
	}
	auth.Spec.EmailVerification = &v1alpha1.EmailVerificationSpec{
		SendOnSignUp: ptr.To(false), SendOnSignIn: true, AutoSignInAfterVerification: true, TokenTTL: hour,
	}
	auth.Spec.EmailAndPassword = v1alpha1.EmailAndPasswordSpec{
		RequireEmailVerification: true, ResetPasswordTokenTTL: hour, RevokeSessionsOnPasswordReset: true,
	}
	auth.Spec.Session.Fields = []v1alpha1.CustomField{{Name: "device", Type: "string", Unique: true, Index: true}}
	auth.Spec.User = v1alpha1.UserSpec{
		ChangeEmail: v1alpha1.ChangeEmailSpec{Enabled: true, ConfirmCurrent: true, UpdateWithoutVerification: true},
		DeleteUser:  v1alpha1.DeleteUserSpec{Enabled: true, SendVerification: true, TokenTTL: hour},
	}
	return auth
}

// withSocialProviders has an id that is no name of a volume, and two providers in one secret.
func withSocialProviders() *v1alpha1.AuthService {
	auth := minimal()
	auth.Spec.ErrorURL = "https://app.example.com/error"
	auth.Spec.SocialProviders = []v1alpha1.SocialProvider{
		{
			ID: "google", ClientID: "shop.apps.googleusercontent.com", ClientSecretRef: secretKey("oauth", "google"),
			Scopes: []string{"https://www.googleapis.com/auth/calendar.readonly"}, Prompt: "select_account", DisableImplicitSignUp: true,
			RequireEmailVerification: true, AccessType: "offline", HostedDomain: "example.com", Audiences: []string{"shop-ios.apps.googleusercontent.com"},
		},
		{ID: "microsoft", ClientID: "1b2c", ClientSecretRef: secretKey("oauth", "microsoft"), TenantID: "organizations", DisableSignUp: true},
		{ID: "apple", ClientID: "com.example.shop", ClientSecretRef: secretKey("apple", ""), TeamID: "ABCDE12345", KeyID: "FGHIJ67890"},
		{
			ID: "Okta_Prod", ClientID: "shop", ClientSecretRef: secretKey("okta", ""), Issuer: "https://shop.okta.com",
			Endpoints: v1alpha1.ProviderEndpoints{
				Authorization: "https://a.example.com/x", Token: "https://t.example.com/x", UserInfo: "https://u.example.com/x", JWKS: "https://j.example.com/x",
			},
		},
	}
	auth.Spec.Account = v1alpha1.AccountSpec{
		EncryptOAuthTokens: true, StoreStateStrategy: "Cookie", StoreAccountCookie: true, UpdateOnSignIn: ptr.To(false),
		Linking: v1alpha1.AccountLinkingSpec{
			Enabled: ptr.To(true), TrustedProviders: []string{"google"}, AllowDifferentEmails: true, AllowUnlinkingAll: true, UpdateUserInfoOnLink: true,
		},
	}
	return auth
}

func withRedis() *v1alpha1.AuthService {
	auth := minimal()
	auth.Spec.Redis = &v1alpha1.RedisSpec{SecretRef: secretKey("redis", "url"), CASecretRef: ptr.To(secretKey("redis-tls", "")), KeyPrefix: "shop:"}
	auth.Spec.RateLimit.Storage = v1alpha1.RateLimitRedis
	auth.Spec.Features.Bearer = &v1alpha1.BearerFeature{RequireSignature: true}
	auth.Spec.Session = v1alpha1.SessionSpec{
		Storage: v1alpha1.SessionRedis,
		Fields: []v1alpha1.CustomField{
			{Name: "theme", Type: "enum", Values: []string{"light", "dark"}, Required: true, Default: ptr.To("light"), Input: ptr.To(true), Returned: ptr.To(true)},
		},
	}
	return auth
}

func withOwnSecret() *v1alpha1.AuthService {
	auth := minimal()
	auth.Spec.Secrets.SecretRef = &v1alpha1.SecretReference{Name: "vault-keys"}
	return auth
}

func stateless() *v1alpha1.AuthService {
	auth := minimal()
	auth.Spec.Session.Storage = v1alpha1.SessionStateless
	auth.Spec.Features = v1alpha1.FeaturesSpec{
		JWT: &v1alpha1.JWTFeature{
			Algorithm: "ES256", TTL: &metav1.Duration{Duration: 5 * time.Minute}, Issuer: "shop", Audience: "api",
			RotationInterval: &metav1.Duration{Duration: 720 * time.Hour}, GracePeriod: &metav1.Duration{Duration: 24 * time.Hour},
			PublishAhead: &metav1.Duration{Duration: 2 * time.Hour}, DisableSettingHeader: true,
		},
		OpenAPI: &v1alpha1.OpenAPIFeature{DisableReferencePage: true},
	}
	return auth
}
