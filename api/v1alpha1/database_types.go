package v1alpha1

// DatabaseSpec says where users and sessions are stored: in a PostgreSQL that you provide.
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
