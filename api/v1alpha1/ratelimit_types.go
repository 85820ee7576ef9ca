package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// RateLimitStorage says where requests are counted.
//
// +kubebuilder:validation:Enum=Database;Memory;Redis
type RateLimitStorage string

// The storages of the rate limit.
const (
	// RateLimitDatabase counts for all replicas together.
	RateLimitDatabase RateLimitStorage = "Database"
	// RateLimitMemory lets each replica count for itself.
	RateLimitMemory RateLimitStorage = "Memory"
	// RateLimitRedis counts for all replicas together, in the Redis of the section redis.
	RateLimitRedis RateLimitStorage = "Redis"
)

// RateLimitSpec says how many requests one client address may make on one path.
type RateLimitSpec struct {
	// enabled turns the limits on.
	// +optional
	// +kubebuilder:default=true
	Enabled *bool `json:"enabled,omitempty"`

	// max requests per window on each endpoint that takes a password (sign-in, sign-up, change-password, change-email,
	// verify-password, delete-user).
	// Every other endpoint allows 100 per 10s.
	// +optional
	// +kubebuilder:default=5
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	Max int32 `json:"max,omitempty"`

	// window after which the count starts anew, measured from the last allowed request.
	// +optional
	// +kubebuilder:default="15m"
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('87600h')`,message="write window in hours, minutes and seconds, at least 1s and at most 87600h, such as 15m"
	Window *metav1.Duration `json:"window,omitempty"`

	// storage of the counters: Database and Redis (of the section redis) are shared by the replicas, Memory is not.
	// With Database, endpoints that neither take a password nor have a rule are counted in batches: replicas together may allow
	// a twentieth of the limit more for each replica but the first.
	// Default: Redis when that stores the sessions, else Database.
	// +optional
	Storage RateLimitStorage `json:"storage,omitempty"`

	// rules override the limits for single paths; the first one that matches counts.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	Rules []RateLimitRule `json:"rules,omitempty"`

	// trustedProxies are the addresses and CIDRs whose ipHeaders are believed.
	// Default: loopback and the private ranges, which is where ingress controllers are.
	// Behind them, the rightmost address that is not trusted counts as the client's.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=64
	// +kubebuilder:validation:items:XValidation:rule=`isIP(self) || isCIDR(self)`,message="write trusted proxies as IP addresses or CIDRs, such as 10.0.0.0/8; names are not resolved"
	TrustedProxies []string `json:"trustedProxies,omitempty"`

	// ipHeaders are the headers in which trusted proxies name the client, in order of preference: the first that is there counts,
	// whatever it holds. Each holds one address, or several separated by commas, as X-Forwarded-For does.
	// Default: x-forwarded-for. Name others, such as cf-connecting-ip or x-real-ip, only where the proxies always set them:
	// what a proxy passes on as it came, any client can write.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	// +kubebuilder:validation:items:MaxLength=64
	// +kubebuilder:validation:items:XValidation:rule=`self.matches('^[a-z0-9]+(-[a-z0-9]+)*$')`,message="write ipHeaders as names of headers in lower-case letters, digits and single dashes, such as x-real-ip"
	IPHeaders []string `json:"ipHeaders,omitempty"`
}

// RateLimitRule is the limit of one path, or of all paths that a pattern matches.
//
// +kubebuilder:validation:XValidation:rule=`self.?disabled.orValue(false) ? !has(self.max) && !has(self.window) : has(self.max) && has(self.window)`,message="give the rule both max and window, or disabled: true alone"
type RateLimitRule struct {
	// path relative to basePath, such as /sign-in/email; * stands for any run of characters.
	// +required
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`self.matches(r'^/[A-Za-z0-9._~*/-]*$') && !self.endsWith('/')`,message="write path relative to basePath, with a slash at the beginning and none at the end, such as /sign-in/email or /sign-in/*"
	Path string `json:"path"`

	// disabled lifts every limit from the path.
	// +optional
	Disabled bool `json:"disabled,omitempty"`

	// max requests per window.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000000
	Max int32 `json:"max,omitempty"`

	// window after which the count starts anew, measured from the last allowed request.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('87600h')`,message="write window in hours, minutes and seconds, at least 1s and at most 87600h, such as 15m"
	Window *metav1.Duration `json:"window,omitempty"`
}
