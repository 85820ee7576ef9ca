package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// AuthServiceStatus is what was observed of an auth service.
type AuthServiceStatus struct {
	// observedGeneration is the generation of the spec that this status is about.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions, each with a message that names the cause and the fix. Ready sums up SecretsReady (the Secrets and
	// ConfigMaps that pods mount exist), DatabaseReachable (the last migration could sign in), SchemaMigrated (the database has the
	// schema of this generation) and Available (all replicas of this generation take requests). Reconciling is there
	// while the operator is at work, Stalled while nothing moves until somebody acts on the message.
	// +optional
	// +listType=map
	// +listMapKey=type
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// url under which clients reach the service.
	// +optional
	URL string `json:"url,omitempty"`

	// replicas that exist.
	// +optional
	Replicas int32 `json:"replicas,omitempty"`

	// readyReplicas take requests.
	// +optional
	ReadyReplicas int32 `json:"readyReplicas,omitempty"`

	// selector of the pods, for the scale subresource.
	// +optional
	Selector string `json:"selector,omitempty"`

	// schema of the database.
	// +optional
	Schema SchemaStatus `json:"schema,omitempty,omitzero"`

	// keys that sign cookies and tokens, newest first. A generated key is never replaced while it is listed here.
	// +optional
	// +listType=map
	// +listMapKey=name
	Keys []KeyStatus `json:"keys,omitempty"`
}

// SchemaStatus is about the database schema.
type SchemaStatus struct {
	// hash of the schema that the last migration made.
	// +optional
	Hash string `json:"hash,omitempty"`
}

// KeyStatus identifies a key without revealing it.
type KeyStatus struct {
	// name of the key in the generated secret.
	// +required
	Name string `json:"name"`
	// fingerprint: the first 16 hexadecimal digits of the SHA-256 of the key.
	// +required
	Fingerprint string `json:"fingerprint"`
	// createdAt is when the key was generated.
	// +optional
	CreatedAt metav1.Time `json:"createdAt,omitempty,omitzero"`
}
