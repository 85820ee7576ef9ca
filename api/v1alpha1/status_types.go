package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// AuthServiceStatus is what was observed of an auth service.
type AuthServiceStatus struct {
	// observedGeneration is the generation of the spec that this status is about.
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions, each with a message that names the cause and the fix. Ready sums up SecretsReady (the Secrets and
	// ConfigMaps that pods mount exist), DatabaseReachable (the last migration could sign in), SchemaMigrated (the database has the
	// schema of this generation), Available (all replicas of this generation take requests, and the canary could sign in) and,
	// with ingress or httpRoute, Exposed (they are there). Monitored, BrowserTopology and ClientIPResolvable warn. Reconciling
	// is there while the operator is at work, Stalled while nothing moves until somebody acts on the message. While nothing is
	// decided, steps and counts of replicas are told at most every 10 seconds; a problem and the end are told at once.
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

	// keys that sign cookies and tokens, newest first. A generated key is never replaced while it is listed here, but by a
	// rotation. Those of a secret of your own are not listed: nobody else reads them.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +listMapKey=version
	Keys []KeyStatus `json:"keys,omitempty"`

	// binding is what applications are bound with: servicebinding.io's Provisioned Service.
	// +optional
	Binding *BindingStatus `json:"binding,omitempty"`
}

// SchemaStatus is about the database schema.
type SchemaStatus struct {
	// hash of the schema that the last migration made.
	// +optional
	Hash string `json:"hash,omitempty"`

	// plan is what the last migration did, or with migration.policy Approve would do.
	// +optional
	Plan *MigrationPlan `json:"plan,omitempty"`
}

// MigrationPlan is what a migration does to the database.
type MigrationPlan struct {
	// hash identifies the plan; the annotation gatehouse.dev/approve-plan approves it.
	// +required
	Hash string `json:"hash"`

	// state is Proposed while it waits for an approval, then Approved, then Applied.
	// +required
	// +kubebuilder:validation:Enum=Proposed;Approved;Applied
	State PlanState `json:"state"`

	// count of all statements; those that do not fit are in the log of the Job.
	// +optional
	Count int32 `json:"count,omitempty"`

	// statements in their order.
	// +optional
	// +listType=atomic
	Statements []PlannedStatement `json:"statements,omitempty"`

	// notes tell what is left as it is, and why.
	// +optional
	// +listType=atomic
	Notes []string `json:"notes,omitempty"`
}

// PlanState is how far a plan has come.
type PlanState string

// The states of plans.
const (
	PlanProposed PlanState = "Proposed"
	PlanApproved PlanState = "Approved"
	PlanApplied  PlanState = "Applied"
)

// PlannedStatement is one step of a plan.
type PlannedStatement struct {
	// reason says what it is for.
	// +required
	Reason string `json:"reason"`
	// lock that it takes, as PostgreSQL calls it, and on which table; empty for new objects.
	// +optional
	Lock string `json:"lock,omitempty"`
	// sql is the statement.
	// +optional
	SQL string `json:"sql,omitempty"`
}

// KeyStatus identifies a key without revealing it.
type KeyStatus struct {
	// name of the key: BETTER_AUTH_SECRET or JWT_SECRET.
	// +required
	Name string `json:"name"`
	// version of the key in BETTER_AUTH_SECRETS; 0 for JWT_SECRET, -1 for a BETTER_AUTH_SECRET that has none.
	// +optional
	// +kubebuilder:default=0
	Version int32 `json:"version"`
	// fingerprint: the first 16 hexadecimal digits of the SHA-256 of the key.
	// +required
	Fingerprint string `json:"fingerprint"`
	// state is Published while replicas learn to verify with the key, then Active while it signs, then Retiring while it only
	// verifies and decrypts.
	// +optional
	// +kubebuilder:validation:Enum=Published;Active;Retiring
	State KeyState `json:"state,omitempty"`
	// createdAt is when the key was generated.
	// +optional
	CreatedAt metav1.Time `json:"createdAt,omitempty,omitzero"`
	// activeSince is when it began to sign.
	// +optional
	ActiveSince *metav1.Time `json:"activeSince,omitempty"`
	// retiresAt is when nothing that users hold depends on it any more. What the database keeps is then encrypted anew, and
	// the key removed.
	// +optional
	RetiresAt *metav1.Time `json:"retiresAt,omitempty"`
	// dependents are what would be lost with the key, such as "cookies and links until 2026-12-07T12:00:00Z" or "2 waiting mails".
	// +optional
	// +listType=atomic
	Dependents []string `json:"dependents,omitempty"`
}

// KeyState is what a key is used for.
type KeyState string

// The states of keys.
const (
	KeyPublished KeyState = "Published"
	KeyActive    KeyState = "Active"
	KeyRetiring  KeyState = "Retiring"
)

// BindingStatus names the secret that applications are bound with.
type BindingStatus struct {
	// name of the secret: type, provider, uri, internal-uri, host, port, issuer, jwks-uri, cookie-prefix, and where JWT_SECRET
	// is.
	// +required
	Name string `json:"name"`
}
