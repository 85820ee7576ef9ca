package v1alpha1

// StateStorage is where a sign-in is remembered while the user is at the provider.
//
// +kubebuilder:validation:Enum=Database;Cookie
type StateStorage string

// AccountSpec is about the accounts of users at social providers.
type AccountSpec struct {
	// encryptOAuthTokens stores the access and refresh tokens of providers encrypted. Those that are there already stay
	// readable.
	// +optional
	EncryptOAuthTokens bool `json:"encryptOAuthTokens,omitempty"`

	// storeStateStrategy is where a sign-in is remembered while the user is at the provider: Database (or Redis, when that
	// stores the sessions), or Cookie, an encrypted one. Default: Database, or Cookie with session.storage Stateless.
	// +optional
	StoreStateStrategy StateStorage `json:"storeStateStrategy,omitempty"`

	// storeAccountCookie keeps the tokens of the provider in an encrypted cookie too.
	// +optional
	StoreAccountCookie bool `json:"storeAccountCookie,omitempty"`

	// updateOnSignIn stores the new tokens at each sign-in. Default: true.
	// +optional
	UpdateOnSignIn *bool `json:"updateOnSignIn,omitempty"`

	// linking says which accounts become ways to sign in of one user.
	// +optional
	Linking AccountLinkingSpec `json:"linking,omitempty,omitzero"`
}

// AccountLinkingSpec says which accounts become ways to sign in of one user.
type AccountLinkingSpec struct {
	// enabled links an account to the user with the same address, when both are verified, and lets signed-in users link
	// accounts. Default: true.
	// +optional
	Enabled *bool `json:"enabled,omitempty"`

	// trustedProviders are ids of socialProviders that are believed about addresses which they did not verify.
	// Whoever can choose an address there takes over the user who has it here.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=32
	// +kubebuilder:validation:items:MaxLength=63
	TrustedProviders []string `json:"trustedProviders,omitempty"`

	// allowDifferentEmails lets a signed-in user link an account with another address.
	// +optional
	AllowDifferentEmails bool `json:"allowDifferentEmails,omitempty"`

	// allowUnlinkingAll lets users unlink their last account, after which they cannot sign in any more.
	// +optional
	AllowUnlinkingAll bool `json:"allowUnlinkingAll,omitempty"`

	// updateUserInfoOnLink takes name and image from a linked account.
	// +optional
	UpdateUserInfoOnLink bool `json:"updateUserInfoOnLink,omitempty"`
}
