package plugin

import (
	"errors"
	"fmt"
	"net"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/client-go/tools/clientcmd"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"
)

// Explain adds to an error of the cluster what to do about it. Other errors stay as they are.
func Explain(err error) error {
	var unreachable *net.OpError
	var undiscovered *apiutil.ErrResourceDiscoveryFailed
	switch {
	case err == nil:
		return nil
	case meta.IsNoMatchError(err), errors.As(err, &undiscovered):
		return fmt.Errorf("%w: this cluster knows no AuthServices; install the operator with "+
			"helm install gatehouse charts/gatehouse --namespace gatehouse-system --create-namespace, or choose another cluster with --context", err)
	case apierrors.IsForbidden(err):
		return fmt.Errorf("%w; ask for a Role with this verb, or choose another user with --context", err)
	case apierrors.IsUnauthorized(err):
		return fmt.Errorf("%w: sign in to the cluster again, or choose another user with --context", err)
	case clientcmd.IsEmptyConfig(err):
		return errors.New("no cluster is configured; name a file with --kubeconfig or KUBECONFIG")
	case errors.As(err, &unreachable):
		return fmt.Errorf("%w: see whether the cluster is running and reachable, or choose another with --context", err)
	}
	return err
}
