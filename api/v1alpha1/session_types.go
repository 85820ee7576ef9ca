package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// SessionStorage says where sessions are.
//
// +kubebuilder:validation:Enum=Database;Redis;Stateless
type SessionStorage string

// The storages of sessions.
const (
	// SessionDatabase keeps sessions beside the users.
	SessionDatabase SessionStorage = "Database"
	// SessionRedis keeps them, and the values of links in mails, in the Redis of the section redis.
	SessionRedis SessionStorage = "Redis"
	// SessionStateless keeps them in encrypted cookies.
	SessionStateless SessionStorage = "Stateless"
)

// SessionSpec says how long sessions live and how their cookies look.
//
// +kubebuilder:validation:XValidation:rule=`!has(self.ttl) || !has(self.updateAge) || ![self.ttl, self.updateAge].all(d, d.matches('^([0-9]{1,5}[hms]){1,3}$')) || duration(self.updateAge) <= duration(self.ttl)`,message="make updateAge at most ttl: a session that ends earlier is never refreshed",fieldPath=".updateAge"
// +kubebuilder:validation:XValidation:rule=`!has(self.storage) || self.storage != 'Stateless' || !self.?deferRefresh.orValue(false)`,message="remove deferRefresh, or choose another storage: to read a Stateless session writes nothing anyway",fieldPath=".deferRefresh"
// +kubebuilder:validation:XValidation:rule=`!has(self.storage) || self.storage != 'Stateless' || self.?cookieCache.?strategy.orValue('JWE') == 'JWE'`,message="remove the strategy of cookieCache, or choose another storage: a Stateless session is the encrypted cookie, JWE",fieldPath=".cookieCache.strategy"
// +kubebuilder:validation:XValidation:rule=`!has(self.storage) || self.storage != 'Stateless' || !has(self.cookieCache) || !has(self.cookieCache.maxAge)`,message="remove the maxAge of cookieCache, or choose another storage: the cookie of a Stateless session lives for ttl",fieldPath=".cookieCache.maxAge"
// +kubebuilder:validation:XValidation:rule=`!has(self.storage) || self.storage == 'Database' || !has(self.fields) || !self.fields.exists(f, f.?unique.orValue(false))`,message="remove unique from the fields, or choose storage Database: nothing else compares sessions",fieldPath=".fields"
type SessionSpec struct {
	// storage of the sessions: Database; Redis (of the section redis), in the form of Better-Auth's secondary storage; or
	// Stateless, which keeps them in encrypted cookies only: they cannot be listed, and only a new password or the deletion
	// of the user ends one before its time. A change signs everybody out. Default: Database.
	// +optional
	Storage SessionStorage `json:"storage,omitempty"`

	// fields are columns of your own on the session, set by POST /update-session and shown in sessions.
	// A field that you remove leaves its column and values in the database.
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:XValidation:rule=`self.all(a, self.exists_one(b, b.name.lowerAscii() == a.name.lowerAscii()))`,message="give the session fields names that differ in more than upper and lower case"
	// +kubebuilder:validation:items:XValidation:rule=`!(self.name.lowerAscii() in ['id', 'expiresat', 'token', 'createdat', 'updatedat', 'ipaddress', 'useragent', 'userid'])`,message="choose another name: this one is a column that every session has",fieldPath=".name"
	// +kubebuilder:validation:items:XValidation:rule=`!self.?required.orValue(false) || has(self.default)`,message="give a required session field a default: sessions begin without input",fieldPath=".default"
	Fields []CustomField `json:"fields,omitempty"`

	// ttl is the life of a session after sign-in, or after its last refresh: at most 9600h, which is the
	// longest that browsers keep cookies. A user who asks not to be remembered gets one day.
	// +optional
	// +kubebuilder:default="168h"
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('9600h')`,message="write ttl in hours, minutes and seconds, at least 1s and at most 9600h, such as 168h"
	TTL *metav1.Duration `json:"ttl,omitempty"`

	// updateAge is the age after which use refreshes a session; 0s refreshes at every use.
	// +optional
	// +kubebuilder:default="24h"
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('0s') && duration(self) <= duration('9600h')`,message="write updateAge in hours, minutes and seconds, 0s or more and at most 9600h, such as 24h"
	UpdateAge *metav1.Duration `json:"updateAge,omitempty"`

	// freshAge is how long after sign-in a session may list the sessions of its user, and delete the user
	// without the password; 0s is for ever.
	// +optional
	// +kubebuilder:default="24h"
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('0s') && duration(self) <= duration('9600h')`,message="write freshAge in hours, minutes and seconds, 0s or more and at most 9600h, such as 24h"
	FreshAge *metav1.Duration `json:"freshAge,omitempty"`

	// deferRefresh makes GET /get-session read only: it tells clients that a refresh is due, and they make it by
	// POST. Better-Auth clients do so by themselves.
	// +optional
	DeferRefresh bool `json:"deferRefresh,omitempty"`

	// disableRefresh lets sessions end ttl after sign-in, however much they are used.
	// +optional
	DisableRefresh bool `json:"disableRefresh,omitempty"`

	// cookie is about the cookies of the service.
	// +optional
	Cookie CookieSpec `json:"cookie,omitempty,omitzero"`

	// cookieCache keeps a copy of session and user in the browser, so that most requests need no database.
	// With storage Stateless it is on, and the copy is all there is.
	// +optional
	CookieCache CookieCacheSpec `json:"cookieCache,omitempty,omitzero"`
}

// CookieCacheStrategy is the form of the copy.
//
// +kubebuilder:validation:Enum=Compact;JWT;JWE
type CookieCacheStrategy string

// CookieCacheSpec is about the copy of session and user in a cookie of its own, session_data.
type CookieCacheSpec struct {
	// enabled says whether there is such a cookie. While its copy is fresh, get-session answers from it: changes to the
	// user, and the end of a session on another device, show when maxAge is over. Default: false.
	// +optional
	Enabled bool `json:"enabled,omitempty"`

	// strategy is the form of the copy: Compact is the smallest, JWT can be verified by other back ends that have
	// BETTER_AUTH_SECRET, and JWE is encrypted. Default: Compact, or JWE with storage Stateless.
	// +optional
	Strategy CookieCacheStrategy `json:"strategy,omitempty"`

	// maxAge is how long a copy is fresh: at most 24h, because a revoked session is still accepted for so long.
	// Default: 5m.
	// +optional
	// +kubebuilder:validation:Type=string
	// +kubebuilder:validation:MaxLength=24
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([0-9]{1,5}[hms]){1,3}$') && duration(self) >= duration('1s') && duration(self) <= duration('24h')`,message="write maxAge in hours, minutes and seconds, at least 1s and at most 24h, such as 5m"
	MaxAge *metav1.Duration `json:"maxAge,omitempty"`

	// version is in every copy. Another one makes all copies stale at once, which signs everybody out with storage
	// Stateless. Default: "1".
	// +optional
	// +kubebuilder:validation:MaxLength=256
	// +kubebuilder:validation:XValidation:rule=`!self.matches('[[:cntrl:]]')`,message="remove the control characters, such as line breaks and tabs"
	Version string `json:"version,omitempty"`
}

// SameSite is the SameSite attribute of a cookie.
//
// +kubebuilder:validation:Enum=Lax;Strict;None
type SameSite string

// CookieSpec says how the cookies are called and where browsers send them.
//
// +kubebuilder:validation:XValidation:rule=`!has(self.sameSite) || self.sameSite != 'None' || self.?secure.orValue(true)`,message="remove secure: false, or choose sameSite Lax or Strict: browsers drop a SameSite=None cookie that is not Secure",fieldPath=".secure"
type CookieSpec struct {
	// prefix begins the names of all cookies. Default: better-auth. Another one signs everybody out.
	// +optional
	// +kubebuilder:validation:MaxLength=64
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[A-Za-z0-9][A-Za-z0-9_.-]*$')`,message="write prefix in letters, digits, dashes, underscores and dots, beginning with a letter or digit"
	Prefix string `json:"prefix,omitempty"`

	// domain shares the cookies with all subdomains of this domain: the host of baseURL or a parent of it.
	// Default: only the host of baseURL gets them.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[a-z0-9]([a-z0-9-]*[a-z0-9])?([.][a-z0-9]([a-z0-9-]*[a-z0-9])?)+$')`,message="write domain as a lower-case name of two parts or more without a dot at the beginning, such as example.com"
	Domain string `json:"domain,omitempty"`

	// sameSite attribute; None is for pages on another site and makes the cookies Secure. Default: Lax.
	// +optional
	SameSite SameSite `json:"sameSite,omitempty"`

	// secure sets the Secure attribute and the __Secure- prefix. Default: when baseURL begins with https://.
	// +optional
	Secure *bool `json:"secure,omitempty"`
}
