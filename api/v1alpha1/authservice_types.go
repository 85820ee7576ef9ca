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
// +kubebuilder:validation:XValidation:rule=`self.metadata.name.size() <= 40 && self.metadata.name.matches('^[a-z]([-a-z0-9]*[a-z0-9])?$')`,message="choose a name of at most 40 lower-case letters, digits and dashes that begins with a letter: Services and Jobs are named after it"
type AuthService struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`
	// +required
	Spec AuthServiceSpec `json:"spec"`
	// status is what was observed of the auth service. Its default tells kstatus that no operator has seen the object yet.
	// +optional
	// +kubebuilder:default:={"observedGeneration":-1}
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
//
// +kubebuilder:validation:XValidation:rule=`!has(self.customFields) || self.customFields.all(f, !f.?required.orValue(false) || has(f.default) || (has(oldSelf.customFields) && oldSelf.customFields.exists(o, o.name == f.name && o.?required.orValue(false))))`,message="give every new required custom field a default: users who signed up earlier need a value; without a default a field can be required only from the creation of the AuthService on",fieldPath=".customFields"
// +kubebuilder:validation:XValidation:rule=`!has(self.session) || !has(self.session.cookie) || !has(self.session.cookie.domain) || has(self.baseURL)`,message="set baseURL too: the cookie domain must be its host or a parent of it",fieldPath=".session.cookie.domain"
// +kubebuilder:validation:XValidation:rule=`!has(self.session) || !has(self.session.cookie) || !has(self.session.cookie.domain) || !has(self.baseURL) || (self.baseURL + ':').contains('//' + self.session.cookie.domain + ':') || (self.baseURL + ':').contains('.' + self.session.cookie.domain + ':')`,message="set the cookie domain to the host of baseURL or to a parent of it: browsers refuse cookies for any other domain",fieldPath=".session.cookie.domain"
// +kubebuilder:validation:XValidation:rule=`has(self.email) || !self.?emailAndPassword.?requireEmailVerification.orValue(false)`,message="set email too: without mail nobody could verify an address and sign in",fieldPath=".emailAndPassword.requireEmailVerification"
// +kubebuilder:validation:XValidation:rule=`has(self.email) || !has(self.emailVerification)`,message="set email too, or remove emailVerification: it is about mails",fieldPath=".emailVerification"
// +kubebuilder:validation:XValidation:rule=`!self.?emailVerification.?sendOnSignIn.orValue(false) || self.?emailAndPassword.?requireEmailVerification.orValue(false) || (has(self.socialProviders) && self.socialProviders.exists(p, p.?requireEmailVerification.orValue(false)))`,message="set requireEmailVerification too, in emailAndPassword or for a social provider: without it no sign-in is refused, and no mail sent",fieldPath=".emailVerification.sendOnSignIn"
// +kubebuilder:validation:XValidation:rule=`has(self.email) || !self.?user.?changeEmail.?enabled.orValue(false) || self.user.changeEmail.?updateWithoutVerification.orValue(false)`,message="set email too: a new address is proved by a link in a mail, unless updateWithoutVerification takes it at once",fieldPath=".user.changeEmail.enabled"
// +kubebuilder:validation:XValidation:rule=`has(self.email) || !self.?user.?changeEmail.?confirmCurrent.orValue(false)`,message="set email too: confirmCurrent asks the current address by mail",fieldPath=".user.changeEmail.confirmCurrent"
// +kubebuilder:validation:XValidation:rule=`has(self.email) || !self.?user.?deleteUser.?sendVerification.orValue(false)`,message="set email too: sendVerification asks users by mail before they are deleted",fieldPath=".user.deleteUser.sendVerification"
// +kubebuilder:validation:XValidation:rule=`has(self.redis) || self.?session.?storage.orValue('Database') != 'Redis'`,message="set redis too: sessions are to be stored there",fieldPath=".session.storage"
// +kubebuilder:validation:XValidation:rule=`has(self.redis) || self.?rateLimit.?storage.orValue('Database') != 'Redis'`,message="set redis too: requests are to be counted there",fieldPath=".rateLimit.storage"
// +kubebuilder:validation:XValidation:rule=`self.?session.?storage.orValue('Database') != 'Stateless' || !has(self.features) || !has(self.features.bearer)`,message="remove bearer, or choose session.storage Database or Redis: with Stateless, a token alone is no session",fieldPath=".features.bearer"
// +kubebuilder:validation:XValidation:rule=`!has(self.features) || !has(self.features.jwt) || !has(self.customFields) || self.customFields.all(f, !(f.name in ['iat', 'exp', 'nbf', 'iss', 'aud', 'sub', 'jti']))`,message="rename the custom field, or remove features.jwt: its tokens carry the fields of the user, and iat, exp, nbf, iss, aud, sub and jti are claims of their own",fieldPath=".customFields"
// +kubebuilder:validation:XValidation:rule=`!has(self.account) || !has(self.account.linking) || !has(self.account.linking.trustedProviders) || self.account.linking.trustedProviders.all(id, has(self.socialProviders) && self.socialProviders.exists(p, p.id == id))`,message="name ids of socialProviders as trustedProviders, such as google",fieldPath=".account.linking.trustedProviders"
// +kubebuilder:validation:XValidation:rule=`!has(self.ingress) || has(self.ingress.host) || has(self.baseURL) && self.baseURL.matches('^https?://([a-z0-9]([-a-z0-9]*[a-z0-9])?[.])*[a-z]([-a-z0-9]*[a-z0-9])?(:[0-9]+)?$')`,message="set host, or a baseURL with a host name: an Ingress has to know which host it leads to the service; an IP address is none",fieldPath=".ingress.host"
// +kubebuilder:validation:XValidation:rule=`!has(self.httpRoute) || has(self.httpRoute.hostnames) || has(self.baseURL) && self.baseURL.matches('^https?://([a-z0-9]([-a-z0-9]*[a-z0-9])?[.])*[a-z]([-a-z0-9]*[a-z0-9])?(:[0-9]+)?$')`,message="set hostnames, or a baseURL with a host name: a route has to know which host it leads to the service; an IP address is none",fieldPath=".httpRoute.hostnames"
// +kubebuilder:validation:XValidation:rule=`has(self.baseURL) || has(self.ingress) && has(self.ingress.host) || !has(self.httpRoute) || !has(self.httpRoute.hostnames) || !self.httpRoute.hostnames[0].startsWith('*')`,message="set baseURL, or begin hostnames with a name without *: clients need one address of the service",fieldPath=".httpRoute.hostnames"
type AuthServiceSpec struct {
	// baseURL is the public origin under which browsers reach the service, such as https://auth.example.com.
	// Cookies are Secure when it begins with https://. Default: that of ingress or httpRoute, else the URL of the Service
	// inside the cluster, http://<name>.<namespace>.svc.
	// +optional
	// +kubebuilder:validation:MaxLength=320
	// +kubebuilder:validation:XValidation:rule=`self.matches(r'^https?://([a-z0-9]([a-z0-9_-]*[a-z0-9])?([.][a-z0-9]([a-z0-9_-]*[a-z0-9])?)*|[[][0-9a-f:.]+[]])(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?$')`,message="write baseURL as an origin: http:// or https://, a lower-case host and at most a port, such as https://auth.example.com; the path goes to basePath"
	BaseURL string `json:"baseURL,omitempty"`

	// basePath is the prefix of the endpoints. Clients that are told another one than /api/auth must name it too.
	// +optional
	// +kubebuilder:default=/api/auth
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`self.matches('^(/[A-Za-z0-9][A-Za-z0-9._~-]*)+$')`,message="write basePath with a slash at the beginning and none at the end, such as /api/auth"
	BasePath string `json:"basePath,omitempty"`

	// errorURL is where browsers are sent when something fails that has no page of its own, such as a sign-in at a social
	// provider; error and error_description are in its query. A path is one of baseURL. Default: a page of the service.
	// +optional
	// +kubebuilder:validation:MaxLength=2048
	// +kubebuilder:validation:XValidation:rule=`self.matches(r'^(/([!-.0-\[\]-~][!-\[\]-~]*)?|https?://[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?([.][A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?([/?]([!-$&-\[\]-~]|%[0-9A-Fa-f]{2})*)?)$')`,message="write errorURL as a URL such as https://app.example.com/error, or as a path such as /error"
	ErrorURL string `json:"errorURL,omitempty"`

	// image of the auth server. Default: the one the operator was released with.
	// +optional
	// +kubebuilder:validation:MaxLength=512
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[a-z0-9]([a-z0-9._/:-]*[a-z0-9])?(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[a-f0-9]{64})?$')`,message="write image as a reference, such as registry.example.com/gatehouse/authserver:v1.2.3"
	Image string `json:"image,omitempty"`

	// replicas of the auth server; a PodDisruptionBudget keeps all but one up when there are two or more.
	// 0 stops the service and keeps everything else; any other number is left to autoscaling where that is set.
	// +optional
	// +kubebuilder:default=2
	// +kubebuilder:validation:Minimum=0
	// +kubebuilder:validation:Maximum=1000
	Replicas *int32 `json:"replicas,omitempty"`

	// suspend makes the operator change nothing of this service, for work by hand. What runs goes on; deletion still deletes.
	// A change that is held back makes Ready Unknown, with the reason Suspended.
	// +optional
	Suspend bool `json:"suspend,omitempty"`

	// template is laid over the pod template of the auth server by a strategic merge, so it can set
	// resources, node selectors, tolerations, affinity, labels, annotations and extra containers.
	// The container of the auth server is called authserver.
	// +optional
	Template *PodTemplateOverlay `json:"template,omitempty"`

	// database says where users and sessions are stored.
	// +required
	Database DatabaseSpec `json:"database"`

	// customFields are columns of your own on the user, set at sign-up and shown in sessions.
	// A field that you remove leaves its column and values in the database.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:XValidation:rule=`self.all(a, self.exists_one(b, b.name.lowerAscii() == a.name.lowerAscii()))`,message="give the custom fields names that differ in more than upper and lower case"
	// +kubebuilder:validation:items:XValidation:rule=`!(self.name.lowerAscii() in ['id', 'name', 'email', 'emailverified', 'image', 'createdat', 'updatedat'])`,message="choose another name: this one is a column that every user has",fieldPath=".name"
	// +kubebuilder:validation:items:XValidation:rule=`!(self.name.lowerAscii() in ['password', 'callbackurl', 'rememberme', 'query', 'fetchoptions'])`,message="choose another name: this one already means something in a sign-up request",fieldPath=".name"
	// +kubebuilder:validation:items:XValidation:rule=`!self.?required.orValue(false) || self.?input.orValue(true) || has(self.default)`,message="give a required field that clients may not set (input: false) a default: nobody could sign up otherwise",fieldPath=".default"
	CustomFields []CustomField `json:"customFields,omitempty"`

	// allowedOrigins are the browser origins whose pages may call the service with credentials:
	// exact (https://app.example.com, http://localhost:3000) or with wildcards (https://*.example.com,
	// http://localhost:*). A pattern without a scheme (*.example.com) allows the host with http and https.
	// * stands for any characters, dots included; ? for exactly one. The origin of baseURL is always allowed.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=64
	// +kubebuilder:validation:items:MaxLength=320
	// +kubebuilder:validation:items:XValidation:rule=`self.contains('*') || self.contains('?') || self.matches(r'^https?://([a-z0-9]([a-z0-9_-]*[a-z0-9])?([.][a-z0-9]([a-z0-9_-]*[a-z0-9])?)*|[[][0-9a-f:.]+[]])(:(6553[0-5]|655[0-2][0-9]|65[0-4][0-9]{2}|6[0-4][0-9]{3}|[1-5][0-9]{4}|[1-9][0-9]{0,3}))?$')`,message="write the origin exactly as browsers send it: http:// or https://, a lower-case host and at most a port, without path and trailing slash, such as https://app.example.com"
	// +kubebuilder:validation:items:XValidation:rule=`!(self.contains('*') || self.contains('?')) || self.matches(r'^(https?://)?[a-z0-9.*?-]*(:[0-9*?]{1,5})?$')`,message="write the pattern as an origin or a host with * and ?, in lower case, without path and trailing slash, such as https://*.example.com"
	// +kubebuilder:validation:items:XValidation:rule=`!(self.contains('*') || self.contains('?')) || self.matches(r'(^|[./])[^.*?/:]+(:[^.*/:]*[*]?)?$') || self.matches(r'^(https?://)?[0-9.*?]*[0-9][0-9.*?]*(:[0-9*?]{1,5})?$')`,message="end the host of the pattern in a name without wildcards, such as *.example.com: credentials must not be open to any origin"
	// +kubebuilder:validation:items:XValidation:rule=`!self.matches('^(http://.*:80|https://.*:443)$')`,message="leave out the default port (80 of http, 443 of https): browsers do not send it"
	AllowedOrigins []string `json:"allowedOrigins,omitempty"`

	// rateLimit protects the endpoints from abuse.
	// +optional
	// +kubebuilder:default={}
	RateLimit RateLimitSpec `json:"rateLimit,omitempty,omitzero"`

	// session says how long sessions live and how their cookies look.
	// +optional
	// +kubebuilder:default={}
	Session SessionSpec `json:"session,omitempty,omitzero"`

	// jwt is about the HS256 tokens of GET /jwt.
	// +optional
	// +kubebuilder:default={}
	JWT JWTSpec `json:"jwt,omitempty,omitzero"`

	// emailAndPassword is sign-up and sign-in with a password.
	// +optional
	// +kubebuilder:default={}
	EmailAndPassword EmailAndPasswordSpec `json:"emailAndPassword,omitempty,omitzero"`

	// user says what users may do with themselves.
	// +optional
	User UserSpec `json:"user,omitempty,omitzero"`

	// email says how mail is sent. Without it there is none, and what needs mail is not served.
	// +optional
	Email *EmailSpec `json:"email,omitempty"`

	// emailVerification says when users prove that an address is theirs.
	// +optional
	EmailVerification *EmailVerificationSpec `json:"emailVerification,omitempty"`

	// socialProviders are accounts elsewhere with which users may sign in.
	// +optional
	// +listType=map
	// +listMapKey=id
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:XValidation:rule=`self.all(a, self.all(b, a.id == b.id || a.id.lowerAscii().replace('-', '_').replace('.', '_') != b.id.lowerAscii().replace('-', '_').replace('.', '_')))`,message="give the providers ids that differ in more than upper and lower case, dashes, dots and underscores"
	SocialProviders []SocialProvider `json:"socialProviders,omitempty"`

	// account is about accounts at social providers.
	// +optional
	Account AccountSpec `json:"account,omitempty,omitzero"`

	// redis locates the Redis of session.storage and rateLimit.storage.
	// +optional
	Redis *RedisSpec `json:"redis,omitempty"`

	// features are the plugins of Better-Auth.
	// +optional
	Features FeaturesSpec `json:"features,omitempty,omitzero"`

	// secrets is about the keys that sign cookies and tokens.
	// +optional
	Secrets SecretsSpec `json:"secrets,omitempty,omitzero"`

	// migration says how the database is brought to the schema of the spec.
	// +optional
	// +kubebuilder:default={}
	Migration MigrationSpec `json:"migration,omitempty,omitzero"`

	// rollout says what a new version has to show before it takes over.
	// +optional
	// +kubebuilder:default={}
	Rollout RolloutSpec `json:"rollout,omitempty,omitzero"`

	// autoscaling chooses the number of replicas by their load, instead of replicas, unless that is 0.
	// +optional
	Autoscaling *AutoscalingSpec `json:"autoscaling,omitempty"`

	// podDisruptionBudget says how many replicas drains may take away at once. Default: one.
	// +optional
	PodDisruptionBudget *PodDisruptionBudgetSpec `json:"podDisruptionBudget,omitempty"`

	// ingress makes an Ingress to the service.
	// +optional
	Ingress *IngressSpec `json:"ingress,omitempty"`

	// httpRoute makes an HTTPRoute of the Gateway API to the service.
	// +optional
	HTTPRoute *HTTPRouteSpec `json:"httpRoute,omitempty"`

	// networkPolicy makes a NetworkPolicy for the pods of the service.
	// +optional
	NetworkPolicy *NetworkPolicySpec `json:"networkPolicy,omitempty"`

	// monitoring makes objects for Prometheus and Grafana.
	// +optional
	Monitoring MonitoringSpec `json:"monitoring,omitempty,omitzero"`
}

// PodTemplateOverlay is laid over a pod template by a strategic merge.
type PodTemplateOverlay struct {
	// metadata: labels and annotations of the pods.
	// +optional
	Metadata TemplateMetadata `json:"metadata,omitempty,omitzero"`
	// spec is a partial PodSpec; lists such as containers, volumes and env merge by name.
	// +optional
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:validation:Type=object
	Spec *runtime.RawExtension `json:"spec,omitempty"`
}

// TemplateMetadata are labels and annotations.
type TemplateMetadata struct {
	// labels of the pods, besides those that the Deployment selects them by.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Labels map[string]string `json:"labels,omitempty"`
	// annotations of the pods.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Annotations map[string]string `json:"annotations,omitempty"`
}
