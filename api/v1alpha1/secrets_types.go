package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// SecretsSpec is about the keys that sign cookies and tokens and encrypt what the database keeps.
type SecretsSpec struct {
	// secretRef names a secret of your own with BETTER_AUTH_SECRET (or BETTER_AUTH_SECRETS, newest first: 2:<new>,1:<old>)
	// and JWT_SECRET, each of at least 32 characters. A change rolls the pods. Default: the secret <name>-secrets, which is
	// generated once and then kept.
	// +optional
	SecretRef *SecretReference `json:"secretRef,omitempty"`

	// rotation replaces the generated key of cookies, without signing anybody out: a new key is known to all replicas before
	// it signs, and the old one verifies until the last cookie that it signed has expired.
	// +optional
	Rotation KeyRotationSpec `json:"rotation,omitempty,omitzero"`
}

// KeyRotationSpec says when keys are replaced.
type KeyRotationSpec struct {
	// interval is the age at which a key is replaced. Default: never.
	// +optional
	Interval *metav1.Duration `json:"interval,omitempty"`

	// trigger replaces the key now, once for each new text, such as a date.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Trigger string `json:"trigger,omitempty"`

	// revoke is for keys that leaked: each new text, such as a date, replaces all of them at once, that of JWT_SECRET included.
	// Everybody has to sign in again, and what old keys encrypted is lost.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Revoke string `json:"revoke,omitempty"`
}
