package controllers

import (
	"context"
	"errors"
	"io"
	"time"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// Writer is every write that the operator makes.
type Writer interface {
	Create(ctx context.Context, object client.Object, options ...client.CreateOption) error
	Apply(ctx context.Context, object runtime.ApplyConfiguration, options ...client.ApplyOption) error
	Patch(ctx context.Context, object client.Object, patch client.Patch, options ...client.PatchOption) error
	Delete(ctx context.Context, object client.Object, options ...client.DeleteOption) error
	Status() client.SubResourceWriter
}

// Reconciler brings the objects of an AuthService to what its spec says.
type Reconciler struct {
	// Cache reads from the informers.
	Cache client.Reader
	// ConfigMaps are the users'.
	ConfigMaps ConfigMaps
	// Live reads from the API server.
	Live   client.Reader
	Writer Writer
	// Optional is about kinds that the cluster may lack.
	Optional *Optional
	Scheme   *runtime.Scheme
	Events   events.EventRecorder
	// Image of the auth server where a spec names none.
	Image string
	// Telling is how often at most the status tells of mere progress; other changes are told at once.
	Telling time.Duration
	// Now is the clock of migration retries, rotations and conditions.
	Now func() time.Time
	// Random makes the generated secrets.
	Random io.Reader

	recall *recall
}

// +kubebuilder:rbac:groups=gatehouse.dev,resources=authservices,verbs=get;list;watch

// Reconcile handles one AuthService.
func (r *Reconciler) Reconcile(ctx context.Context, request ctrl.Request) (ctrl.Result, error) {
	auth := &v1alpha1.AuthService{}
	if err := r.Cache.Get(ctx, request.NamespacedName, auth); err != nil {
		if apierrors.IsNotFound(err) {
			forget(request.NamespacedName)
			r.recall.forget(request.NamespacedName)
		}
		return ctrl.Result{}, client.IgnoreNotFound(err)
	}
	if !auth.DeletionTimestamp.IsZero() {
		return ctrl.Result{}, nil // the garbage collector takes the children
	}

	seen, err := r.observe(ctx, auth)
	if err != nil {
		return ctrl.Result{}, err
	}
	out := r.act(ctx, auth, seen).by(seen.wake, seen.now)
	later, err := r.report(ctx, auth, seen.now, statusOf(auth, seen, out))
	out = out.by(later, seen.now)
	failure := errors.Join(out.failure, err)
	if ctx.Err() != nil {
		failure = nil // the operator is ending; its successor goes on from what is there
	}
	return out.result, failure
}

// advance makes every change that may be made now.
func (r *Reconciler) advance(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) error {
	if err := r.ensureSecrets(ctx, auth, seen); err != nil {
		return err
	}
	inputs, err := inputsOf(auth, seen, r.Image)
	if err != nil {
		return err
	}
	objects, err := resources.Build(auth, inputs)
	if err != nil {
		return err
	}
	seen.expectCanaries(auth, objects)
	if err := r.applyAll(ctx, auth, seen, objects.Foundation); err != nil {
		return err
	}
	if err := r.prune(ctx, auth, seen, objects); err != nil {
		return err
	}
	if err := r.migrate(ctx, auth, seen, objects); err != nil {
		return err
	}
	if len(seen.missing) > 0 {
		return &waitingError{} // new pods could not start
	}
	if err := r.tryOut(ctx, auth, seen, objects.Canary); err != nil {
		return err
	}
	if err := r.applyAll(ctx, auth, seen, objects.Rollout); err != nil {
		return err
	}
	if err := r.probeService(ctx, auth, seen, objects.Probe); err != nil {
		return err
	}
	return r.rekey(ctx, auth, seen, objects.Rekey)
}

// +kubebuilder:rbac:groups=gatehouse.dev,resources=authservices/status,verbs=patch

// report writes the status if it changed, and tells of the change. Mere progress may be too early: then it says when it is not.
func (r *Reconciler) report(ctx context.Context, auth *v1alpha1.AuthService, now time.Time, status v1alpha1.AuthServiceStatus) (later time.Time, err error) {
	measure(auth, &status)
	if equality.Semantic.DeepEqual(auth.Status, status) {
		return time.Time{}, nil
	}
	if due := r.recall.lastTold(auth).Add(r.Telling); due.After(now) && merelyProgress(&auth.Status, &status) {
		return due, nil
	}
	before := auth.DeepCopy()
	auth.Status = status
	// The lock keeps a status that was computed from an old copy from overwriting a newer one.
	patch := client.MergeFromWithOptions(before, client.MergeFromWithOptimisticLock{})
	err = r.Writer.Status().Patch(ctx, auth, patch, client.FieldOwner(fieldOwner))
	if apierrors.IsConflict(err) || apierrors.IsNotFound(err) {
		return time.Time{}, nil // the newer version, or the deletion, comes through the watch
	}
	if err == nil {
		r.recall.tell(auth, now)
		r.announce(auth, before.Status.Conditions, status.Conditions)
	}
	return time.Time{}, err
}
