package controllers

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/discovery"
	toolscache "k8s.io/client-go/tools/cache"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/event"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// syncTimeout is how long the first list of a kind may take before it is tried again later.
const syncTimeout = 10 * time.Second

// Optional knows which of the kinds that a cluster may lack it serves now, and watches our objects of these. It asks the
// API server at intervals, because to watch the definitions of kinds would take a permission for the whole cluster. Nil
// stands for a cluster that serves none.
type Optional struct {
	objects   cache.Cache
	users     client.Reader
	discovery discovery.ServerResourcesInterfaceWithContext
	interval  time.Duration
	events    chan event.TypedGenericEvent[types.NamespacedName]

	mu     sync.RWMutex
	served map[schema.GroupVersionKind]bool
}

// NewOptional makes one that asks at intervals, and lets the manager start it. Without namespaces, all are watched.
func NewOptional(mgr ctrl.Manager, namespaces []string, interval time.Duration) (*Optional, error) {
	// Kinds are not looked up, so that those which are gone can be let go of.
	mapper := meta.NewDefaultRESTMapper(nil)
	for _, kind := range resources.OptionalKinds {
		resource := kind.GroupVersion().WithResource(kind.Plural)
		mapper.AddSpecific(kind.GroupVersionKind, resource, resource, meta.RESTScopeNamespace)
		mapper.AddSpecific(kind.List(), resource, resource, meta.RESTScopeNamespace)
	}
	objects, err := cache.New(mgr.GetConfig(), cache.Options{
		HTTPClient:                  mgr.GetHTTPClient(),
		Scheme:                      mgr.GetScheme(),
		Mapper:                      mapper,
		DefaultLabelSelector:        labels.SelectorFromSet(labels.Set{resources.LabelManagedBy: resources.ManagedBy}),
		DefaultTransform:            cache.TransformStripManagedFields(),
		DefaultNamespaces:           watched(namespaces),
		ReaderFailOnMissingInformer: true,
	})
	if err != nil {
		return nil, err
	}
	asker, err := discovery.NewDiscoveryClientForConfigAndClient(mgr.GetConfig(), mgr.GetHTTPClient())
	if err != nil {
		return nil, err
	}
	o := &Optional{
		objects: objects, users: mgr.GetCache(), discovery: asker, interval: interval,
		events: make(chan event.TypedGenericEvent[types.NamespacedName]),
		served: map[schema.GroupVersionKind]bool{},
	}
	return o, errors.Join(mgr.Add(startedCache{objects}), mgr.Add(o))
}

// startedCache makes the manager start it among its caches.
type startedCache struct{ cache.Cache }

// GetCache is what the manager knows a cache by.
func (c startedCache) GetCache() cache.Cache { return c.Cache }

// Start asks until ctx ends.
func (o *Optional) Start(ctx context.Context) error {
	ticker := time.NewTicker(o.interval)
	defer ticker.Stop()
	for {
		for _, kind := range resources.OptionalKinds {
			o.look(ctx, kind)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-ticker.C:
		}
	}
}

// look compares what is served with what is known, and acts on the difference.
func (o *Optional) look(ctx context.Context, kind resources.OptionalKind) {
	served, err := o.isServed(ctx, kind)
	switch {
	case err != nil: // nobody knows: what was known stands
		ctrl.LoggerFrom(ctx).V(1).Info("cannot ask for a kind", "kind", kind.Kind, "error", err.Error())
		return
	case served == o.Serves(kind.GroupVersionKind):
		return
	case served:
		err = o.begin(ctx, kind)
	default:
		o.know(kind, false)
		err = o.objects.RemoveInformer(ctx, kind.Empty())
	}
	if err != nil {
		ctrl.LoggerFrom(ctx).Error(err, "cannot follow an optional kind", "kind", kind.Kind)
		return
	}
	ctrl.LoggerFrom(ctx).Info("an optional kind came or went", "kind", kind.Kind, "served", served)
	o.tellUsers(ctx, kind)
}

func (o *Optional) isServed(ctx context.Context, kind resources.OptionalKind) (bool, error) {
	list, err := o.discovery.ServerResourcesForGroupVersionWithContext(ctx, kind.GroupVersion().String())
	if err != nil {
		if apierrors.IsNotFound(err) {
			return false, nil
		}
		return false, err
	}
	for _, resource := range list.APIResources {
		if resource.Name == kind.Plural && resource.Kind == kind.Kind {
			return true, nil
		}
	}
	return false, nil
}

// begin watches the kind; from then on it counts as served.
func (o *Optional) begin(ctx context.Context, kind resources.OptionalKind) error {
	informer, err := o.objects.GetInformer(ctx, kind.Empty(), cache.BlockUntilSynced(false))
	if err != nil {
		return err
	}
	if _, err := informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc:    func(object any) { o.tellOwner(ctx, object) },
		UpdateFunc: func(_, object any) { o.tellOwner(ctx, object) },
		DeleteFunc: func(object any) { o.tellOwner(ctx, object) },
	}); err != nil {
		return err
	}
	waiting, stop := context.WithTimeout(ctx, syncTimeout)
	defer stop()
	if !toolscache.WaitForCacheSync(waiting.Done(), informer.HasSynced) {
		return errors.Join(fmt.Errorf("no list of %s in %s; may the operator list and watch them?", kind.Plural, syncTimeout),
			o.objects.RemoveInformer(ctx, kind.Empty()))
	}
	o.know(kind, true)
	return nil
}

func (o *Optional) know(kind resources.OptionalKind, served bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.served[kind.GroupVersionKind] = served
}

// Serves says whether objects of the kind can be made, as far as is known.
func (o *Optional) Serves(kind schema.GroupVersionKind) bool {
	if o == nil {
		return false
	}
	o.mu.RLock()
	defer o.mu.RUnlock()
	return o.served[kind]
}

// tellUsers has the instances reconciled whose spec needs the kind.
func (o *Optional) tellUsers(ctx context.Context, kind resources.OptionalKind) {
	users := &v1alpha1.AuthServiceList{}
	if err := o.users.List(ctx, users); err != nil {
		ctrl.LoggerFrom(ctx).Error(err, "cannot list the AuthServices that need a kind", "kind", kind.Kind)
	}
	for i := range users.Items {
		for _, needed := range resources.NeededKinds(&users.Items[i]) {
			if needed == kind {
				o.tell(ctx, client.ObjectKeyFromObject(&users.Items[i]))
			}
		}
	}
}

func (o *Optional) tellOwner(ctx context.Context, object any) {
	if tombstone, ok := object.(toolscache.DeletedFinalStateUnknown); ok {
		object = tombstone.Obj
	}
	if child, ok := object.(metav1.Object); ok {
		o.tell(ctx, types.NamespacedName{Namespace: child.GetNamespace(), Name: child.GetLabels()[resources.LabelInstance]})
	}
}

func (o *Optional) tell(ctx context.Context, instance types.NamespacedName) {
	select {
	case o.events <- event.TypedGenericEvent[types.NamespacedName]{Object: instance}:
	case <-ctx.Done():
	}
}

// source of the instances that something happened to.
func (o *Optional) source() source.TypedSource[reconcile.Request] {
	return source.TypedChannel(o.events, handler.TypedEnqueueRequestsFromMapFunc(
		func(_ context.Context, instance types.NamespacedName) []reconcile.Request {
			return []reconcile.Request{{NamespacedName: instance}}
		}))
}

// +kubebuilder:rbac:groups=gateway.networking.k8s.io,resources=httproutes,verbs=get;list;watch;create;patch;delete
// +kubebuilder:rbac:groups=monitoring.coreos.com,resources=servicemonitors;prometheusrules,verbs=get;list;watch;create;patch;delete

// readOptional reads the children of optional kinds, and which of these the spec needs and the cluster lacks.
func (r *Reconciler) readOptional(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) error {
	for _, kind := range resources.OptionalKinds {
		if !r.Optional.Serves(kind.GroupVersionKind) {
			continue
		}
		list := &unstructured.UnstructuredList{}
		list.SetGroupVersionKind(kind.List())
		if err := r.Optional.objects.List(ctx, list, client.InNamespace(auth.Namespace), client.MatchingLabels(resources.Labels(auth))); err != nil {
			return err
		}
		for i := range list.Items {
			if child := &list.Items[i]; resources.Belongs(child, auth) {
				seen.children = append(seen.children, child)
			}
		}
	}
	for _, kind := range resources.NeededKinds(auth) {
		if !r.Optional.Serves(kind.GroupVersionKind) {
			seen.unserved = append(seen.unserved, kind)
		}
	}
	return nil
}

// canMake is false for an object whose kind is optional, and not served.
func (r *Reconciler) canMake(object client.Object) bool {
	_, optional := object.(*unstructured.Unstructured)
	return !optional || r.Optional.Serves(object.GetObjectKind().GroupVersionKind())
}

// empty is an object of the kind: typed where the scheme knows it.
func (r *Reconciler) empty(kind schema.GroupVersionKind) (client.Object, error) {
	if !r.Scheme.Recognizes(kind) {
		object := &unstructured.Unstructured{}
		object.SetGroupVersionKind(kind)
		return object, nil
	}
	object, err := r.Scheme.New(kind)
	if err != nil {
		return nil, err
	}
	return object.(client.Object), nil
}
