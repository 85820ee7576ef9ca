package e2e

import (
	"context"
	"fmt"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

func (d *demo) comesUp(t *testing.T) {
	file := filepath.Join(t.TempDir(), "result.json")
	output, err := d.script(t.Context(), "up.sh", "RESULT="+file)
	if err != nil {
		t.Fatal(err)
	}
	d.connect(t)
	d.readResult(t, file)
	for _, want := range []string{"http://localhost:" + d.port, "curl ", "make demo-down", d.result.Email} {
		if !strings.Contains(output, want) {
			t.Errorf("the demo does not show %q:\n%s", want, output)
		}
	}
}

func (d *demo) auth(ctx context.Context) (*v1alpha1.AuthService, error) {
	auth := &v1alpha1.AuthService{}
	return auth, d.client.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, auth)
}

func (d *demo) statusIsReady(t *testing.T) {
	auth, err := d.auth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := ready(auth); err != nil {
		t.Error(err)
	}
	status := auth.Status
	if want := "http://localhost:" + d.port; status.URL != want {
		t.Errorf("url is %q, want %q", status.URL, want)
	}
	if status.Replicas != 2 || status.ReadyReplicas != 2 {
		t.Errorf("%d of %d replicas are ready, want 2 of 2", status.ReadyReplicas, status.Replicas)
	}
	if status.Schema.Hash == "" || len(status.Keys) == 0 {
		t.Errorf("schema %+v and keys %+v are not all there", status.Schema, status.Keys)
	}
}

// ready is the state that every condition and generation agrees on.
func ready(auth *v1alpha1.AuthService) error {
	if auth.Status.ObservedGeneration != auth.Generation {
		return fmt.Errorf("status is of generation %d, spec of %d", auth.Status.ObservedGeneration, auth.Generation)
	}
	for _, name := range []string{
		v1alpha1.ConditionReady, v1alpha1.ConditionSecretsReady, v1alpha1.ConditionDatabaseReachable,
		v1alpha1.ConditionSchemaMigrated, v1alpha1.ConditionAvailable,
	} {
		condition := meta.FindStatusCondition(auth.Status.Conditions, name)
		if condition == nil || condition.Status != metav1.ConditionTrue || condition.ObservedGeneration != auth.Generation {
			return fmt.Errorf("condition %s is %+v", name, condition)
		}
	}
	for _, name := range []string{v1alpha1.ConditionReconciling, v1alpha1.ConditionStalled} {
		if condition := meta.FindStatusCondition(auth.Status.Conditions, name); condition != nil {
			return fmt.Errorf("condition %s is still there: %+v", name, condition)
		}
	}
	return nil
}

func (d *demo) childrenExist(t *testing.T) {
	auth, err := d.auth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, child := range []client.Object{
		&corev1.ServiceAccount{}, &corev1.Service{}, &appsv1.Deployment{}, &policyv1.PodDisruptionBudget{},
	} {
		if err := d.client.Get(t.Context(), client.ObjectKey{Namespace: namespace, Name: name}, child); err != nil {
			t.Errorf("%T: %v", child, err)
		} else if !metav1.IsControlledBy(child, auth) {
			t.Errorf("%T is not owned by the AuthService", child)
		}
	}
	var jobs batchv1.JobList
	if err := d.client.List(t.Context(), &jobs, client.InNamespace(namespace)); err != nil {
		t.Fatal(err)
	}
	succeeded := map[string]int32{}
	for _, job := range jobs.Items {
		succeeded[job.Labels["app.kubernetes.io/component"]] += job.Status.Succeeded
	}
	if want := map[string]int32{"migration": 1, "canary": 1}; len(jobs.Items) != 2 || !maps.Equal(succeeded, want) {
		t.Errorf("want one migration and one canary that succeeded, got %+v", jobs.Items)
	}
	if pods := d.pods(t); len(pods) != 2 {
		t.Errorf("%d pods take requests, want 2", len(pods))
	}
}

// pods that take requests.
func (d *demo) pods(t *testing.T) []corev1.Pod {
	t.Helper()
	all, err := d.podsOf(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var pods []corev1.Pod
	for _, pod := range all {
		for _, condition := range pod.Status.Conditions {
			if condition.Type == corev1.PodReady && condition.Status == corev1.ConditionTrue && pod.DeletionTimestamp == nil {
				pods = append(pods, pod)
			}
		}
	}
	return pods
}

// podsOf are all pods that serve, have served or will serve.
func (d *demo) podsOf(ctx context.Context) ([]corev1.Pod, error) {
	return d.podsWith(ctx, namespace, client.MatchingLabels{
		"app.kubernetes.io/instance": name, "app.kubernetes.io/component": "authserver"})
}

func (d *demo) podsWith(ctx context.Context, namespace string, labels client.MatchingLabels) ([]corev1.Pod, error) {
	var list corev1.PodList
	err := d.client.List(ctx, &list, client.InNamespace(namespace), labels)
	return list.Items, err
}

// podSecurityIsEnforced shows that the namespaces refuse what is not restricted, so that the pods that run in them are.
func (d *demo) podSecurityIsEnforced(t *testing.T) {
	for _, namespace := range []string{namespace, system} {
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "privileged"},
			Spec: corev1.PodSpec{Containers: []corev1.Container{{
				Name: "c", Image: "localhost/pause:local", SecurityContext: &corev1.SecurityContext{Privileged: ptr.To(true)}}}},
		}
		err := d.client.Create(t.Context(), pod, client.DryRunAll)
		if !apierrors.IsForbidden(err) || !strings.Contains(err.Error(), "restricted") {
			t.Errorf("a privileged pod in %s: %v", namespace, err)
		}
	}
}

// isNotReady is nil when the AuthService says that it is not, for that reason.
func (d *demo) isNotReady(ctx context.Context, reason string) error {
	auth, err := d.auth(ctx)
	if err != nil {
		return err
	}
	condition := meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReady)
	if condition == nil || condition.Status == metav1.ConditionTrue || condition.Reason != reason {
		return fmt.Errorf("condition Ready is %+v, want one with the reason %s", condition, reason)
	}
	return nil
}
