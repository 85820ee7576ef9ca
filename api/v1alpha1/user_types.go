package v1alpha1

// UserSpec says what users may do with themselves.
type UserSpec struct {
	// deleteUser is about users who delete themselves.
	// +optional
	DeleteUser DeleteUserSpec `json:"deleteUser,omitempty,omitzero"`
}

// DeleteUserSpec is about users who delete themselves.
type DeleteUserSpec struct {
	// enabled lets users delete themselves, with their password or soon after they signed in (session.freshAge).
	// +optional
	Enabled bool `json:"enabled,omitempty"`
}
