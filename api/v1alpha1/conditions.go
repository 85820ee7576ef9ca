package v1alpha1

// Types of conditions. All are positive but Reconciling and Stalled, which are there only while they are true.
const (
	// ConditionReady sums up the others: clients can use the service as the spec describes it.
	ConditionReady = "Ready"
	// ConditionSecretsReady: the Secrets and ConfigMaps that pods mount exist.
	ConditionSecretsReady = "SecretsReady"
	// ConditionDatabaseReachable: the last migration could connect and sign in.
	ConditionDatabaseReachable = "DatabaseReachable"
	// ConditionSchemaMigrated: the database has the schema of this generation.
	ConditionSchemaMigrated = "SchemaMigrated"
	// ConditionAvailable: all replicas of this generation take requests.
	ConditionAvailable = "Available"
	// ConditionReconciling (kstatus): the operator is at work.
	ConditionReconciling = "Reconciling"
	// ConditionStalled (kstatus): nothing moves until somebody acts on the message.
	ConditionStalled = "Stalled"
)

// Reasons of conditions. The reasons of a failed migration are those of the auth server's migration report.
const (
	ReasonReady                  = "Ready"
	ReasonPending                = "Pending"
	ReasonSecretsReady           = "SecretsReady"
	ReasonDatabaseSecretNotFound = "DatabaseSecretNotFound"
	ReasonSecretNotFound         = "SecretNotFound"
	ReasonConfigMapNotFound      = "ConfigMapNotFound"
	ReasonGeneratedSecretLost    = "GeneratedSecretLost"
	ReasonGeneratedSecretInvalid = "GeneratedSecretInvalid"
	ReasonMigrating              = "Migrating"
	ReasonMigrated               = "Migrated"
	ReasonReachable              = "Reachable"
	ReasonRollingOut             = "RollingOut"
	ReasonRolloutFailed          = "RolloutFailed"
	ReasonAvailable              = "Available"
	ReasonScaledToZero           = "ScaledToZero"
	ReasonUnavailable            = "Unavailable"
	ReasonPodNotStarting         = "PodNotStarting"
	ReasonMigrationFailed        = "MigrationFailed"
	ReasonRetrying               = "Retrying"
	ReasonTemplateInvalid        = "TemplateInvalid"
	ReasonNameConflict           = "NameConflict"
)

// AnnotationAcceptNewSecrets on an AuthService accepts that a lost generated secret is replaced by a new one,
// which ends all sessions. Its value is the fingerprint of the lost key, as the condition shows it.
const AnnotationAcceptNewSecrets = "gatehouse.dev/accept-new-secrets"
