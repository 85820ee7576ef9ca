package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// FeaturesSpec are the plugins of Better-Auth. One that is not named is off; {} turns it on with its defaults.
type FeaturesSpec struct {
	// bearer accepts session tokens in the header Authorization: Bearer, for clients without cookies, and shows the token
	// of a new session in the header set-auth-token.
	// +optional
	Bearer *BearerFeature `json:"bearer,omitempty"`

	// jwt signs tokens at GET /token that other services verify with the public keys of GET /jwks. (The section jwt of the
	// spec is about GET /jwt, whose tokens are verified with a shared secret.)
	// +optional
	JWT *JWTFeature `json:"jwt,omitempty"`

	// openAPI describes the endpoints at GET /open-api/generate-schema, with a page for people at GET /reference.
	// +optional
	OpenAPI *OpenAPIFeature `json:"openAPI,omitempty"`
}

// BearerFeature accepts session tokens in the Authorization header.
type BearerFeature struct {
	// requireSignature refuses bare tokens, without the signature of the service.
	// +optional
	RequireSignature bool `json:"requireSignature,omitempty"`
}

// JWTAlgorithm is an algorithm that signs tokens.
//
// +kubebuilder:validation:Enum=EdDSA;ES256;RS256
type JWTAlgorithm string

// JWTFeature is about the tokens of GET /token. The keys are in the database, private ones encrypted. A key is published
// for publishAhead, then signs for rotationInterval, then stays published for gracePeriod.
//
// +kubebuilder:validation:XValidation:rule=`![self.?ttl.orValue('15m'), self.?publishAhead.orValue('1h'), self.?gracePeriod.orValue('720h')].all(d, d.matches('^([0-9]{1,5}[hms]){1,3}$')) || duration(self.?gracePeriod.orValue('720h')) >= duration(self.?ttl.orValue('15m')) + duration(self.?publishAhead.orValue('1h'))`,message="make gracePeriod at least ttl and publishAhead together: until then somebody may hold a token of the key",fieldPath=".gracePeriod"
// +kubebuilder:validation:XValidation:rule=`!has(self.rotationInterval) || ![self.rotationInterval, self.?publishAhead.orValue('1h')].all(d, d.matches('^([0-9]{1,5}[hms]){1,3}$')) || duration(self.rotationInterval) >= duration(self.?publishAhead.orValue('1h'))`,message="make rotationInterval at least publishAhead: the next key is published while this one signs",fieldPath=".rotationInterval"
// +kubebuilder:validation:XValidation:rule=`!has(self.rotationInterval) || ![self.rotationInterval, self.?gracePeriod.orValue('720h')].all(d, d.matches('^([0-9]{1,5}[hms]){1,3}$')) || duration(self.rotationInterval).getSeconds() * 100 >= duration(self.?gracePeriod.orValue('720h')).getSeconds()`,message="make rotationInterval at least a hundredth of gracePeriod: verifiers read all keys that are published",fieldPath=".rotationInterval"
type JWTFeature struct {
	// algorithm of the keys; a change makes a new key, as a rotation does. Default: EdDSA.
	// +optional
	Algorithm JWTAlgorithm `json:"algorithm,omitempty"`

	// ttl is the life of a token. A token cannot be revoked before its end. Default: 15m.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('87600h')`,message="write ttl in hours, minutes and seconds, at least 1s and at most 87600h, such as 15m"
	TTL *metav1.Duration `json:"ttl,omitempty"`

	// issuer is the iss claim, which verifiers compare. Default: baseURL.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`!self.matches('[[:cntrl:]]')`,message="remove the control characters, such as line breaks and tabs"
	Issuer string `json:"issuer,omitempty"`

	// audience is the aud claim, which verifiers compare. Default: baseURL.
	// +optional
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`!self.matches('[[:cntrl:]]')`,message="remove the control characters, such as line breaks and tabs"
	Audience string `json:"audience,omitempty"`

	// rotationInterval is how long a key signs before the next one does. Default: for ever.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('87600h')`,message="write rotationInterval in hours, minutes and seconds, at least 1s and at most 87600h, such as 720h"
	RotationInterval *metav1.Duration `json:"rotationInterval,omitempty"`

	// publishAhead is how long the next key is published before it signs; verifiers may cache GET /jwks for half of it, at
	// most for 5m. Default: 1h.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('87600h')`,message="write publishAhead in hours, minutes and seconds, at least 1s and at most 87600h, such as 1h"
	PublishAhead *metav1.Duration `json:"publishAhead,omitempty"`

	// gracePeriod is how long a key stays published after rotationInterval, so that its tokens can be verified.
	// Default: 720h.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('87600h')`,message="write gracePeriod in hours, minutes and seconds, at least 1s and at most 87600h, such as 720h"
	GracePeriod *metav1.Duration `json:"gracePeriod,omitempty"`

	// disableSettingHeader keeps tokens out of the answers of GET /get-session, which have one in the header set-auth-jwt.
	// +optional
	DisableSettingHeader bool `json:"disableSettingHeader,omitempty"`
}

// OpenAPIFeature describes the endpoints.
type OpenAPIFeature struct {
	// disableReferencePage leaves out the page for people.
	// +optional
	DisableReferencePage bool `json:"disableReferencePage,omitempty"`
}
