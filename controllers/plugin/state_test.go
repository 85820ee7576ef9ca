package plugin

import (
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

var noon = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func before(d time.Duration) *metav1.Time { return ptr.To(metav1.NewTime(noon.Add(-d))) }

func waiting(phase corev1.PodPhase, reason string) *corev1.Pod {
	return &corev1.Pod{Status: corev1.PodStatus{Phase: phase, ContainerStatuses: []corev1.ContainerStatus{{
		Name: "authserver", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
	}}}}
}

func job(kind batchv1.JobConditionType, reason string) *batchv1.Job {
	return &batchv1.Job{Status: batchv1.JobStatus{StartTime: before(40 * time.Second), Conditions: []batchv1.JobCondition{
		{Type: kind, Status: corev1.ConditionTrue, Reason: reason, LastTransitionTime: *before(10 * time.Second)},
	}}}
}

func TestStates(t *testing.T) {
	t.Parallel()
	ended := waiting(corev1.PodFailed, "")
	ended.Status.ContainerStatuses[0].State = corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{Reason: "OOMKilled", ExitCode: 137}}
	init := waiting(corev1.PodPending, "PodInitializing")
	init.Status.InitContainerStatuses = waiting("", "ImagePullBackOff").Status.ContainerStatuses
	leaving := waiting(corev1.PodRunning, "")
	leaving.DeletionTimestamp = before(time.Second)
	for want, object := range map[string]client.Object{
		"0 of 3 ready, 1 updated, paused, 5m": &appsv1.Deployment{
			Spec:   appsv1.DeploymentSpec{Replicas: ptr.To[int32](3), Paused: true},
			Status: appsv1.DeploymentStatus{Replicas: 3, UpdatedReplicas: 1},
		},
		"Pending, 5m":                                       waiting(corev1.PodPending, "PodInitializing"),
		"authserver: ImagePullBackOff, 5m":                  init,
		"authserver: OOMKilled with exit code 137, 5m":      ended,
		"being deleted, 5m":                                 leaving,
		"Complete after 30s, 5m":                            job(batchv1.JobComplete, ""),
		"Failed: BackoffLimitExceeded after 30s, 5m":        job(batchv1.JobFailed, "BackoffLimitExceeded"),
		"Suspended, 5m":                                     job(batchv1.JobSuspended, ""),
		"Running for 40s, 5m":                               job(batchv1.JobFailureTarget, ""),
		"auth.example.com at 192.0.2.1 lb.example.net, 5m":  ingress("192.0.2.1", "lb.example.net"),
		"auth.example.com at no address yet, 5m":            ingress("", ""),
		"auth.example.com, accepted by 1 of 2 gateways, 5m": route(),
		"3 replicas of 1 to 5, 5m": &autoscalingv2.HorizontalPodAutoscaler{
			Spec: autoscalingv2.HorizontalPodAutoscalerSpec{MaxReplicas: 5}, Status: autoscalingv2.HorizontalPodAutoscalerStatus{CurrentReplicas: 3},
		},
		"1 may be away now, 5m": &policyv1.PodDisruptionBudget{Status: policyv1.PodDisruptionBudgetStatus{DisruptionsAllowed: 1}},
		"5m":                    &corev1.Secret{},
	} {
		object.SetCreationTimestamp(*before(5 * time.Minute))
		if got := state(object, noon); got != want {
			t.Errorf("%T is %q, want %q", object, got, want)
		}
	}
}

func ingress(ip, hostname string) *networkingv1.Ingress {
	result := &networkingv1.Ingress{Spec: networkingv1.IngressSpec{Rules: []networkingv1.IngressRule{{Host: "auth.example.com"}}}}
	if ip != "" {
		result.Status.LoadBalancer.Ingress = []networkingv1.IngressLoadBalancerIngress{{IP: ip}, {Hostname: hostname}}
	}
	return result
}

func route() *unstructured.Unstructured {
	accepted := func(status string) any {
		return map[string]any{"conditions": []any{map[string]any{"type": "Accepted", "status": status}}}
	}
	return &unstructured.Unstructured{Object: map[string]any{
		"spec":   map[string]any{"hostnames": []any{"auth.example.com"}, "parentRefs": []any{map[string]any{}, map[string]any{}}},
		"status": map[string]any{"parents": []any{accepted("True"), accepted("False"), "nonsense"}},
	}}
}
