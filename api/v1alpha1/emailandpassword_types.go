package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// PasswordHash is the form of password hashes.
//
// +kubebuilder:validation:Enum=Scrypt;Argon2id
type PasswordHash string

// The forms of password hashes.
const (
	// HashScrypt is the form of Better-Auth.
	HashScrypt PasswordHash = "Scrypt"
	// HashArgon2id takes 19 MiB, 2 passes and one lane.
	HashArgon2id PasswordHash = "Argon2id"
)

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

	// hash is the form of new password hashes: Scrypt, as in Better-Auth, or Argon2id (m=19456 KiB, t=2, p=1, as a PHC
	// string). Users with a hash of the other form sign in as before, and get one of this form when they do. Better-Auth in
	// TypeScript verifies Scrypt only, unless it is given a verify function: with Argon2id it refuses the passwords of users
	// who signed up or signed in here. Back to Scrypt, they are hashed anew at the next sign-in. Default: Scrypt.
	// +optional
	Hash PasswordHash `json:"hash,omitempty"`

	// requireEmailVerification lets nobody sign in before the address is verified by a link in a mail. Users who exist
	// already and were never verified are asked too.
	// +optional
	RequireEmailVerification bool `json:"requireEmailVerification,omitempty"`

	// resetPasswordTokenTTL is the life of a link that resets a password. Default: 1h.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('87600h')`,message="write the life of the link in hours, minutes and seconds, at least 1s and at most 87600h, such as 1h"
	ResetPasswordTokenTTL *metav1.Duration `json:"resetPasswordTokenTTL,omitempty"`

	// revokeSessionsOnPasswordReset ends all sessions of a user who resets the password.
	// +optional
	RevokeSessionsOnPasswordReset bool `json:"revokeSessionsOnPasswordReset,omitempty"`
}
