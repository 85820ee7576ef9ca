// Package v1alpha1 is the gatehouse.dev/v1alpha1 API: the AuthService, what it accepts and what it reports.
// One file per section of the spec; conditions.go holds every condition and reason. Validation is in the
// markers and CEL rules of the types, so that the API server itself refuses what cannot work.
// It owns no behaviour and imports nothing of the project.
//
// +kubebuilder:object:generate=true
// +groupName=gatehouse.dev
package v1alpha1
