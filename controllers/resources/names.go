package resources

import "github.com/gatehouse-auth/gatehouse/api/v1alpha1"

// Names of ports, containers and volumes, and where the volumes are mounted.
const (
	ContainerName = "authserver"
	// CanaryContainer is beside or instead of it in the pods of canaries.
	CanaryContainer = "canary"

	PortPublic = "http"
	PortOps    = "ops"

	configVolume      = "config"
	configDirectory   = "/etc/gatehouse"
	configKey         = "config.yaml"
	databaseVolume    = "database"
	databaseDirectory = mountDirectory + "/database"

	// mountDirectory has everything that the user provides, one directory for each reference of the spec.
	mountDirectory     = "/var/run/secrets/gatehouse"
	databaseCAPath     = "database-ca"
	migrationPath      = "migration"
	emailPath          = "email"
	emailCAPath        = "email-ca"
	emailTemplatesPath = "email-templates"
	redisPath          = "redis"
	redisCAPath        = "redis-ca"
	socialPath         = "social"
)

// The keys of the generated secret; they are also the environment variables of the auth server.
const (
	KeyBetterAuthSecret  = "BETTER_AUTH_SECRET"
	KeyBetterAuthSecrets = "BETTER_AUTH_SECRETS"
	KeyJWTSecret         = "JWT_SECRET"
)

// Name is the name of every object of which there is one: the Service, the Deployment and so on.
func Name(auth *v1alpha1.AuthService) string { return auth.Name }

// SecretSuffix follows the name of the AuthService in that of its generated secret.
const SecretSuffix = "-secrets"

// SecretName is the name of the generated secret.
func SecretName(auth *v1alpha1.AuthService) string { return auth.Name + SecretSuffix }

// KeysSecretName is the name of the secret that pods have their keys from: the user's, else the generated one.
func KeysSecretName(auth *v1alpha1.AuthService) string {
	if ref := auth.Spec.Secrets.SecretRef; ref != nil {
		return ref.Name
	}
	return SecretName(auth)
}

func metricsName(auth *v1alpha1.AuthService) string { return auth.Name + "-metrics" }

func dashboardName(auth *v1alpha1.AuthService) string { return auth.Name + "-dashboard" }

func configMapName(auth *v1alpha1.AuthService, hash string) string {
	return auth.Name + "-config-" + hash
}

// jobName is that of the first attempt; see SetAttempt.
func jobName(auth *v1alpha1.AuthService, label, hash string) string {
	return auth.Name + jobInfixes[label] + hash
}

// jobInfixes tell by the name what a Job is for; by the label that has its hash.
var jobInfixes = map[string]string{
	LabelMigration: "-migrate-",
	LabelPlan:      "-plan-",
	LabelCanary:    "-canary-",
	LabelRekey:     "-rekey-",
	LabelProbe:     "-probe-",
}
