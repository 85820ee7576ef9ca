package plugin

import (
	"context"
	"fmt"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// Cluster is the Kubernetes that the commands talk to, and the namespace that they are about.
type Cluster struct {
	Client client.WithWatch
	// Config is what Client was made from; logs and port-forwards are streams that Client does not know.
	Config    *rest.Config
	Namespace string
}

// NewCluster makes a client. It makes no request yet.
func NewCluster(config *rest.Config, namespace string) (*Cluster, error) {
	types, err := NewScheme()
	if err != nil {
		return nil, err
	}
	connection, err := client.NewWithWatch(config, client.Options{Scheme: types})
	return &Cluster{Client: connection, Config: config, Namespace: namespace}, err
}

// NewScheme knows AuthServices and the objects of Kubernetes itself.
func NewScheme() (*runtime.Scheme, error) {
	types := runtime.NewScheme()
	if err := scheme.AddToScheme(types); err != nil {
		return nil, err
	}
	return types, v1alpha1.AddToScheme(types)
}

// Get reads an AuthService. The error for one that is not there names those that are.
func (c *Cluster) Get(ctx context.Context, name string) (*v1alpha1.AuthService, error) {
	auth := &v1alpha1.AuthService{}
	err := c.Client.Get(ctx, client.ObjectKey{Namespace: c.Namespace, Name: name}, auth)
	if apierrors.IsNotFound(err) {
		names, listErr := c.Names(ctx)
		if listErr != nil {
			return nil, err
		}
		return nil, c.absent(name, names)
	}
	return auth, err
}

func (c *Cluster) absent(name string, names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("there is no AuthService in namespace %s; choose another with --namespace, or write the first with kubectl gatehouse init", c.Namespace)
	}
	return fmt.Errorf("there is no AuthService %q in namespace %s, but there is %s; or choose another namespace with --namespace",
		name, c.Namespace, strings.Join(names, ", "))
}

// Names are those of the AuthServices of the namespace.
func (c *Cluster) Names(ctx context.Context) ([]string, error) {
	list, err := c.List(ctx, false)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(list.Items))
	for i := range list.Items {
		names = append(names, list.Items[i].Name)
	}
	slices.Sort(names)
	return names, nil
}

// List reads the AuthServices of the namespace, or of all.
func (c *Cluster) List(ctx context.Context, everywhere bool) (*v1alpha1.AuthServiceList, error) {
	list := &v1alpha1.AuthServiceList{}
	if everywhere {
		return list, c.Client.List(ctx, list)
	}
	return list, c.Client.List(ctx, list, client.InNamespace(c.Namespace))
}
