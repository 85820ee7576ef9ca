package v1alpha1

// DatabaseSpec says where users and sessions are stored: in a PostgreSQL that you provide.
// +kubebuilder:validation:XValidation:rule=`self.?pooler.orValue('None') != 'Transaction' || has(self.migrationSecretRef)`,message="set migrationSecretRef too, to a connection that goes past the pooler: a migration keeps locks, which a pooler in transaction mode would hand to others",fieldPath=".migrationSecretRef"
type DatabaseSpec struct {
	// secretRef names the secret, in the same namespace, with the credentials.
	// +required
	SecretRef DatabaseSecretReference `json:"secretRef"`

	// schema is the PostgreSQL schema of the tables. Default: the first of the connection's search_path.
	// Several AuthServices share a database when each has a schema of its own.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z_][a-z0-9_]*$') && !self.startsWith('pg_') && self != 'information_schema'",message="write schema in lower-case letters, digits and underscores, beginning with a letter; pg_ and information_schema belong to PostgreSQL"
	Schema string `json:"schema,omitempty"`

	// tls says how connections are protected, in place of what the URL of the secret says (sslmode, sslrootcert). Default: what
	// the URL says, and if that is nothing, TLS without a look at the certificate where the server has it.
	// +optional
	TLS *DatabaseTLSSpec `json:"tls,omitempty"`

	// pooler says what stands between the service and PostgreSQL. With Transaction (PgBouncer in transaction mode, Supabase's
	// port 6543, Neon's -pooler hosts) nothing is left behind in a connection: no prepared statements, no settings, no locks.
	// Migrations need locks of the session: give them a direct connection by migrationSecretRef.
	// +optional
	// +kubebuilder:default=None
	// +kubebuilder:validation:Enum=None;Transaction
	Pooler PoolerMode `json:"pooler,omitempty"`

	// migrationSecretRef names the secret with the credentials of migrations, when those of secretRef may not, or cannot,
	// change the schema. What migrations make is granted to the role of secretRef. It has the same shapes, and only the pods of
	// migrations mount it.
	// +optional
	MigrationSecretRef *DatabaseSecretReference `json:"migrationSecretRef,omitempty"`

	// maxConnections bounds the connections of one replica; the database must allow replicas times as many.
	// +optional
	// +kubebuilder:default=10
	// +kubebuilder:validation:Minimum=2
	// +kubebuilder:validation:Maximum=1000
	MaxConnections int32 `json:"maxConnections,omitempty"`
}

// DatabaseSecretReference names a secret with the credentials of a database.
type DatabaseSecretReference struct {
	// name of the secret.
	// +required
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')",message="name an existing secret: lower-case letters, digits, dashes and dots"
	Name string `json:"name"`

	// key that holds the connection URL. Without it the secret has the shape of CloudNativePG or Service Binding:
	// uri, or host, port, username, password and dbname.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule="self.matches('^[-._A-Za-z0-9]+$')",message="name a key of the secret: letters, digits, dashes, underscores and dots; leave key out for a secret with uri or host"
	Key string `json:"key,omitempty"`
}

// PoolerMode says what stands between the service and PostgreSQL.
type PoolerMode string

// The modes of poolers.
const (
	PoolerNone        PoolerMode = "None"
	PoolerTransaction PoolerMode = "Transaction"
)

// DatabaseTLSSpec says how connections to the database are protected.
// +kubebuilder:validation:XValidation:rule=`!has(self.caSecretRef) || !has(self.caConfigMapRef)`,message="keep one of caSecretRef and caConfigMapRef",fieldPath=".caConfigMapRef"
// +kubebuilder:validation:XValidation:rule=`(!has(self.caSecretRef) && !has(self.caConfigMapRef)) || self.?mode.orValue('VerifyFull') in ['VerifyCA', 'VerifyFull']`,message="set mode to VerifyCA or VerifyFull, or remove the certificates: nothing else is checked against them",fieldPath=".mode"
type DatabaseTLSSpec struct {
	// mode is that of libpq: Disable, Require (encrypt, accept any certificate), VerifyCA (from a trusted authority) or
	// VerifyFull (and for the host that was asked for). It replaces the sslmode of the URL.
	// +optional
	// +kubebuilder:default=VerifyFull
	// +kubebuilder:validation:Enum=Disable;Require;VerifyCA;VerifyFull
	Mode DatabaseTLSMode `json:"mode,omitempty"`

	// caSecretRef names a secret with the PEM certificates that the server's is checked against, under key ca.crt unless
	// key says otherwise. Default: the certificates of the image. After a change a migration tries them out, then pods are
	// replaced.
	// +optional
	CASecretRef *SecretKeyReference `json:"caSecretRef,omitempty"`

	// caConfigMapRef names a ConfigMap with them, likewise.
	// +optional
	CAConfigMapRef *ConfigMapKeyReference `json:"caConfigMapRef,omitempty"`
}

// DatabaseTLSMode is how much of TLS is demanded.
type DatabaseTLSMode string

// The modes of TLS, as libpq calls them.
const (
	DatabaseTLSDisable    DatabaseTLSMode = "Disable"
	DatabaseTLSRequire    DatabaseTLSMode = "Require"
	DatabaseTLSVerifyCA   DatabaseTLSMode = "VerifyCA"
	DatabaseTLSVerifyFull DatabaseTLSMode = "VerifyFull"
)
