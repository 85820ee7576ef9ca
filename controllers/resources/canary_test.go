package resources

import (
	"encoding/json"
	"slices"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

func build(t *testing.T, auth *v1alpha1.AuthService) *Objects {
	t.Helper()
	objects, err := Build(auth, inputs)
	if err != nil {
		t.Fatal(err)
	}
	return objects
}

// What pods are made of makes new canaries; what it is not, none. The public URL is the business of one of them.
func TestCanariesAreOneForEachVersion(t *testing.T) {
	t.Parallel()
	exposed := func() *v1alpha1.AuthService {
		auth := full()
		auth.Spec.Ingress = &v1alpha1.IngressSpec{}
		return auth
	}
	base := build(t, exposed())
	for name, test := range map[string]struct {
		change        func(*v1alpha1.AuthService)
		canary, probe bool
	}{
		"image":    {func(a *v1alpha1.AuthService) { a.Spec.Image = "b:2" }, true, true},
		"origins":  {func(a *v1alpha1.AuthService) { a.Spec.AllowedOrigins = nil }, true, true},
		"template": {func(a *v1alpha1.AuthService) { a.Spec.Template = overlayOf("spec: {nodeSelector: {a: b}}") }, true, true},
		"ingress":  {func(a *v1alpha1.AuthService) { a.Spec.Ingress = nil }, false, true},
		"replicas": {func(a *v1alpha1.AuthService) { a.Spec.Replicas = ptr.To[int32](9) }, false, false},
		"approval": {func(a *v1alpha1.AuthService) { a.Spec.Migration.Policy = v1alpha1.MigrationApprove }, false, false},
	} {
		auth := exposed()
		test.change(auth)
		got := build(t, auth)
		if canary, probe := got.Canary.Name != base.Canary.Name, got.Probe.Name != base.Probe.Name; canary != test.canary || probe != test.probe {
			t.Errorf("%s: other canary %v, other probe %v", name, canary, probe)
		}
	}
	off := exposed()
	off.Spec.Rollout.Canary = ptr.To(false)
	if got := build(t, off); got.Canary != nil || got.Probe != nil {
		t.Error("canaries that nobody wants")
	}
}

func TestCanaryPods(t *testing.T) {
	t.Parallel()
	for name, auth := range allCases() {
		objects := build(t, auth())
		for _, job := range []*corev1.PodTemplateSpec{&objects.Canary.Spec.Template, &objects.Probe.Spec.Template} {
			if PodSelector(auth()).AsSelector().Matches(labels.Set(job.Labels)) {
				t.Errorf("%s: the Service would send requests to a canary", name)
			}
			volumes := map[string]bool{}
			for _, volume := range job.Spec.Volumes {
				volumes[volume.Name] = true
			}
			for _, container := range slices.Concat(job.Spec.InitContainers, job.Spec.Containers) {
				for _, mount := range container.VolumeMounts {
					if !volumes[mount.Name] {
						t.Errorf("%s: container %s mounts %s, which is not there", name, container.Name, mount.Name)
					}
				}
			}
		}
	}
}

func TestProbeKnowsThePublicURL(t *testing.T) {
	t.Parallel()
	auth := full()
	for _, change := range []func(){
		func() { auth.Spec.Ingress = &v1alpha1.IngressSpec{} },
		func() { auth.Spec.Ingress, auth.Spec.HTTPRoute = nil, &v1alpha1.HTTPRouteSpec{} },
	} {
		if args := build(t, auth).Probe.Spec.Template.Spec.Containers[0].Args; len(args) != 3 {
			t.Errorf("without ingress: %v", args)
		}
		change()
		if args := build(t, auth).Probe.Spec.Template.Spec.Containers[0].Args; !slices.Contains(args, "--public-url=https://auth.example.com") {
			t.Errorf("with one: %v", args)
		}
		auth.Spec.Ingress, auth.Spec.HTTPRoute = nil, nil
	}
}

func TestParseCanaryReport(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(config.CanaryReport{
		Canary: config.CanaryFailed, Message: "sign-in:\nno", ClientIP: config.ClientIPUnresolvable, ClientIPMessage: "set\nit",
	})
	if err != nil {
		t.Fatal(err)
	}
	want := CanaryReport{Message: "sign-in: no", ClientIP: ClientIPUnresolvable, ClientIPMessage: "set it"}
	if got, ok := ParseCanaryReport(string(text) + "\n"); !ok || got != want {
		t.Errorf("got %+v, %v", got, ok)
	}
	for _, text := range []string{"", "panic: postgres://u:p@h/db", "{}", `{"canary":"Maybe"}`, `{"canary":7}`, `{"reason":"Migrated"}`} {
		if report, ok := ParseCanaryReport(text); ok {
			t.Errorf("%q was taken for %+v", text, report)
		}
	}
}
