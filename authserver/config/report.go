package config

// MigrationReport is what a migration leaves behind as one line of JSON in its termination message
// (/dev/termination-log in a pod). The operator shows it in conditions, so it never holds a secret.
type MigrationReport struct {
	Reason MigrationReason `json:"reason"`
	// Message is one line that names the cause and the fix.
	Message string `json:"message,omitempty"`
	// SchemaHash identifies the desired schema, in hex; set when Reason is Migrated.
	SchemaHash string `json:"schemaHash,omitempty"`
	// Statements is the number of statements that were applied.
	Statements int `json:"statements,omitempty"`
}

// StartReport is what a server that cannot start leaves behind likewise.
type StartReport struct {
	// StartFailure is one line that names the cause and the fix.
	StartFailure string `json:"startFailure"`
}

// MigrationReason says how a migration ended; each is also the reason of a condition.
type MigrationReason string

// The ways in which a migration ends.
const (
	Migrated                     MigrationReason = "Migrated"
	InvalidConfiguration         MigrationReason = "InvalidConfiguration"
	DatabaseSecretMalformed      MigrationReason = "DatabaseSecretMalformed"
	DatabaseUnreachable          MigrationReason = "DatabaseUnreachable"
	DatabaseAuthenticationFailed MigrationReason = "DatabaseAuthenticationFailed"
	DatabasePermissionDenied     MigrationReason = "DatabasePermissionDenied"
	MigrationRefused             MigrationReason = "MigrationRefused"
	MigrationFailed              MigrationReason = "MigrationFailed"
)
