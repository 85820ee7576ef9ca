package v1alpha1

// IngressSpec makes an Ingress to the service.
type IngressSpec struct {
	// host that is led to the service. Default: that of baseURL. Without baseURL, it makes that.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`self.matches('^([a-z0-9]([-a-z0-9]*[a-z0-9])?[.])*[a-z]([-a-z0-9]*[a-z0-9])?$')`,message="write host as a lower-case name, such as auth.example.com, without scheme, port and path; an IP address is none"
	Host string `json:"host,omitempty"`

	// className of the IngressClass. Default: the cluster's.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')`,message="name an IngressClass: lower-case letters, digits, dashes and dots"
	ClassName *string `json:"className,omitempty"`

	// annotations for the ingress controller, or for cert-manager.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Annotations map[string]string `json:"annotations,omitempty"`

	// tlsSecretName names the secret with the certificate of the host, which may be one that cert-manager makes. Without
	// baseURL, it makes that https.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')`,message="name a secret with tls.crt and tls.key: lower-case letters, digits, dashes and dots"
	TLSSecretName string `json:"tlsSecretName,omitempty"`
}

// HTTPRouteSpec makes an HTTPRoute of the Gateway API (v1) to the service. A cluster without the Gateway API shows in the
// condition Exposed.
type HTTPRouteSpec struct {
	// parentRefs are the Gateways, or their listeners, that the route is attached to.
	// +required
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=8
	ParentRefs []ParentReference `json:"parentRefs"`

	// hostnames that are led to the service. Default: the host of baseURL. Without baseURL and ingress.host, the first one
	// makes it, with https.
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=16
	// +kubebuilder:validation:items:MaxLength=253
	// +kubebuilder:validation:items:XValidation:rule=`self.matches('^([*][.])?([a-z0-9]([-a-z0-9]*[a-z0-9])?[.])*[a-z]([-a-z0-9]*[a-z0-9])?$')`,message="write hostnames as lower-case names, such as auth.example.com or *.example.com, without scheme, port and path; an IP address is none"
	Hostnames []string `json:"hostnames,omitempty"`

	// annotations of the route.
	// +optional
	// +kubebuilder:validation:MaxProperties=64
	Annotations map[string]string `json:"annotations,omitempty"`
}

// ParentReference names a Gateway.
type ParentReference struct {
	// name of the Gateway.
	// +required
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')`,message="name a Gateway: lower-case letters, digits, dashes and dots"
	Name string `json:"name"`

	// namespace of the Gateway. Default: that of the AuthService.
	// +optional
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[a-z0-9]([-a-z0-9]*[a-z0-9])?$')`,message="name a namespace: lower-case letters, digits and dashes"
	Namespace string `json:"namespace,omitempty"`

	// sectionName is one listener of the Gateway. Default: all.
	// +optional
	// +kubebuilder:validation:MaxLength=253
	// +kubebuilder:validation:XValidation:rule=`self.matches('^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$')`,message="name a listener of the Gateway: lower-case letters, digits, dashes and dots"
	SectionName string `json:"sectionName,omitempty"`

	// port of the listener. Default: any.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=65535
	Port int32 `json:"port,omitempty"`
}
