package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// SecretsSpec is about the keys that sign cookies and tokens and encrypt what the database keeps.
//
// +kubebuilder:validation:XValidation:rule=`!has(self.secretRef) || !has(self.rotation)`,message="remove rotation, or secretRef: keys of a secret of your own are rotated by editing it",fieldPath=".rotation"
type SecretsSpec struct {
	// secretRef names a secret of your own with BETTER_AUTH_SECRET (or BETTER_AUTH_SECRETS, newest first: 2:<new>,1:<old>)
	// and JWT_SECRET, each of at least 32 characters. A change rolls the pods. The operator never reads it, so before you name
	// another secret, copy the keys into it, or everybody has to sign in again. Default: the secret <name>-secrets, which is
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
	// interval is the age at which the key of cookies is replaced. While 16 keys are still in use, the next waits for the
	// oldest. JWT_SECRET stays, because back ends have it too. Default: never.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1h') && duration(self) <= duration('87600h')`,message="write interval in hours, minutes and seconds, at least 1h and at most 87600h, such as 2160h"
	Interval *metav1.Duration `json:"interval,omitempty"`

	// trigger replaces the key now, once for each new text, such as a date.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Trigger string `json:"trigger,omitempty"`

	// revoke is for keys that leaked: each new text, such as a date, replaces all of them at once, that of JWT_SECRET included.
	// Everybody has to sign in again, what old keys encrypted is lost, and all replicas are replaced together, which takes the
	// service away for some seconds. In a new AuthService it does nothing, and while suspend is set it
	// waits.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	Revoke string `json:"revoke,omitempty"`
}
