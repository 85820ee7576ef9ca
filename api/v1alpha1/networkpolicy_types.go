package v1alpha1

import networkingv1 "k8s.io/api/networking/v1"

// NetworkPolicySpec makes a NetworkPolicy for all pods of the service, those of its Jobs included. It lets the nodes probe
// them, and the pods talk to each other.
type NetworkPolicySpec struct {
	// from are those who may send requests to the service. Default: everybody.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	From []networkingv1.NetworkPolicyPeer `json:"from,omitempty"`

	// monitoringFrom are those who may read metrics. Default: the pods in the namespace of the AuthService.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	MonitoringFrom []networkingv1.NetworkPolicyPeer `json:"monitoringFrom,omitempty"`

	// egress are the connections that pods may make besides DNS: to the database, the mail server, Redis, social providers,
	// and to the ingress or Gateway for the test of a new version. Default: any.
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=32
	Egress []networkingv1.NetworkPolicyEgressRule `json:"egress,omitempty"`
}
