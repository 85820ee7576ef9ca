package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// RateLimitStorage says where requests are counted.
//
// +kubebuilder:validation:Enum=Database;Memory
type RateLimitStorage string

// The storages of the rate limit.
const (
	// RateLimitDatabase counts for all replicas together.
	RateLimitDatabase RateLimitStorage = "Database"
	// RateLimitMemory lets each replica count for itself.
	RateLimitMemory RateLimitStorage = "Memory"
)

// RateLimitSpec says how many requests one client address may make on one path.
type RateLimitSpec struct {
	// enabled turns the limits on.
	// +optional
	// +kubebuilder:default=true
	Enabled *bool `json:"enabled,omitempty"`

	// max requests per window on each endpoint that takes a password (sign-in, sign-up, change-password, change-email).
	// Every other endpoint allows 100 per 10s.
	// +optional
	// +kubebuilder:default=5
	// +kubebuilder:validation:Minimum=1
	Max int32 `json:"max,omitempty"`

	// window after which the count starts anew, measured from the last allowed request.
	// +optional
	// +kubebuilder:default="15m"
	Window *metav1.Duration `json:"window,omitempty"`

	// storage of the counters: Database is shared by the replicas, Memory is not.
	// +optional
	// +kubebuilder:default=Database
	Storage RateLimitStorage `json:"storage,omitempty"`

	// rules override the limits for single paths; the first one that matches counts.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	Rules []RateLimitRule `json:"rules,omitempty"`

	// trustedProxies are the addresses and CIDRs whose X-Forwarded-For is believed.
	// Default: loopback and the private ranges, which is where ingress controllers are.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	TrustedProxies []string `json:"trustedProxies,omitempty"`
}

// RateLimitRule is the limit of one path, or of all paths that a pattern matches.
type RateLimitRule struct {
	// path relative to basePath, such as /sign-in/email; * stands for any run of characters.
	// +required
	// +kubebuilder:validation:MaxLength=256
	Path string `json:"path"`

	// disabled lifts every limit from the path.
	// +optional
	Disabled bool `json:"disabled,omitempty"`

	// max requests per window.
	// +optional
	// +kubebuilder:validation:Minimum=1
	Max int32 `json:"max,omitempty"`

	// window after which the count starts anew.
	// +optional
	Window *metav1.Duration `json:"window,omitempty"`
}
