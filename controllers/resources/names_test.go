package resources

import (
	"slices"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// The longest name that the API allows must still make DNS labels: Services need them, and Jobs label pods with their name.
func TestNamesAreDNSLabels(t *testing.T) {
	t.Parallel()
	auth := &v1alpha1.AuthService{ObjectMeta: metav1.ObjectMeta{Name: strings.Repeat("a", 40)}}
	names := []string{Name(auth), SecretName(auth), configMapName(auth, "0123abcd")}
	for label := range jobInfixes {
		for _, attempt := range []int{1, 99999} {
			job := job(auth, label, &corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{label: "0123abcd"}}}, batchv1.JobSpec{})
			SetAttempt(job, attempt)
			names = append(names, job.Name)
		}
	}
	for _, name := range names {
		if problems := validation.IsDNS1035Label(name); problems != nil {
			t.Errorf("%s (%d characters): %v", name, len(name), problems)
		}
	}
}

func TestNamesAreUniqueWithinAKind(t *testing.T) {
	t.Parallel()
	objects, err := Build(full(), inputs)
	if err != nil {
		t.Fatal(err)
	}
	seen := map[string]bool{}
	for _, object := range slices.Concat(objects.Foundation, []Object{objects.Migration, objects.Canary, objects.Probe}, objects.Rollout) {
		key := object.GetObjectKind().GroupVersionKind().Kind + "/" + object.GetName()
		if seen[key] {
			t.Errorf("%s is there twice", key)
		}
		seen[key] = true
	}
}
