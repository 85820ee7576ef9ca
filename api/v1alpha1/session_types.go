package v1alpha1

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// SessionSpec says how long sessions live and how their cookies look.
type SessionSpec struct {
	// ttl is the life of a session after sign-in, or after its last refresh.
	// +optional
	// +kubebuilder:default="168h"
	TTL *metav1.Duration `json:"ttl,omitempty"`

	// updateAge is the age after which use refreshes a session; 0s refreshes at every use.
	// +optional
	// +kubebuilder:default="24h"
	UpdateAge *metav1.Duration `json:"updateAge,omitempty"`

	// cookie is about the cookies of the service.
	// +optional
	Cookie CookieSpec `json:"cookie,omitempty,omitzero"`
}

// SameSite is the SameSite attribute of a cookie.
//
// +kubebuilder:validation:Enum=Lax;Strict;None
type SameSite string

// CookieSpec says how the cookies are called and where browsers send them.
type CookieSpec struct {
	// prefix begins the names of all cookies. Default: better-auth.
	// +optional
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_.-]{1,64}$`
	Prefix string `json:"prefix,omitempty"`

	// domain shares the cookies with all subdomains of this domain. Default: only the host of baseURL gets them.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	Domain string `json:"domain,omitempty"`

	// sameSite attribute; None is for pages on another site and makes the cookies Secure. Default: Lax.
	// +optional
	SameSite SameSite `json:"sameSite,omitempty"`

	// secure sets the Secure attribute and the __Secure- prefix. Default: when baseURL begins with https://.
	// +optional
	Secure *bool `json:"secure,omitempty"`
}
