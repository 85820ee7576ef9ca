package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// AuthService is one authentication service: a database schema, secrets, and the replicas of the auth server
// that unmodified Better-Auth clients talk to.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:shortName=authsvc,categories=gatehouse
// +kubebuilder:subresource:status
// +kubebuilder:subresource:scale:specpath=.spec.replicas,statuspath=.status.replicas,selectorpath=.status.selector
// +kubebuilder:printcolumn:name="Ready",type=string,JSONPath=`.status.conditions[?(@.type=="Ready")].status`
// +kubebuilder:printcolumn:name="URL",type=string,JSONPath=`.status.url`
// +kubebuilder:printcolumn:name="Replicas",type=integer,JSONPath=`.status.readyReplicas`
// +kubebuilder:printcolumn:name="Schema",type=string,JSONPath=`.status.schema.hash`
// +kubebuilder:printcolumn:name="Reason",type=string,priority=1,JSONPath=`.status.conditions[?(@.type=="Ready")].reason`
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
type AuthService struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`
	// +required
	Spec AuthServiceSpec `json:"spec"`
	// +optional
	Status AuthServiceStatus `json:"status,omitempty,omitzero"`
}

// AuthServiceList is a list of AuthServices.
//
// +kubebuilder:object:root=true
type AuthServiceList struct {
	metav1.TypeMeta `json:",inline"`
	metav1.ListMeta `json:"metadata,omitempty"`
	Items           []AuthService `json:"items"`
}

// AuthServiceSpec is what you want of an auth service. Only the database is required.
type AuthServiceSpec struct {
	// baseURL is the public origin under which browsers reach the service, such as https://auth.example.com.
	// Cookies are Secure when it begins with https://. Default: the URL of the Service inside the cluster.
	// +optional
	BaseURL string `json:"baseURL,omitempty"`

	// basePath is the prefix of the endpoints, as the clients are told it.
	// +optional
	// +kubebuilder:default=/api/auth
	BasePath string `json:"basePath,omitempty"`

	// image of the auth server. Default: the one the operator was released with.
	// +optional
	Image string `json:"image,omitempty"`

	// replicas of the auth server; a PodDisruptionBudget keeps all but one up when there are two or more.
	// +optional
	// +kubebuilder:default=2
	// +kubebuilder:validation:Minimum=0
	Replicas *int32 `json:"replicas,omitempty"`

	// template is laid over the pod template of the auth server by a strategic merge, so it can set
	// resources, node selectors, tolerations, affinity, labels, annotations and extra containers.
	// The container of the auth server is called authserver.
	// +optional
	Template *PodTemplateOverlay `json:"template,omitempty"`

	// database says where users and sessions are stored.
	// +required
	Database DatabaseSpec `json:"database"`

	// customFields are columns of your own on the user, set at sign-up and shown in sessions.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=64
	CustomFields []CustomField `json:"customFields,omitempty"`

	// allowedOrigins are the browser origins whose pages may call the service with credentials:
	// exact (https://app.example.com) or with wildcards (https://*.example.com).
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	AllowedOrigins []string `json:"allowedOrigins,omitempty"`

	// rateLimit protects the endpoints from abuse.
	// +optional
	RateLimit RateLimitSpec `json:"rateLimit,omitempty,omitzero"`

	// session says how long sessions live and how their cookies look.
	// +optional
	Session SessionSpec `json:"session,omitempty,omitzero"`

	// jwt is about the HS256 tokens of GET /jwt.
	// +optional
	JWT JWTSpec `json:"jwt,omitempty,omitzero"`

	// emailAndPassword is sign-up and sign-in with a password.
	// +optional
	EmailAndPassword EmailAndPasswordSpec `json:"emailAndPassword,omitempty,omitzero"`
}

// PodTemplateOverlay is laid over a pod template by a strategic merge.
type PodTemplateOverlay struct {
	// metadata: labels and annotations of the pods.
	// +optional
	Metadata TemplateMetadata `json:"metadata,omitempty,omitzero"`
	// spec is a partial PodSpec.
	// +optional
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	Spec *runtime.RawExtension `json:"spec,omitempty"`
}

// TemplateMetadata are labels and annotations.
type TemplateMetadata struct {
	// labels of the pods.
	// +optional
	Labels map[string]string `json:"labels,omitempty"`
	// annotations of the pods.
	// +optional
	Annotations map[string]string `json:"annotations,omitempty"`
}
