package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// JWTSpec is about the HS256 tokens of GET /jwt, signed with JWT_SECRET of the generated secret.
type JWTSpec struct {
	// ttl is the life of a token.
	// +optional
	// +kubebuilder:default="168h"
	TTL *metav1.Duration `json:"ttl,omitempty"`

	// issuer is the iss claim.
	// +optional
	// +kubebuilder:default=better-auth
	// +kubebuilder:validation:MaxLength=256
	Issuer string `json:"issuer,omitempty"`

	// audience is the aud claim. Default: no such claim.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	Audience string `json:"audience,omitempty"`
}
