package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// MigrationSpec says how the database is brought to the schema of the spec.
type MigrationSpec struct {
	// policy is Auto, or Approve: status.schema.plan then shows what a migration would do, and it runs when the annotation
	// gatehouse.dev/approve-plan has the hash of that plan (kubectl gatehouse approve). A plan without statements needs no
	// approval. Until then, running pods keep their configuration.
	// +optional
	// +kubebuilder:default=Auto
	// +kubebuilder:validation:Enum=Auto;Approve
	Policy MigrationPolicy `json:"policy,omitempty"`

	// lockTimeout bounds how long a statement may make requests wait while it waits for its lock; it is tried again some seconds
	// later. Default 2s.
	// +optional
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}(ms|s|m)){1,3}$') && duration(self) >= duration('100ms') && duration(self) <= duration('1m')`,message="write lockTimeout in minutes, seconds and milliseconds, at least 100ms and at most 1m, such as 500ms"
	LockTimeout *metav1.Duration `json:"lockTimeout,omitempty"`
}

// MigrationPolicy says who decides that a migration runs.
type MigrationPolicy string

// The policies of migrations.
const (
	MigrationAuto    MigrationPolicy = "Auto"
	MigrationApprove MigrationPolicy = "Approve"
)
