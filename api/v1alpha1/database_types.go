package v1alpha1

// DatabaseSpec says where users and sessions are stored: in a PostgreSQL that you provide.
type DatabaseSpec struct {
	// secretRef names the secret, in the same namespace, with the credentials.
	// +required
	SecretRef DatabaseSecretReference `json:"secretRef"`

	// schema is the PostgreSQL schema of the tables. Default: the first of the connection's search_path.
	// +optional
	// +kubebuilder:validation:Pattern=`^[a-z_][a-z0-9_]{0,62}$`
	Schema string `json:"schema,omitempty"`

	// maxConnections bounds the connections of one replica.
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
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`

	// key that holds the connection URL. Without it the secret has the shape of CloudNativePG or Service Binding:
	// uri, or host, port, username, password and dbname.
	// +optional
	Key string `json:"key,omitempty"`
}
