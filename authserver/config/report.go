package config

import "strings"

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
	// Plan is what was applied, or with Reason Planned or PlanChanged what would be; packed by PackPlan.
	Plan string `json:"plan,omitempty"`
}

// MigrationPlan is a plan as a report has it.
type MigrationPlan struct {
	// Hash is of the statements: 16 hexadecimal digits.
	Hash string `json:"hash"`
	// Count is the number of all statements; Statements are those of them that fit.
	Count      int                `json:"count"`
	Statements []PlannedStatement `json:"statements,omitempty"`
	Notes      []string           `json:"notes,omitempty"`
}

// PlannedStatement is one step of a plan.
type PlannedStatement struct {
	Reason string `json:"reason"`
	// Lock that it takes, and on which table; empty for new objects.
	Lock string `json:"lock,omitempty"`
	SQL  string `json:"sql,omitempty"`
}

// CanaryReport is what a canary leaves behind likewise.
type CanaryReport struct {
	// Canary is Passed or Failed.
	Canary CanaryResult `json:"canary"`
	// Message is one line that names the step that failed, the cause and the fix.
	Message string `json:"message,omitempty"`
	// ClientIP says whether the server could tell the address of a client behind the public URL: Resolvable or Unresolvable;
	// empty when that was not asked, or could not be found out.
	ClientIP        string `json:"clientIP,omitempty"`
	ClientIPMessage string `json:"clientIPMessage,omitempty"`
}

// CanaryResult says how a canary ended.
type CanaryResult string

// The ways in which a canary ends.
const (
	CanaryPassed CanaryResult = "Passed"
	CanaryFailed CanaryResult = "Failed"
)

// Values of CanaryReport.ClientIP.
const (
	ClientIPResolvable   = "Resolvable"
	ClientIPUnresolvable = "Unresolvable"
)

// RekeyReport is what `authserver rekey` leaves behind likewise.
type RekeyReport struct {
	// Rekeyed is set when it ran to its end: everything that any key encrypted was encrypted anew by the newest.
	Rekeyed bool `json:"rekeyed"`
	// Message is one line that names the cause and the fix when it did not, or counts what none of the keys decrypts.
	Message string `json:"message,omitempty"`
	// Values is the number of values that were encrypted anew.
	Values int `json:"values,omitempty"`
	// Remaining counts what each older version of the key still encrypts, by version, then by kind, such as
	// {"1": {"waiting mails": 2}}.
	Remaining map[string]map[string]int `json:"remaining,omitempty"`
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
	// Planned: the plan was made and nothing changed, as was asked.
	Planned MigrationReason = "Planned"
	// PlanChanged: the plan that was approved is no longer the one that is needed; nothing changed.
	PlanChanged MigrationReason = "PlanChanged"
	// DatabaseTLSFailed: the server has no TLS, or a certificate that is not accepted.
	DatabaseTLSFailed MigrationReason = "DatabaseTLSFailed"
	// DatabasePoolerUnsupported: a pooler in transaction mode is in between, and the configuration does not say so, or names
	// no direct connection.
	DatabasePoolerUnsupported MigrationReason = "DatabasePoolerUnsupported"
)

// maxMessage keeps a report without a plan within the 4096 bytes that Kubernetes reads of it, whatever JSON escapes.
const maxMessage = 600

// OneLine makes a text fit for the message of a report: one line of a bounded length.
func OneLine(text string) string {
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == '\r' }), "; ")
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}
