package resources

import (
	"slices"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// The longest name that the API allows must still make DNS labels: Services need them, and Jobs label pods with their name.
func TestNamesAreDNSLabels(t *testing.T) {
	t.Parallel()
	auth := &v1alpha1.AuthService{ObjectMeta: metav1.ObjectMeta{Name: strings.Repeat("a", 40)}}
	for _, name := range []string{
		Name(auth), SecretName(auth), configMapName(auth, "0123abcd"),
		jobName(auth, "0123abcd", 1), jobName(auth, "0123abcd", 99999),
	} {
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
	for _, object := range slices.Concat(objects.Foundation, []Object{objects.Migration}, objects.Rollout) {
		key := object.GetObjectKind().GroupVersionKind().Kind + "/" + object.GetName()
		if seen[key] {
			t.Errorf("%s is there twice", key)
		}
		seen[key] = true
	}
}
