package v1alpha1

// EmailAndPasswordSpec is sign-up and sign-in with a password.
//
// +kubebuilder:validation:XValidation:rule="!has(self.minPasswordLength) || !has(self.maxPasswordLength) || self.minPasswordLength <= self.maxPasswordLength",message="make minPasswordLength at most maxPasswordLength: no password could have both",fieldPath=".minPasswordLength"
type EmailAndPasswordSpec struct {
	// enabled lets users sign in with a password.
	// +optional
	// +kubebuilder:default=true
	Enabled *bool `json:"enabled,omitempty"`

	// disableSignUp refuses new users; those who exist still sign in.
	// +optional
	DisableSignUp bool `json:"disableSignUp,omitempty"`

	// autoSignIn begins a session at sign-up.
	// +optional
	// +kubebuilder:default=true
	AutoSignIn *bool `json:"autoSignIn,omitempty"`

	// minPasswordLength in UTF-16 code units, as browsers count. It is asked of new passwords only.
	// +optional
	// +kubebuilder:default=8
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1024
	MinPasswordLength int32 `json:"minPasswordLength,omitempty"`

	// maxPasswordLength in UTF-16 code units. Lowering it keeps out the users whose password is longer.
	// +optional
	// +kubebuilder:default=128
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1024
	MaxPasswordLength int32 `json:"maxPasswordLength,omitempty"`
}
