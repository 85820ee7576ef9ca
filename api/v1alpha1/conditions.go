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
	// ConditionAvailable: all replicas of this generation take requests, and the canary has passed through the Service.
	ConditionAvailable = "Available"
	// ConditionExposed: the objects of ingress and httpRoute exist, and no Gateway refuses the route. It is there only with
	// one of these sections.
	ConditionExposed = "Exposed"
	// ConditionMonitored: the objects of monitoring exist. It is there only with them; Ready does not depend on it.
	ConditionMonitored = "Monitored"
	// ConditionBrowserTopology: browsers send the cookies from the pages of every allowed origin. Ready does not depend on it.
	ConditionBrowserTopology = "BrowserTopology"
	// ConditionClientIPResolvable: the rate limit sees the addresses of clients behind ingress or httpRoute. Ready does not
	// depend on it.
	ConditionClientIPResolvable = "ClientIPResolvable"
	// ConditionReconciling (kstatus): the operator is at work.
	ConditionReconciling = "Reconciling"
	// ConditionStalled (kstatus): nothing moves until somebody acts on the message.
	ConditionStalled = "Stalled"
)

// Reasons of conditions. Suspended is of Available and Ready: it makes them Unknown while spec.suspend holds a change back,
// because nobody can say that the service is as its spec says; Reconciling is not there, as nobody is at work, and Stalled
// neither, as somebody wants it so. Tools that wait for a rollout thus wait on. The reasons of a failed migration are those of the auth server's migration report.
const (
	ReasonReady                  = "Ready"
	ReasonPending                = "Pending"
	ReasonSecretsReady           = "SecretsReady"
	ReasonDatabaseSecretNotFound = "DatabaseSecretNotFound"
	ReasonSecretNotFound         = "SecretNotFound"
	ReasonConfigMapNotFound      = "ConfigMapNotFound"
	ReasonGeneratedSecretLost    = "GeneratedSecretLost"
	ReasonGeneratedSecretInvalid = "GeneratedSecretInvalid"
	ReasonKeysWouldChange        = "KeysWouldChange"
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
	ReasonSuspended              = "Suspended"
	ReasonPlanning               = "Planning"
	ReasonApprovalNeeded         = "ApprovalNeeded"
	ReasonCanaryRunning          = "CanaryRunning"
	ReasonCanaryFailed           = "CanaryFailed"
	ReasonRotating               = "Rotating"
	ReasonExposed                = "Exposed"
	ReasonRouteRefused           = "RouteRefused"
	ReasonMonitored              = "Monitored"
	ReasonCRDNotFound            = "CRDNotFound"
	ReasonSameSite               = "SameSite"
	ReasonCrossSite              = "CrossSite"
	ReasonCookiesRefused         = "CookiesRefused"
	ReasonResolvable             = "Resolvable"
	ReasonUnresolvable           = "Unresolvable"
)

// AnnotationAcceptNewSecrets on an AuthService accepts that a lost generated secret is replaced by a new one,
// which ends all sessions. Its value is the fingerprint of the lost key, as the condition shows it.
const AnnotationAcceptNewSecrets = "gatehouse.dev/accept-new-secrets"

// AnnotationApprovePlan on an AuthService approves the plan with this hash, for migration.policy Approve.
const AnnotationApprovePlan = "gatehouse.dev/approve-plan"

// AnnotationRotate on an AuthService does what spec.secrets.rotation.trigger does, and AnnotationRevoke what revoke does,
// for those whose specs are in Git: each new value counts once.
const (
	AnnotationRotate = "gatehouse.dev/rotate"
	AnnotationRevoke = "gatehouse.dev/revoke-keys"
)
