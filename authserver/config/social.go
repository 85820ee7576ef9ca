package config

// SocialProvider is an account elsewhere with which users may sign in.
type SocialProvider struct {
	// ID names the provider in requests and rows: google, github, microsoft, apple or discord, or a name of your own for
	// an OpenID Connect provider with Issuer.
	ID string `json:"id"`
	// ClientID is the public name of this application at the provider. Default: the variable <ID>_CLIENT_ID.
	ClientID string `json:"clientID,omitempty"`
	// Directory holds the mounted client secret; Key is the file, clientSecret by default. Without Directory it comes from
	// the variable <ID>_CLIENT_SECRET. For apple it is the private key (PEM) that signs client secrets or, without TeamID and
	// KeyID, one that you signed.
	Directory string `json:"directory,omitempty"`
	Key       string `json:"key,omitempty"`
	// Issuer is the URL of an OpenID Connect provider; everything else is discovered from it.
	Issuer string `json:"issuer,omitempty"`
	// Scopes are asked for besides the provider's default ones.
	Scopes []string `json:"scopes,omitempty"`
	// DisableSignUp lets only known users in; DisableImplicitSignUp makes new ones ask for it (requestSignUp).
	DisableSignUp         bool `json:"disableSignUp,omitempty"`
	DisableImplicitSignUp bool `json:"disableImplicitSignUp,omitempty"`
	// RequireEmailVerification lets nobody in whose address neither the provider nor a mail has verified.
	RequireEmailVerification bool `json:"requireEmailVerification,omitempty"`
	// Prompt is the prompt parameter, such as select_account.
	Prompt string `json:"prompt,omitempty"`
	// AccessType of google: offline asks for a refresh token.
	AccessType string `json:"accessType,omitempty"`
	// HostedDomain of google lets only users of this Workspace domain in; "*" is any Workspace domain.
	HostedDomain string `json:"hostedDomain,omitempty"`
	// Audiences are further client ids whose ID tokens count, such as the bundle id of an application for telephones.
	Audiences []string `json:"audiences,omitempty"`
	// TenantID of microsoft. Default common.
	TenantID string `json:"tenantID,omitempty"`
	// TeamID and KeyID belong to the private key of apple.
	TeamID string `json:"teamID,omitempty"`
	KeyID  string `json:"keyID,omitempty"`
	// Endpoints replace the built-in ones, for a proxy or an enterprise server.
	Endpoints ProviderEndpoints `json:"endpoints,omitzero"`
}

// ProviderEndpoints are URLs of a provider; an empty one is the built-in or discovered one.
type ProviderEndpoints struct {
	Authorization string `json:"authorization,omitempty"`
	Token         string `json:"token,omitempty"`
	UserInfo      string `json:"userInfo,omitempty"`
	JWKS          string `json:"jwks,omitempty"`
}

// Account is about accounts at social providers.
type Account struct {
	// EncryptOAuthTokens stores access and refresh tokens encrypted. Default false, as in Better-Auth.
	EncryptOAuthTokens bool `json:"encryptOAuthTokens,omitempty"`
	// StoreStateStrategy is where a sign-in is remembered while the user is at the provider: Database or Cookie.
	// Default Database; Cookie with session storage Stateless.
	StoreStateStrategy string `json:"storeStateStrategy,omitempty"`
	// StoreAccountCookie keeps the account in an encrypted cookie. Default false.
	StoreAccountCookie bool `json:"storeAccountCookie,omitempty"`
	// UpdateOnSignIn stores the new tokens at each sign-in. Default true.
	UpdateOnSignIn *bool `json:"updateOnSignIn,omitempty"`
	// Linking says which accounts become ways to sign in of one user.
	Linking AccountLinking `json:"linking,omitzero"`
}

// AccountLinking says which accounts become ways to sign in of one user.
type AccountLinking struct {
	// Enabled defaults to true.
	Enabled *bool `json:"enabled,omitempty"`
	// TrustedProviders are believed about addresses that they did not verify.
	TrustedProviders []string `json:"trustedProviders,omitempty"`
	// AllowDifferentEmails lets a signed-in user link an account with another address.
	AllowDifferentEmails bool `json:"allowDifferentEmails,omitempty"`
	// AllowUnlinkingAll lets users unlink their last account.
	AllowUnlinkingAll bool `json:"allowUnlinkingAll,omitempty"`
	// UpdateUserInfoOnLink takes name and image from a linked account.
	UpdateUserInfoOnLink bool `json:"updateUserInfoOnLink,omitempty"`
}
