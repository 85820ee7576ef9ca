package controllers

import (
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/yaml"
)

func desiredDeployment() *appsv1.Deployment {
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: metav1.ObjectMeta{Name: "d", Labels: map[string]string{"a": "1"}},
		Spec: appsv1.DeploymentSpec{
			Replicas: ptr.To[int32](0),
			Selector: &metav1.LabelSelector{MatchLabels: map[string]string{"a": "1"}},
			Template: corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{
				Name: "c", Image: "i", Args: []string{"serve"},
				Env:       []corev1.EnvVar{{Name: "A", Value: "1"}},
				Resources: corev1.ResourceRequirements{Limits: corev1.ResourceList{"cpu": resource.MustParse("500m")}},
			}}}},
		},
	}
}

// live is desired as the API server returns it: typed, without kind, with defaults and the additions of others.
func liveDeployment(t *testing.T) *appsv1.Deployment {
	t.Helper()
	desired, err := applicable(desiredDeployment())
	if err != nil {
		t.Fatal(err)
	}
	live := desiredDeployment()
	live.TypeMeta = metav1.TypeMeta{}
	live.Annotations = desired.GetAnnotations()
	live.ResourceVersion, live.UID, live.Generation = "7", "u", 3
	live.Status.Replicas = 4
	live.Spec.RevisionHistoryLimit = ptr.To[int32](10)
	container := &live.Spec.Template.Spec.Containers[0]
	container.TerminationMessagePath = "/dev/termination-log"
	container.Resources.Limits["cpu"] = resource.MustParse("0.5")
	container.Resources.Requests = corev1.ResourceList{"cpu": resource.MustParse("0.5")}
	container.Env = append([]corev1.EnvVar{{Name: "INJECTED"}}, container.Env...)
	live.Spec.Template.Spec.Containers = append(live.Spec.Template.Spec.Containers, corev1.Container{Name: "sidecar"})
	return live
}

func TestDifferences(t *testing.T) {
	t.Parallel()
	container := func(d *appsv1.Deployment) *corev1.Container { return &d.Spec.Template.Spec.Containers[0] }
	for name, test := range map[string]struct {
		change func(*appsv1.Deployment)
		want   string
	}{
		"none":                 {func(*appsv1.Deployment) {}, ""},
		"zero value":           {func(d *appsv1.Deployment) { d.Spec.Replicas = ptr.To[int32](1) }, "spec.replicas"},
		"label removed":        {func(d *appsv1.Deployment) { delete(d.Labels, "a") }, "metadata.labels.a"},
		"atomic map, more":     {func(d *appsv1.Deployment) { d.Spec.Selector.MatchLabels["b"] = "2" }, "spec.selector"},
		"atomic list, more":    {func(d *appsv1.Deployment) { container(d).Args = []string{"serve", "--x"} }, "args"},
		"env":                  {func(d *appsv1.Deployment) { container(d).Env[1].Value = "2" }, `env[name="A"].value`},
		"quantity":             {func(d *appsv1.Deployment) { container(d).Resources.Limits["cpu"] = resource.MustParse("1") }, "limits.cpu"},
		"container gone":       {func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers = d.Spec.Template.Spec.Containers[1:] }, `containers[name="c"]`},
		"of another operator":  {func(d *appsv1.Deployment) { d.Annotations[annotationHash] = "old" }, "metadata.annotations"},
		"other order of lists": {func(d *appsv1.Deployment) { c := d.Spec.Template.Spec.Containers; c[0], c[1] = c[1], c[0] }, ""},
	} {
		desired, err := applicable(desiredDeployment())
		if err != nil {
			t.Fatal(err)
		}
		live := liveDeployment(t)
		test.change(live)
		got, err := differences(desired, live)
		if err != nil {
			t.Fatal(err)
		}
		if (got == "") != (test.want == "") || !strings.Contains(got, test.want) {
			t.Errorf("%s: got %q, want %q", name, got, test.want)
		}
	}
}

// A field that is no longer wanted is seen by the hash only.
func TestHashFollowsWhatIsApplied(t *testing.T) {
	t.Parallel()
	before := desiredDeployment()
	before.Spec.Paused = true
	was, err := applicable(before)
	if err != nil {
		t.Fatal(err)
	}
	live := liveDeployment(t)
	live.Annotations, live.Spec.Paused = was.GetAnnotations(), true
	now, err := applicable(desiredDeployment())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := differences(now, live); err != nil || !strings.Contains(got, "applied-hash") {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestStripSecretKeepsNoContent(t *testing.T) {
	t.Parallel()
	secret := &metav1.PartialObjectMetadata{ObjectMeta: metav1.ObjectMeta{
		Name: "db", UID: "u", ResourceVersion: "7",
		Annotations:   map[string]string{"kubectl.kubernetes.io/last-applied-configuration": "quoted"},
		ManagedFields: []metav1.ManagedFieldsEntry{{Manager: "m"}},
	}}
	stripped, err := stripMetadata(secret)
	if err != nil {
		t.Fatal(err)
	}
	got := stripped.(*metav1.PartialObjectMetadata)
	if got.Annotations != nil || got.ManagedFields != nil || got.Name != "db" || got.UID != "u" || got.ResourceVersion != "7" {
		t.Errorf("got %+v", got)
	}
}

func TestLacking(t *testing.T) {
	t.Parallel()
	object := func(text string) map[string]any {
		var content map[string]any
		if err := yaml.Unmarshal([]byte(text), &content); err != nil {
			t.Fatal(err)
		}
		return content
	}
	want := object(`
metadata: {name: login, labels: {a: "1"}, ownerReferences: [{uid: u, controller: true}]}
spec: {hostnames: [a, b], rules: [{backendRefs: [{name: login, port: 80, group: ""}]}], weight: 0}
`)
	for text, path := range map[string]string{
		`{metadata: {name: login, labels: {a: "1", b: "2"}, uid: x, ownerReferences: [{uid: v}, {uid: u, controller: true}]}, status: {x: 1}, spec: {hostnames: [a, b], rules: [{timeouts: {}, backendRefs: [{name: login, port: 80, group: "", kind: Service}]}], weight: 0}}`: "",
		`{metadata: {name: login, labels: {a: "1"}, ownerReferences: [{uid: v}]}, spec: {hostnames: [a, b], rules: [{backendRefs: [{name: login, port: 80, group: ""}]}], weight: 0}}`:                                                                                          ".metadata.ownerReferences",
		`{metadata: {name: login, ownerReferences: [{uid: u, controller: true}]}, spec: {hostnames: [a, b], rules: [{backendRefs: [{name: login, port: 80, group: ""}]}], weight: 0}}`:                                                                                          ".metadata.labels",
		`{metadata: {name: login, labels: {a: "1"}, ownerReferences: [{uid: u, controller: true}]}, spec: {hostnames: [b, a], rules: [{backendRefs: [{name: login, port: 80, group: ""}]}], weight: 0}}`:                                                                        ".spec.hostnames[0]",
		`{metadata: {name: login, labels: {a: "1"}, ownerReferences: [{uid: u, controller: true}]}, spec: {hostnames: [a, b, c], rules: [{backendRefs: [{name: login, port: 80, group: ""}]}], weight: 0}}`:                                                                     ".spec.hostnames",
		`{metadata: {name: login, labels: {a: "1"}, ownerReferences: [{uid: u, controller: true}]}, spec: {hostnames: [a, b], rules: [{backendRefs: [{name: login, port: 81, group: ""}]}], weight: 0}}`:                                                                        ".spec.rules[0].backendRefs[0].port",
		`{metadata: {name: login, labels: {a: "1"}, ownerReferences: [{uid: u, controller: true}]}, spec: {hostnames: [a, b], rules: [{backendRefs: [{name: login, port: 80}]}], weight: 0}}`:                                                                                   ".spec.rules[0].backendRefs[0].group",
		`{metadata: {name: login, labels: {a: "1"}, ownerReferences: [{uid: u, controller: true}]}, spec: {hostnames: [a, b], rules: none, weight: 0}}`:                                                                                                                         ".spec.rules",
	} {
		if got := lacking("", want, object(text)); got != path {
			t.Errorf("%s: got %q, want %q", text, got, path)
		}
	}
}
