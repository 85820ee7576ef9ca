package e2e

import (
	"context"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// load makes an image known to the node, and returns its reference.
func (d *demo) load(t *testing.T, image string) string {
	t.Helper()
	if err := d.cluster.Load(t.Context(), filepath.Join(d.root, "bin", "images", image+".tar")); err != nil {
		t.Fatal(err)
	}
	return d.reference(t, image)
}

// badVersionsAreStopped tries one that does not start, and one that is ready and answers nothing: the pods that serve stay.
func (d *demo) badVersionsAreStopped(t *testing.T) {
	for _, image := range []string{"authserver-without-start", "authserver-without-requests"} {
		reference := d.load(t, image)
		before := d.pods(t)
		d.underLoad(t, func(t *testing.T) {
			began := time.Now()
			d.patch(t, `{"spec":{"image":"`+reference+`"}}`)
			eventually(t, func(ctx context.Context) error { return d.isNotReady(ctx, v1alpha1.ReasonCanaryFailed) })
			d.figure(t, "%s is found out after %.0f s: %s", image, time.Since(began).Seconds(), d.message(t, v1alpha1.ConditionReady))
		})
		if after := d.pods(t); !slices.Equal(uids(before), uids(after)) {
			t.Errorf("pods were replaced: %q before, %q after", names(before), names(after))
		}
		d.patch(t, `{"spec":{"image":null}}`)
		eventually(t, func(ctx context.Context) error { return d.runs(ctx, 2) })
	}
}

func (d *demo) message(t *testing.T, condition string) string {
	t.Helper()
	auth, err := d.auth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return meta.FindStatusCondition(auth.Status.Conditions, condition).Message
}
