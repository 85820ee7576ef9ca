package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// JWTSpec is about the HS256 tokens of GET /jwt, signed with JWT_SECRET of the generated secret.
type JWTSpec struct {
	// ttl is the life of a token, such as 168h or 15m. A token cannot be revoked before its end.
	// +optional
	// +kubebuilder:default="168h"
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('87600h')`,message="write ttl in hours, minutes and seconds, at least 1s and at most 87600h, such as 168h"
	TTL *metav1.Duration `json:"ttl,omitempty"`

	// issuer is the iss claim, which verifiers compare.
	// +optional
	// +kubebuilder:default=better-auth
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`!self.matches('[[:cntrl:]]')`,message="remove the control characters, such as line breaks and tabs"
	Issuer string `json:"issuer,omitempty"`

	// audience is the aud claim. Default: no such claim.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`!self.matches('[[:cntrl:]]')`,message="remove the control characters, such as line breaks and tabs"
	Audience string `json:"audience,omitempty"`
}
