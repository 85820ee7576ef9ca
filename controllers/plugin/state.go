package plugin

import (
	"fmt"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/duration"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// state says in a few words how an object is and how old.
func state(object client.Object, now time.Time) string {
	old := age(object.GetCreationTimestamp().Time, now)
	if object.GetDeletionTimestamp() != nil {
		return "being deleted, " + old
	}
	if words := condition(object, now); words != "" {
		return words + ", " + old
	}
	return old
}

func condition(object client.Object, now time.Time) string {
	switch object := object.(type) {
	case *appsv1.Deployment:
		return deploymentState(object)
	case *corev1.Pod:
		return podState(object)
	case *batchv1.Job:
		return jobState(object, now)
	case *corev1.Service:
		return serviceState(object)
	case *networkingv1.Ingress:
		return ingressState(object)
	case *autoscalingv2.HorizontalPodAutoscaler:
		return fmt.Sprintf("%d replicas of %d to %d", object.Status.CurrentReplicas, ptr.Deref(object.Spec.MinReplicas, 1), object.Spec.MaxReplicas)
	case *policyv1.PodDisruptionBudget:
		return fmt.Sprintf("%d may be away now", object.Status.DisruptionsAllowed)
	case *unstructured.Unstructured:
		return routeState(object)
	}
	return ""
}

func deploymentState(d *appsv1.Deployment) string {
	words := fmt.Sprintf("%d of %d ready", d.Status.ReadyReplicas, ptr.Deref(d.Spec.Replicas, 1))
	if d.Status.ObservedGeneration < d.Generation || d.Status.UpdatedReplicas < d.Status.Replicas {
		words += fmt.Sprintf(", %d updated", d.Status.UpdatedReplicas)
	}
	if d.Spec.Paused {
		words += ", paused"
	}
	return words
}

func serviceState(s *corev1.Service) string {
	ports := make([]string, 0, len(s.Spec.Ports))
	for _, port := range s.Spec.Ports {
		ports = append(ports, fmt.Sprintf("%s %d", port.Name, port.Port))
	}
	return strings.Join(append([]string{string(s.Spec.Type)}, ports...), ", ")
}

func ingressState(i *networkingv1.Ingress) string {
	var hosts, addresses []string
	for _, rule := range i.Spec.Rules {
		hosts = append(hosts, rule.Host)
	}
	for _, entry := range i.Status.LoadBalancer.Ingress {
		addresses = append(addresses, entry.IP+entry.Hostname)
	}
	if len(addresses) == 0 {
		addresses = []string{"no address yet"}
	}
	return strings.Join(hosts, " ") + " at " + strings.Join(addresses, " ")
}

// routeState says what the Gateways say of an HTTPRoute.
func routeState(route *unstructured.Unstructured) string {
	hosts, _, _ := unstructured.NestedStringSlice(route.Object, "spec", "hostnames")
	parents, _, _ := unstructured.NestedSlice(route.Object, "status", "parents")
	accepted := 0
	for _, parent := range parents {
		fields, _ := parent.(map[string]any)
		conditions, _, _ := unstructured.NestedSlice(fields, "conditions")
		for _, condition := range conditions {
			if c, ok := condition.(map[string]any); ok && c["type"] == "Accepted" && c["status"] == "True" {
				accepted++
			}
		}
	}
	refs, _, _ := unstructured.NestedSlice(route.Object, "spec", "parentRefs")
	return fmt.Sprintf("%s, accepted by %d of %d gateways", strings.Join(hosts, " "), accepted, len(refs))
}

func age(since, now time.Time) string { return duration.HumanDuration(now.Sub(since)) }
