package plugin

import (
	"cmp"
	"context"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// Instance is an AuthService and what belongs to it.
type Instance struct {
	Auth *v1alpha1.AuthService
	// Objects are those that it owns, and those that they own.
	Objects []Child
	// Hidden are the kinds that the user may not list.
	Hidden []string
}

// Child is an object of an instance.
type Child struct {
	Kind   string
	Object client.Object
}

// Observe reads everything that belongs to an AuthService. What the cluster does not know or the user may not see is
// missing, which is no error.
func (c *Cluster) Observe(ctx context.Context, auth *v1alpha1.AuthService) (*Instance, error) {
	instance := &Instance{Auth: auth}
	for _, kind := range kinds() {
		list := kind.list()
		err := c.Client.List(ctx, list, client.InNamespace(auth.Namespace), client.MatchingLabels(resources.Labels(auth)))
		switch {
		case apierrors.IsForbidden(err):
			instance.Hidden = append(instance.Hidden, kind.name)
		case meta.IsNoMatchError(err), apierrors.IsNotFound(err):
		case err != nil:
			return nil, err
		default:
			if err := instance.keep(kind.name, list); err != nil {
				return nil, err
			}
		}
	}
	return instance, nil
}

// keep adds the objects of a list that belong to the instance, or to an object of it.
func (i *Instance) keep(kind string, list client.ObjectList) error {
	owners := map[types.UID]bool{}
	for _, child := range i.Objects {
		owners[child.Object.GetUID()] = true
	}
	var found []Child
	err := meta.EachListItem(list, func(item runtime.Object) error {
		object := item.(client.Object)
		owner := metav1.GetControllerOfNoCopy(object)
		// Where the owner cannot be seen, the labels have to do.
		if resources.Belongs(object, i.Auth) || owner != nil && (owners[owner.UID] || slices.Contains(i.Hidden, owner.Kind)) {
			found = append(found, Child{kind, object})
		}
		return nil
	})
	slices.SortFunc(found, func(a, b Child) int {
		return cmp.Or(a.Object.GetCreationTimestamp().Compare(b.Object.GetCreationTimestamp().Time),
			strings.Compare(a.Object.GetName(), b.Object.GetName()))
	})
	i.Objects = append(i.Objects, found...)
	return err
}
