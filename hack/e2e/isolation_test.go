package e2e

import (
	"maps"
	"slices"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// areIsolated holds that no AuthService uses anything of another one: pods mount what is theirs, Services lead to pods of
// theirs, and of the secrets the operator read those alone that it has made.
func (d *demo) areIsolated(t *testing.T, all []v1alpha1.AuthService, requests []request) {
	t.Helper()
	instances := map[string]bool{}
	for _, auth := range all {
		instances[auth.Namespace+"/"+auth.Name] = true
	}
	templates := d.podTemplates(t)
	for owner, pods := range templates {
		instance := owner.instance
		for _, pod := range pods {
			for _, used := range usedBy(pod) {
				if used != "Secret database" && used != "Secret "+instance+"-secrets" && used != "ServiceAccount "+instance &&
					!strings.HasPrefix(used, "ConfigMap "+instance+"-config-") {
					t.Errorf("%s/%s uses %s", owner.namespace, instance, used)
				}
			}
		}
	}
	if len(templates) != len(all) {
		t.Errorf("%d AuthServices have pods, want %d", len(templates), len(all))
	}
	d.servicesAreIsolated(t)
	for _, r := range requests {
		if r.ObjectRef.Resource == "secrets" && r.Verb == "get" && strings.HasPrefix(r.ObjectRef.Namespace, "many-") &&
			!instances[r.ObjectRef.Namespace+"/"+maker(r.ObjectRef.Name)] {
			t.Errorf("the operator read a secret that is not its own: %s", r)
		}
	}
}

// maker is the AuthService for which the operator makes a secret of this name; empty when it makes none.
func maker(secret string) string {
	for _, suffix := range []string{"-secrets", "-binding"} {
		if name, ok := strings.CutSuffix(secret, suffix); ok {
			return name
		}
	}
	return ""
}

type owner struct{ namespace, instance string }

// podTemplates of Deployments and Jobs.
func (d *demo) podTemplates(t *testing.T) map[owner][]corev1.PodSpec {
	t.Helper()
	templates := map[owner][]corev1.PodSpec{}
	note := func(object client.Object, pod corev1.PodSpec) {
		if strings.HasPrefix(object.GetNamespace(), "many-") {
			key := owner{object.GetNamespace(), object.GetLabels()["app.kubernetes.io/instance"]}
			templates[key] = append(templates[key], pod)
		}
	}
	var deployments appsv1.DeploymentList
	var jobs batchv1.JobList
	for _, list := range []client.ObjectList{&deployments, &jobs} {
		if err := d.client.List(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	for i := range deployments.Items {
		note(&deployments.Items[i], deployments.Items[i].Spec.Template.Spec)
	}
	for i := range jobs.Items {
		note(&jobs.Items[i], jobs.Items[i].Spec.Template.Spec)
	}
	return templates
}

// usedBy are the objects of its namespace that a pod depends on.
func usedBy(pod corev1.PodSpec) []string {
	used := map[string]bool{"ServiceAccount " + pod.ServiceAccountName: true}
	for _, volume := range pod.Volumes {
		if volume.Secret != nil {
			used["Secret "+volume.Secret.SecretName] = true
		}
		if volume.ConfigMap != nil {
			used["ConfigMap "+volume.ConfigMap.Name] = true
		}
	}
	for _, container := range slices.Concat(pod.InitContainers, pod.Containers) {
		for _, source := range container.EnvFrom {
			used["Secret "+source.SecretRef.Name] = true
		}
	}
	return slices.Sorted(maps.Keys(used))
}

func (d *demo) servicesAreIsolated(t *testing.T) {
	t.Helper()
	var services corev1.ServiceList
	var pods corev1.PodList
	for _, list := range []client.ObjectList{&services, &pods} {
		if err := d.client.List(t.Context(), list); err != nil {
			t.Fatal(err)
		}
	}
	for _, service := range services.Items {
		if !strings.HasPrefix(service.Namespace, "many-") {
			continue
		}
		chosen := 0
		for _, pod := range pods.Items {
			if pod.Namespace != service.Namespace || !labels.SelectorFromSet(service.Spec.Selector).Matches(labels.Set(pod.Labels)) {
				continue
			}
			chosen++
			if pod.Labels["app.kubernetes.io/instance"] != service.Name {
				t.Errorf("Service %s/%s leads to pod %s", service.Namespace, service.Name, pod.Name)
			}
		}
		if chosen == 0 {
			t.Errorf("Service %s/%s leads to no pod", service.Namespace, service.Name)
		}
	}
}
