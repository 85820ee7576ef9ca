package resources

import (
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/ptr"
)

func TestBelongs(t *testing.T) {
	t.Parallel()
	auth := minimal()
	controlledBy := func(uid types.UID) metav1.ObjectMeta {
		return metav1.ObjectMeta{
			Labels:          Labels(auth),
			OwnerReferences: []metav1.OwnerReference{{Name: "login", UID: uid, Controller: ptr.To(true)}},
		}
	}
	for name, test := range map[string]struct {
		object metav1.ObjectMeta
		want   bool
	}{
		"controlled by the instance":              {controlledBy(auth.UID), true},
		"controlled by another one":               {controlledBy("another"), false},
		"controlled by nobody, with our labels":   {metav1.ObjectMeta{Labels: Labels(auth)}, true},
		"controlled by nobody, without labels":    {metav1.ObjectMeta{}, false},
		"labelled for another instance of ours":   {metav1.ObjectMeta{Labels: map[string]string{LabelInstance: "b", LabelManagedBy: ManagedBy}}, false},
		"named like us, managed by somebody else": {metav1.ObjectMeta{Labels: map[string]string{LabelInstance: "login", LabelManagedBy: "Helm"}}, false},
	} {
		if got := Belongs(&test.object, auth); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
