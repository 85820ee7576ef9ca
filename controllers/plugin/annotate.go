package plugin

import (
	"context"
	"time"

	"k8s.io/client-go/util/retry"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Approve approves the plan with the hash, if that is still the one that waits.
func (c *Cluster) Approve(ctx context.Context, name, hash string) error {
	return c.annotate(ctx, name, v1alpha1.AnnotationApprovePlan, hash, func(auth *v1alpha1.AuthService) error {
		return Approvable(auth, hash)
	})
}

// Rotate asks for a new key of cookies.
func (c *Cluster) Rotate(ctx context.Context, name string, now time.Time) error {
	return c.annotate(ctx, name, v1alpha1.AnnotationRotate, stamp(now), Rotatable)
}

// Revoke asks for new keys at once, which signs everybody out.
func (c *Cluster) Revoke(ctx context.Context, name string, now time.Time) error {
	return c.annotate(ctx, name, v1alpha1.AnnotationRevoke, stamp(now), Rotatable)
}

func stamp(now time.Time) string { return now.UTC().Format(time.RFC3339Nano) }

// annotate sets an annotation on an AuthService that is still as it has to be. When it changes in between, status included,
// the API server refuses the change, and it is judged again.
func (c *Cluster) annotate(ctx context.Context, name, key, value string, judge func(*v1alpha1.AuthService) error) error {
	return retry.RetryOnConflict(retry.DefaultBackoff, func() error {
		auth, err := c.Get(ctx, name)
		if err != nil {
			return err
		}
		if err := judge(auth); err != nil {
			return err
		}
		before := auth.DeepCopy()
		if auth.Annotations == nil {
			auth.Annotations = map[string]string{}
		}
		auth.Annotations[key] = value
		return c.Client.Patch(ctx, auth, client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{}), client.FieldOwner(fieldOwner))
	})
}

// fieldOwner is who the API server remembers as the author of changes.
const fieldOwner = "kubectl-gatehouse"
