package v1alpha1

import networkingv1 "k8s.io/api/networking/v1"

// NetworkPolicySpec makes a NetworkPolicy for the pods of the service: those that serve and those that migrate.
type NetworkPolicySpec struct {
	// from are those who may send requests to the service. Default: everybody.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	From []networkingv1.NetworkPolicyPeer `json:"from,omitempty"`

	// monitoringFrom are those who may read metrics. Default: nobody outside the namespace of the AuthService.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	MonitoringFrom []networkingv1.NetworkPolicyPeer `json:"monitoringFrom,omitempty"`

	// egress are connections that pods may make besides DNS: to the database, the mail server, Redis, social providers.
	// Default: any.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=32
	Egress []networkingv1.NetworkPolicyEgressRule `json:"egress,omitempty"`
}
