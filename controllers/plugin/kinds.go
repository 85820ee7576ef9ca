package plugin

import (
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// kind is one that an instance may have objects of.
type kind struct {
	name string
	// list is an empty list to read into: with the objects, or with their metadata where that is all to be shown.
	list func() client.ObjectList
}

// kinds are in the order in which they are shown. Owners come before what they own.
func kinds() []kind {
	return []kind{
		{"Deployment", func() client.ObjectList { return &appsv1.DeploymentList{} }},
		{"ReplicaSet", func() client.ObjectList { return &appsv1.ReplicaSetList{} }},
		{"Job", func() client.ObjectList { return &batchv1.JobList{} }},
		{"Pod", func() client.ObjectList { return &corev1.PodList{} }},
		{"Service", func() client.ObjectList { return &corev1.ServiceList{} }},
		{"Ingress", func() client.ObjectList { return &networkingv1.IngressList{} }},
		{"HTTPRoute", untyped("gateway.networking.k8s.io", "HTTPRoute")},
		{"HorizontalPodAutoscaler", func() client.ObjectList { return &autoscalingv2.HorizontalPodAutoscalerList{} }},
		{"PodDisruptionBudget", func() client.ObjectList { return &policyv1.PodDisruptionBudgetList{} }},
		{"NetworkPolicy", metadata("networking.k8s.io", "NetworkPolicy")},
		{"ServiceMonitor", metadata("monitoring.coreos.com", "ServiceMonitor")},
		{"PrometheusRule", metadata("monitoring.coreos.com", "PrometheusRule")},
		{"ServiceAccount", metadata("", "ServiceAccount")},
		{"ConfigMap", metadata("", "ConfigMap")},
		{"Secret", metadata("", "Secret")},
	}
}

// All of them are in version v1 of their groups.
func metadata(group, name string) func() client.ObjectList {
	return func() client.ObjectList {
		list := &metav1.PartialObjectMetadataList{}
		list.SetGroupVersionKind(schema.GroupVersionKind{Group: group, Version: "v1", Kind: name + "List"})
		return list
	}
}

func untyped(group, name string) func() client.ObjectList {
	return func() client.ObjectList {
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(schema.GroupVersionKind{Group: group, Version: "v1", Kind: name + "List"})
		return list
	}
}
