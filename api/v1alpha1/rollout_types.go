package v1alpha1

// RolloutSpec says what a new version has to show before it takes over.
type RolloutSpec struct {
	// canary signs a reserved user up, in and out and deletes it: before pods that serve are replaced, with the new image and
	// configuration in a pod of its own, and after, through the Service. Where it fails before, the old pods go on.
	// +optional
	// +kubebuilder:default=true
	Canary *bool `json:"canary,omitempty"`
}
