package v1alpha1

// SecretReference names a secret in the namespace of the AuthService.
type SecretReference struct {
	// name of the secret.
	// +required
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",message="name an existing secret: lower-case letters, digits, dashes and dots"
	Name string `json:"name"`
}

// SecretKeyReference names a key of a secret in the namespace of the AuthService.
type SecretKeyReference struct {
	SecretReference `json:",inline"`

	// key of the secret that holds the value.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._A-Za-z0-9]+$') && self != '.' && !self.startsWith('..')",message="name a key of the secret or ConfigMap: letters, digits, dashes, underscores and dots"
	Key string `json:"key,omitempty"`
}

// ConfigMapReference names a ConfigMap in the namespace of the AuthService.
type ConfigMapReference struct {
	// name of the ConfigMap.
	// +required
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",message="name an existing ConfigMap: lower-case letters, digits, dashes and dots"
	Name string `json:"name"`
}

// ConfigMapKeyReference names a key of a ConfigMap in the namespace of the AuthService.
type ConfigMapKeyReference struct {
	ConfigMapReference `json:",inline"`

	// key of the ConfigMap that holds the value.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._A-Za-z0-9]+$') && self != '.' && !self.startsWith('..')",message="name a key of the secret or ConfigMap: letters, digits, dashes, underscores and dots"
	Key string `json:"key,omitempty"`
}
