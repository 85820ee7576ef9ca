package e2e

import (
	"context"
	"errors"
	"fmt"
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
	for image, reason := range map[string]string{
		"authserver-without-start": v1alpha1.ReasonPodNotStarting, "authserver-without-requests": v1alpha1.ReasonCanaryFailed,
	} {
		reference := d.load(t, image)
		before := d.pods(t)
		d.underLoad(t, func(t *testing.T) {
			began := time.Now()
			d.patch(t, `{"spec":{"image":"`+reference+`"}}`)
			eventually(t, func(ctx context.Context) error { return d.isNotReady(ctx, reason) })
			d.figure(t, "%s is found out after %.0f s: %s", image, time.Since(began).Seconds(), d.message(t, v1alpha1.ConditionReady))
		})
		if after := d.pods(t); !slices.Equal(uids(before), uids(after)) {
			t.Errorf("pods were replaced: %q before, %q after", names(before), names(after))
		}
		d.patch(t, `{"spec":{"image":null}}`)
		eventually(t, func(ctx context.Context) error { return d.runs(ctx, 2) })
	}
}

// keysRotate until a new one signs and the old one is no longer needed for that.
func (d *demo) keysRotate(t *testing.T) {
	d.underLoad(t, func(t *testing.T) {
		began := time.Now()
		d.plugin(t, "rotate", name, "--wait="+patience.String())
		eventually(t, func(ctx context.Context) error {
			return errors.Join(d.keysAre(ctx, v1alpha1.KeyRetiring, v1alpha1.KeyActive), d.runs(ctx, 2))
		})
		d.figure(t, "the new key signs and all replicas know it after %.0f s", time.Since(began).Seconds())
	})
}

// keysAre the states of the keys of cookies, by their versions.
func (d *demo) keysAre(ctx context.Context, want ...v1alpha1.KeyState) error {
	auth, err := d.auth(ctx)
	if err != nil {
		return err
	}
	states := make([]v1alpha1.KeyState, len(want)+1)
	for _, key := range auth.Status.Keys {
		if int(key.Version) <= len(want) {
			states[key.Version] = key.State
		}
	}
	if !slices.Equal(states[1:], want) {
		return fmt.Errorf("the keys are %s, want %s", states[1:], want)
	}
	return nil
}

func (d *demo) message(t *testing.T, condition string) string {
	t.Helper()
	auth, err := d.auth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return meta.FindStatusCondition(auth.Status.Conditions, condition).Message
}
