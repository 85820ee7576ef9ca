package controllers

import (
	"context"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/client-go/util/workqueue"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/builder"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	"sigs.k8s.io/controller-runtime/pkg/handler"
	"sigs.k8s.io/controller-runtime/pkg/predicate"
	"sigs.k8s.io/controller-runtime/pkg/reconcile"
	"sigs.k8s.io/controller-runtime/pkg/source"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// The indexes find the AuthServices that refer to a secret or a ConfigMap.
const (
	secretIndex    = "secrets"
	configMapIndex = "configMaps"
)

// NewScheme knows the types of Kubernetes and ours.
func NewScheme() (*runtime.Scheme, error) {
	s := runtime.NewScheme()
	if err := scheme.AddToScheme(s); err != nil {
		return nil, err
	}
	return s, v1alpha1.AddToScheme(s)
}

// CacheOptions keep in memory only what the operator looks at: children by their label, pods without their spec, of the pods of
// Jobs the volumes, and of secrets the names and versions. Without namespaces, all are watched.
func CacheOptions(namespaces []string) cache.Options {
	ours := cache.ByObject{Label: labels.SelectorFromSet(labels.Set{resources.LabelManagedBy: resources.ManagedBy})}
	pods, jobs := ours, ours
	pods.Transform, jobs.Transform = stripPod, stripJob
	options := cache.Options{
		DefaultTransform: cache.TransformStripManagedFields(),
		ByObject: map[client.Object]cache.ByObject{
			&corev1.ServiceAccount{}:                 ours,
			&corev1.Service{}:                        ours,
			&corev1.ConfigMap{}:                      ours,
			&appsv1.Deployment{}:                     ours,
			&batchv1.Job{}:                           jobs,
			&policyv1.PodDisruptionBudget{}:          ours,
			&autoscalingv2.HorizontalPodAutoscaler{}: ours,
			&networkingv1.NetworkPolicy{}:            ours,
			&networkingv1.Ingress{}:                  ours,
			&corev1.Pod{}:                            pods,
			&corev1.Secret{}:                         {Transform: stripMetadata},
		},
	}
	options.DefaultNamespaces = watched(namespaces)
	return options
}

// watched is nil, which means all, without namespaces.
func watched(namespaces []string) map[string]cache.Config {
	var all map[string]cache.Config
	for _, namespace := range namespaces {
		if all == nil {
			all = map[string]cache.Config{}
		}
		all[namespace] = cache.Config{}
	}
	return all
}

func stripPod(object any) (any, error) {
	if pod, ok := object.(*corev1.Pod); ok {
		pod.ManagedFields, pod.Annotations, pod.Spec = nil, nil, corev1.PodSpec{}
	}
	return object, nil
}

func stripJob(object any) (any, error) {
	if job, ok := object.(*batchv1.Job); ok {
		job.ManagedFields = nil
		job.Spec.Template = corev1.PodTemplateSpec{Spec: corev1.PodSpec{Volumes: job.Spec.Template.Spec.Volumes}}
	}
	return object, nil
}

// stripMetadata drops the annotations above all: that of kubectl apply quotes the data.
func stripMetadata(object any) (any, error) {
	if metadata, ok := object.(metav1.Object); ok {
		metadata.SetManagedFields(nil)
		metadata.SetAnnotations(nil)
		metadata.SetLabels(nil)
	}
	return object, nil
}

// SetupWithManager starts a controller with the manager.
func (r *Reconciler) SetupWithManager(ctx context.Context, mgr ctrl.Manager, options controller.Options) error {
	for index, names := range map[string]client.IndexerFunc{secretIndex: secretNames, configMapIndex: configMapNames} {
		if err := mgr.GetFieldIndexer().IndexField(ctx, &v1alpha1.AuthService{}, index, names); err != nil {
			return err
		}
	}
	// What the API server refuses is tried again at least once in two minutes.
	options.RateLimiter = workqueue.NewTypedItemExponentialFailureRateLimiter[reconcile.Request](50*time.Millisecond, 2*time.Minute)
	r.recall = newRecall()
	managed := ctrl.NewControllerManagedBy(mgr)
	if r.Optional != nil {
		managed.WatchesRawSource(r.Optional.source())
	}
	return managed.
		For(&v1alpha1.AuthService{}).
		Owns(&corev1.ServiceAccount{}).
		Owns(&corev1.Service{}).
		Owns(&corev1.ConfigMap{}).
		Owns(&appsv1.Deployment{}).
		Owns(&batchv1.Job{}, ofJob).
		Owns(&policyv1.PodDisruptionBudget{}, ofSpec).
		Owns(&autoscalingv2.HorizontalPodAutoscaler{}, ofSpec).
		Owns(&networkingv1.NetworkPolicy{}).
		Owns(&networkingv1.Ingress{}).
		Watches(&corev1.Pod{}, handler.EnqueueRequestsFromMapFunc(podToInstance), ofPod).
		WatchesMetadata(&corev1.Secret{}, handler.EnqueueRequestsFromMapFunc(r.secretToInstances),
			builder.WithPredicates(predicate.ResourceVersionChangedPredicate{})).
		WatchesRawSource(source.Kind(r.ConfigMaps.Cache, metadataOf(resources.KindConfigMap),
			handler.TypedEnqueueRequestsFromMapFunc(r.configMapToInstances),
			predicate.TypedResourceVersionChangedPredicate[*metav1.PartialObjectMetadata]{})).
		WithOptions(options).
		Complete(r)
}

func secretNames(object client.Object) []string {
	auth := object.(*v1alpha1.AuthService)
	return append(referencedNames(auth, resources.KindSecret), auth.Spec.Database.SecretRef.Name)
}

func configMapNames(object client.Object) []string {
	return referencedNames(object.(*v1alpha1.AuthService), resources.KindConfigMap)
}

func referencedNames(auth *v1alpha1.AuthService, kind string) []string {
	var names []string
	for _, reference := range resources.References(auth) {
		if reference.Kind == kind {
			names = append(names, reference.Name)
		}
	}
	return names
}

func podToInstance(_ context.Context, pod client.Object) []reconcile.Request {
	return []reconcile.Request{{NamespacedName: types.NamespacedName{
		Namespace: pod.GetNamespace(), Name: pod.GetLabels()[resources.LabelInstance],
	}}}
}

// secretToInstances maps a secret to those that refer to it, and to the one whose generated secret or binding it is by name.
func (r *Reconciler) secretToInstances(ctx context.Context, secret client.Object) []reconcile.Request {
	var requests []reconcile.Request
	for _, suffix := range []string{resources.SecretSuffix, resources.BindingSuffix} {
		if name, ok := strings.CutSuffix(secret.GetName(), suffix); ok {
			requests = append(requests, reconcile.Request{NamespacedName: types.NamespacedName{Namespace: secret.GetNamespace(), Name: name}})
		}
	}
	return append(requests, r.referringTo(ctx, secretIndex, secret)...)
}

func (r *Reconciler) configMapToInstances(ctx context.Context, configMap *metav1.PartialObjectMetadata) []reconcile.Request {
	return r.referringTo(ctx, configMapIndex, configMap)
}

func (r *Reconciler) referringTo(ctx context.Context, index string, object client.Object) []reconcile.Request {
	users := &v1alpha1.AuthServiceList{}
	if err := r.Cache.List(ctx, users, client.InNamespace(object.GetNamespace()),
		client.MatchingFields{index: object.GetName()}); err != nil {
		ctrl.LoggerFrom(ctx).Error(err, "cannot list the AuthServices that refer to an object", "index", index, "name", object.GetName())
	}
	requests := make([]reconcile.Request, 0, len(users.Items))
	for i := range users.Items {
		requests = append(requests, reconcile.Request{NamespacedName: client.ObjectKeyFromObject(&users.Items[i])})
	}
	return requests
}
