package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// UserSpec says what users may do with themselves.
type UserSpec struct {
	// changeEmail is about users who change their address.
	// +optional
	ChangeEmail ChangeEmailSpec `json:"changeEmail,omitempty,omitzero"`

	// deleteUser is about users who delete themselves.
	// +optional
	DeleteUser DeleteUserSpec `json:"deleteUser,omitempty,omitzero"`
}

// ChangeEmailSpec is about users who change their address. A link in a mail to the new address makes the change.
type ChangeEmailSpec struct {
	// enabled lets users change their address.
	// +optional
	Enabled bool `json:"enabled,omitempty"`

	// confirmCurrent asks the owner of the old address first, by a link in a mail, if that one is verified.
	// +optional
	ConfirmCurrent bool `json:"confirmCurrent,omitempty"`

	// updateWithoutVerification changes an address that was never verified at once.
	// +optional
	UpdateWithoutVerification bool `json:"updateWithoutVerification,omitempty"`
}

// DeleteUserSpec is about users who delete themselves.
type DeleteUserSpec struct {
	// enabled lets users delete themselves, with their password or soon after they signed in (session.freshAge).
	// +optional
	Enabled bool `json:"enabled,omitempty"`

	// sendVerification asks by a link in a mail before.
	// +optional
	SendVerification bool `json:"sendVerification,omitempty"`

	// tokenTTL is the life of the link. Default: 24h.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('87600h')`,message="write the life of the link in hours, minutes and seconds, at least 1s and at most 87600h, such as 1h"
	TokenTTL *metav1.Duration `json:"tokenTTL,omitempty"`
}
