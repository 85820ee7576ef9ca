package v1alpha1

// HTTPSURL is a URL without query and fragment.
//
// +kubebuilder:validation:MaxLength=512
// +kubebuilder:validation:XValidation:rule=`self.matches(r'^https://[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*(:[1-9][0-9]{0,4})?(/([A-Za-z0-9._~/-]|%[0-9A-Fa-f]{2})*)?$')`,message="write it as a URL that begins with https:// and has neither query nor fragment, such as https://id.example.com/realms/shop"
type HTTPSURL string

// SocialProvider lets users sign in with an account that they have elsewhere. At the provider, register the redirect URI
// <baseURL><basePath>/callback/<id>.
//
// +kubebuilder:validation:XValidation:rule=`has(self.issuer) || self.id in ['google', 'github', 'microsoft', 'apple', 'discord']`,message="set issuer to the URL of the OpenID Connect provider: only google, github, microsoft, apple and discord are known without it",fieldPath=".issuer"
// +kubebuilder:validation:XValidation:rule=`!has(self.issuer) || !(self.id in ['google', 'github', 'microsoft', 'apple', 'discord'])`,message="remove issuer, or choose another id: google, github, microsoft, apple and discord are known without it",fieldPath=".issuer"
// +kubebuilder:validation:XValidation:rule=`self.id == 'apple' ? has(self.teamID) == has(self.keyID) : !has(self.teamID) && !has(self.keyID)`,message="give apple both teamID and keyID, which belong to its private key, or neither for a client secret that you signed; other providers take none",fieldPath=".teamID"
// +kubebuilder:validation:XValidation:rule=`self.id == 'google' || (!has(self.accessType) && !has(self.hostedDomain))`,message="remove accessType and hostedDomain: only google has them",fieldPath=".hostedDomain"
// +kubebuilder:validation:XValidation:rule=`!has(self.tenantID) || self.id == 'microsoft'`,message="remove tenantID: only microsoft has tenants",fieldPath=".tenantID"
type SocialProvider struct {
	// id names the provider in requests and in rows of the database: google, github, microsoft, apple or discord, or a
	// name of your own for any OpenID Connect provider. Users of a provider whose id changes lose their link to it.
	// +required
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$')`,message="write id in letters, digits, dashes, underscores and dots, with a letter or digit at both ends, such as keycloak"
	// +kubebuilder:validation:XValidation:rule=`self != 'credential'`,message="choose another id: credential is what accounts with a password are called"
	ID string `json:"id"`

	// clientID is the public name that the provider gave this application.
	// +required
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[!-~]+$')`,message="write client ids as the provider shows them: printable characters without spaces"
	ClientID string `json:"clientID"`

	// clientSecretRef names the secret with what the provider gave this application as its password, under key
	// clientSecret unless key says otherwise. For apple it is the private key (PEM) of keyID. New values reach running pods
	// within a few minutes, without a rollout.
	// +required
	ClientSecretRef SecretKeyReference `json:"clientSecretRef"`

	// issuer is the URL of an OpenID Connect provider, as its tokens have it; everything else is discovered from it.
	// +optional
	Issuer HTTPSURL `json:"issuer,omitempty"`

	// scopes to ask for besides those that a sign-in needs.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:MaxLength=256
	// +kubebuilder:validation:items:XValidation:rule=`self.matches(r'^[!#-\[\]-~]+$')`,message="write one scope an item, without spaces, quotes and backslashes"
	Scopes []string `json:"scopes,omitempty"`

	// disableSignUp lets only users in who exist already.
	// +optional
	DisableSignUp bool `json:"disableSignUp,omitempty"`

	// disableImplicitSignUp makes new users only when the client asks for it (requestSignUp).
	// +optional
	DisableImplicitSignUp bool `json:"disableImplicitSignUp,omitempty"`

	// requireEmailVerification lets nobody in whose address was verified neither by the provider nor by a link in a mail.
	// +optional
	RequireEmailVerification bool `json:"requireEmailVerification,omitempty"`

	// prompt tells the provider what to ask the user, such as select_account, consent or login.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[a-z_]+( [a-z_]+)*$')`,message="write prompt as words of lower-case letters and underscores, such as select_account"
	Prompt string `json:"prompt,omitempty"`

	// audiences are further client ids whose ID tokens count, such as that of an application for telephones.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=256
	// +kubebuilder:validation:items:XValidation:rule=`self.matches('^[!-~]+$')`,message="write client ids as the provider shows them: printable characters without spaces"
	Audiences []string `json:"audiences,omitempty"`

	// accessType of google: offline asks for a refresh token too. Default: online.
	// +optional
	// +kubebuilder:validation:Enum=online;offline
	AccessType string `json:"accessType,omitempty"`

	// hostedDomain of google lets in only users of this Workspace domain, or with * those of any Workspace domain.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([*]|[a-z0-9]([a-z0-9.-]*[a-z0-9])?)$')`,message="write hostedDomain as a lower-case domain, such as example.com, or as *"
	HostedDomain string `json:"hostedDomain,omitempty"`

	// tenantID of microsoft: an id or a domain, common, organizations or consumers. Default: common.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$')`,message="write tenantID as an id or a domain, such as common or contoso.onmicrosoft.com"
	TenantID string `json:"tenantID,omitempty"`

	// teamID of apple's developer account.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[A-Z0-9]{10}$')`,message="write teamID and keyID as Apple shows them: ten upper-case letters and digits, such as ABCDE12345"
	TeamID string `json:"teamID,omitempty"`

	// keyID of the private key in clientSecretRef, for apple.
	// +optional
	// +kubebuilder:validation:MaxLength=32
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[A-Z0-9]{10}$')`,message="write teamID and keyID as Apple shows them: ten upper-case letters and digits, such as ABCDE12345"
	KeyID string `json:"keyID,omitempty"`

	// endpoints replace those that are known or discovered, for an enterprise server or a proxy.
	// +optional
	Endpoints ProviderEndpoints `json:"endpoints,omitempty,omitzero"`
}

// ProviderEndpoints are URLs of a provider.
type ProviderEndpoints struct {
	// authorization is where users sign in.
	// +optional
	Authorization HTTPSURL `json:"authorization,omitempty"`

	// token is where the service gets tokens.
	// +optional
	Token HTTPSURL `json:"token,omitempty"`

	// userInfo is where the service asks who the user is.
	// +optional
	UserInfo HTTPSURL `json:"userInfo,omitempty"`

	// jwks are the keys that the provider signs with.
	// +optional
	JWKS HTTPSURL `json:"jwks,omitempty"`
}
