package v1alpha1

// RedisSpec locates the Redis of session.storage and rateLimit.storage. Its keys and values are those of Better-Auth's
// secondary storage, so that both may use it.
type RedisSpec struct {
	// secretRef names the secret with the connection URL, redis://user:password@host:6379/0 or rediss:// for TLS, under
	// key uri unless key says otherwise. New values reach running pods within a few minutes, without a rollout.
	// +required
	SecretRef SecretKeyReference `json:"secretRef"`

	// caSecretRef names a secret with the PEM certificates that the server's is checked against, under key ca.crt unless
	// key says otherwise. Default: the certificates of the image. A change rolls the pods.
	// +optional
	CASecretRef *SecretKeyReference `json:"caSecretRef,omitempty"`

	// keyPrefix begins every key, for a Redis that several services share. A change signs everybody out. Default: none, as
	// in Better-Auth itself; its package redis-storage has better-auth: unless it is told another one.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[A-Za-z0-9._:/{}-]+$')`,message="write keyPrefix in letters, digits, dots, underscores, dashes, colons, slashes and braces, such as shop:"
	KeyPrefix string `json:"keyPrefix,omitempty"`
}
