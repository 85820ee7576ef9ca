package v1alpha1

import "k8s.io/apimachinery/pkg/util/intstr"

// AutoscalingSpec lets a HorizontalPodAutoscaler choose the number of replicas. It needs metrics-server, or what else serves
// the resource metrics of the cluster.
//
// +kubebuilder:validation:XValidation:rule=`self.?minReplicas.orValue(2) <= self.maxReplicas`,message="set maxReplicas to minReplicas or more",fieldPath=".maxReplicas"
type AutoscalingSpec struct {
	// minReplicas is the least number of replicas.
	// +optional
	// +kubebuilder:default=2
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	MinReplicas *int32 `json:"minReplicas,omitempty"`

	// maxReplicas is the greatest number of replicas. The database must allow as many times database.maxConnections.
	// +required
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	MaxReplicas int32 `json:"maxReplicas"`

	// targetCPUUtilization is the use of CPU by the auth server, in percent of its request, that replicas are added or
	// removed to reach. Sign-ins are what costs CPU.
	// +optional
	// +kubebuilder:default=80
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	TargetCPUUtilization *int32 `json:"targetCPUUtilization,omitempty"`

	// targetMemoryUtilization is the use of memory, in percent of the request, likewise. Default: memory does not count.
	// +optional
	// +kubebuilder:validation:Minimum=1
	// +kubebuilder:validation:Maximum=1000
	TargetMemoryUtilization *int32 `json:"targetMemoryUtilization,omitempty"`
}

// PodDisruptionBudgetSpec says how many replicas drains may take away at once.
//
// +kubebuilder:validation:XValidation:rule=`!has(self.minAvailable) || !has(self.maxUnavailable)`,message="set minAvailable or maxUnavailable, not both"
type PodDisruptionBudgetSpec struct {
	// enabled makes a budget when there are two replicas or more, of autoscaling two at least.
	// +optional
	// +kubebuilder:default=true
	Enabled *bool `json:"enabled,omitempty"`

	// minAvailable replicas are kept: a number, or a percentage such as 50%.
	// +optional
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:XValidation:rule=`type(self) == int ? self >= 1 : self.matches('^[1-9][0-9]?%$')`,message="write minAvailable as a number from 1 on, or from 1% to 99%: with 100% drains would wait for ever"
	MinAvailable *intstr.IntOrString `json:"minAvailable,omitempty"`

	// maxUnavailable replicas may be away: a number, or a percentage. Default: 1.
	// +optional
	// +kubebuilder:validation:XIntOrString
	// +kubebuilder:validation:XValidation:rule=`type(self) == int ? self >= 1 : self.matches('^([1-9][0-9]?|100)%$')`,message="write maxUnavailable as a number from 1 on, or from 1% to 100%: with 0 drains would wait for ever"
	MaxUnavailable *intstr.IntOrString `json:"maxUnavailable,omitempty"`
}
