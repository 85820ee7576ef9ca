package controllers

import (
	"context"
	"reflect"
	"slices"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// observed is what a reconcile knows. Writes put what they get back into it, so that the status is about the result.
type observed struct {
	now time.Time
	// database is the user's secret, of which only the metadata is ever read; nil when there is none.
	database *metav1.PartialObjectMetadata
	// missing are the other objects of the user's that the spec refers to and that do not exist.
	missing []resources.Reference
	// mounted is the version of those that roll pods; empty when there are none.
	mounted string
	// migrating is the version of those that migrations use, likewise.
	migrating string
	// generated is the secret of our own; nil when there is none.
	generated *corev1.Secret
	// secrets is the version of the secret with the keys, the user's or the generated one.
	secrets string
	// keys are the fingerprints that the status records.
	keys []v1alpha1.KeyStatus
	// unserved are the kinds that the spec needs and the cluster lacks.
	unserved []resources.OptionalKind
	// rotating says what a rotation of the keys waits for; empty when it does not.
	rotating string
	// rekeyAttempt is the Job that is wanted to encrypt anew; 0 for none.
	rekeyAttempt int
	// wake is when time alone makes a reconcile necessary; zero when it does not.
	wake time.Time
	// children are the objects of the instance, but for the generated secret.
	children []client.Object
	pods     []corev1.Pod
	// migration that the spec needs; none while there is no database secret. Planning is for its approval, where it needs one.
	migration, planning work
	// plan that the database needs, where it needs an approval; nil while nobody knows.
	plan *v1alpha1.MigrationPlan
	// approved is the hash of the plan that may be carried out.
	approved string
	// canary tries a new version out before it serves, probe when it does; none where nothing has to be tried out.
	canary, probe work
	// urgent: the pods that serve have revoked keys and must make way for new ones at once, whether or not a canary passes in
	// these.
	urgent bool
}

// observe makes every read of a reconcile but those of find, which looks at what is in the way of a child, or at the binding.
func (r *Reconciler) observe(ctx context.Context, auth *v1alpha1.AuthService) (*observed, error) {
	seen := &observed{now: r.Now()}
	for _, read := range []func(context.Context, *v1alpha1.AuthService, *observed) error{
		r.readDatabaseSecret, r.readReferences, r.readGeneratedSecret, r.readChildren, r.readOptional, r.readPods,
	} {
		if err := read(ctx, auth, seen); err != nil {
			return nil, err
		}
	}
	return seen, nil
}

func (r *Reconciler) readDatabaseSecret(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) (err error) {
	seen.database, err = r.readMetadata(ctx, resources.KindSecret, auth.Namespace, auth.Spec.Database.SecretRef.Name)
	return err
}

// +kubebuilder:rbac:groups="",resources=secrets,verbs=get

// readGeneratedSecret asks the API server, so that neither the content of secrets nor a stale view of them is in memory.
func (r *Reconciler) readGeneratedSecret(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) error {
	if auth.Spec.Secrets.SecretRef != nil {
		return nil // the user has the keys, and nobody else reads them
	}
	seen.keys = auth.Status.Keys
	secret := &corev1.Secret{}
	err := r.Live.Get(ctx, client.ObjectKey{Namespace: auth.Namespace, Name: resources.SecretName(auth)}, secret)
	if err == nil {
		seen.generated = secret
	}
	if !apierrors.IsNotFound(err) || len(seen.keys) > 0 {
		return client.IgnoreNotFound(err)
	}
	// A cache that lags behind must not make a lost secret look like one that never was.
	fresh := &v1alpha1.AuthService{}
	err = r.Live.Get(ctx, client.ObjectKeyFromObject(auth), fresh)
	seen.keys = fresh.Status.Keys
	return err
}

// +kubebuilder:rbac:groups="",resources=serviceaccounts;services;configmaps,verbs=list;watch
// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=list;watch
// +kubebuilder:rbac:groups=batch,resources=jobs,verbs=list;watch
// +kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=list;watch
// +kubebuilder:rbac:groups=autoscaling,resources=horizontalpodautoscalers,verbs=list;watch
// +kubebuilder:rbac:groups=networking.k8s.io,resources=ingresses;networkpolicies,verbs=list;watch

func (r *Reconciler) readChildren(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) error {
	for _, list := range []client.ObjectList{
		&corev1.ServiceAccountList{}, &corev1.ServiceList{}, &corev1.ConfigMapList{},
		&appsv1.DeploymentList{}, &batchv1.JobList{}, &policyv1.PodDisruptionBudgetList{},
		&autoscalingv2.HorizontalPodAutoscalerList{}, &networkingv1.NetworkPolicyList{}, &networkingv1.IngressList{},
	} {
		if err := r.list(ctx, auth, list); err != nil {
			return err
		}
		if err := meta.EachListItem(list, func(item runtime.Object) error {
			if child := item.(client.Object); resources.Belongs(child, auth) {
				seen.children = append(seen.children, child)
			}
			return nil
		}); err != nil {
			return err
		}
	}
	return nil
}

// +kubebuilder:rbac:groups="",resources=pods,verbs=list;watch

func (r *Reconciler) readPods(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) error {
	pods := &corev1.PodList{}
	err := r.list(ctx, auth, pods)
	seen.pods = pods.Items
	return err
}

func (r *Reconciler) list(ctx context.Context, auth *v1alpha1.AuthService, list client.ObjectList) error {
	return r.Cache.List(ctx, list, client.InNamespace(auth.Namespace), client.MatchingLabels(resources.Labels(auth)))
}

// +kubebuilder:rbac:groups="",resources=serviceaccounts;services;configmaps,verbs=get
// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=get
// +kubebuilder:rbac:groups=batch,resources=jobs,verbs=get
// +kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=get
// +kubebuilder:rbac:groups=autoscaling,resources=horizontalpodautoscalers,verbs=get
// +kubebuilder:rbac:groups=networking.k8s.io,resources=ingresses;networkpolicies,verbs=get

// find asks the API server for the object that is where wanted would go; nil when there is none.
func (r *Reconciler) find(ctx context.Context, wanted client.Object) (client.Object, error) {
	gvk, err := apiutil.GVKForObject(wanted, r.Scheme)
	if err != nil {
		return nil, err
	}
	live, err := r.empty(gvk)
	if err != nil {
		return nil, err
	}
	if err := r.Live.Get(ctx, client.ObjectKeyFromObject(wanted), live); err != nil {
		return nil, client.IgnoreNotFound(err)
	}
	return live, nil
}

// known is the object as the watches have it; nil when they have none, which does not mean that there is none. The API server is
// asked where that is likely, and while nothing may be made, which would show it.
func (r *Reconciler) known(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, wanted client.Object) (client.Object, error) {
	if i := seen.index(wanted); i >= 0 {
		return seen.children[i], nil
	}
	watched := false
	if sameObject(wanted, resources.Binding(auth)) {
		binding, exists, err := r.knownBinding(ctx, auth)
		if err != nil || binding != nil {
			return binding, err
		}
		watched = exists
	}
	if !watched && !auth.Spec.Suspend && !r.recall.mayBeThere(auth, wanted, seen.now) {
		return nil, nil
	}
	return r.find(ctx, wanted)
}

// knownBinding is nil where this version of it has not been read yet: of secrets, only the metadata is watched.
func (r *Reconciler) knownBinding(ctx context.Context, auth *v1alpha1.AuthService) (binding client.Object, exists bool, err error) {
	metadata, err := r.readMetadata(ctx, resources.KindSecret, auth.Namespace, resources.BindingName(auth))
	if err != nil || metadata == nil {
		return nil, false, err
	}
	if known := r.recall.binding(auth, metadata); known != nil {
		binding = known
	}
	return binding, true, nil
}

// index of the child of the same kind and name, or -1.
func (s *observed) index(object client.Object) int {
	return slices.IndexFunc(s.children, func(child client.Object) bool { return sameObject(child, object) })
}

func sameObject(a, b client.Object) bool {
	return reflect.TypeOf(a) == reflect.TypeOf(b) && a.GetName() == b.GetName() && optionalKind(a) == optionalKind(b)
}

// optionalKind is empty for typed objects: those that are read do not say their kind.
func optionalKind(object client.Object) string {
	if untyped, ok := object.(*unstructured.Unstructured); ok {
		return untyped.GetKind()
	}
	return ""
}

// record puts what a write returned in the place of what was there.
func (s *observed) record(object client.Object) {
	if i := s.index(object); i >= 0 {
		s.children[i] = object
		return
	}
	s.children = append(s.children, object)
}

// childrenOf are the children of one kind.
func childrenOf[T client.Object](seen *observed) []T {
	var children []T
	for _, child := range seen.children {
		if typed, ok := child.(T); ok {
			children = append(children, typed)
		}
	}
	return children
}

// deployment of the instance; nil when there is none.
func (s *observed) deployment() *appsv1.Deployment {
	if all := childrenOf[*appsv1.Deployment](s); len(all) > 0 {
		return all[0]
	}
	return nil
}
