package controllers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/log"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// fieldOwner is the owner of the fields that the operator sets.
const fieldOwner = "gatehouse"

// noVersion is one that no object has: what is applied as a change of it conflicts with anything that is there, and makes
// what is not. The API server is thus asked once, whether something of that name exists or not.
const noVersion = "1"

func (r *Reconciler) applyAll(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, objects []resources.Object) error {
	for _, object := range objects {
		if !r.canMake(object) {
			continue // the status says so
		}
		live, err := r.known(ctx, auth, seen, object)
		if err != nil {
			return err
		}
		if live == nil {
			live, err = r.make(ctx, auth, seen, object)
		}
		if err == nil && live != nil {
			err = r.correct(ctx, auth, seen, object, live)
		}
		if err != nil {
			return err
		}
		if binding, ok := seen.children[seen.index(object)].(*corev1.Secret); ok {
			r.recall.keepBinding(auth, binding)
		}
	}
	return nil
}

// make an object, or return the one that is in its place.
func (r *Reconciler) make(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, object resources.Object) (client.Object, error) {
	first := object.DeepCopyObject().(resources.Object)
	if err := r.leaveReplicas(ctx, auth, first, nil); err != nil {
		return nil, err
	}
	failure := r.apply(ctx, auth, seen, first, nil)
	r.recall.make(auth, seen.now)
	if !apierrors.IsConflict(failure) {
		return nil, failure
	}
	r.recall.block(auth, object)
	live, err := r.find(ctx, object)
	if err == nil && live == nil {
		err = failure // it has just gone
	}
	return live, err
}

// correct what differs in an object.
func (r *Reconciler) correct(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, object resources.Object, live client.Object) error {
	if err := r.leaveReplicas(ctx, auth, object, live); err != nil {
		return err
	}
	if err := r.apply(ctx, auth, seen, object, live); err != nil {
		return err
	}
	if seen.index(object) < 0 {
		seen.record(live)
	}
	return nil
}

// +kubebuilder:rbac:groups="",resources=serviceaccounts;services;configmaps;secrets,verbs=create;patch
// +kubebuilder:rbac:groups=apps,resources=deployments,verbs=create;patch
// +kubebuilder:rbac:groups=policy,resources=poddisruptionbudgets,verbs=create;patch
// +kubebuilder:rbac:groups=autoscaling,resources=horizontalpodautoscalers,verbs=create;patch
// +kubebuilder:rbac:groups=networking.k8s.io,resources=ingresses;networkpolicies,verbs=create;patch

// apply makes an object, or corrects the live one where it differs; it writes nothing when it does not.
func (r *Reconciler) apply(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, object, live client.Object) error {
	desired, err := applicable(object)
	if err != nil {
		return err
	}
	kind, name := desired.GetKind(), desired.GetName()
	if live != nil {
		if !resources.Belongs(live, auth) && (kind != resources.KindSecret || name != resources.SecretName(auth)) { // whose content has proved it by now
			return nameConflict(kind, name, "")
		}
		if r.recall.matches(auth, live, desired) {
			return nil
		}
		drift, err := differences(desired, live)
		if err != nil {
			return err
		}
		if drift == "" {
			r.recall.match(auth, live, desired)
			return nil
		}
		log.FromContext(ctx).V(1).Info("correcting", "kind", kind, "name", name, "fields", drift)
		// An object that was replaced since it was read is not this one.
		desired.SetUID(live.GetUID())
	} else {
		desired.SetResourceVersion(noVersion)
	}
	err = r.Writer.Apply(ctx, client.ApplyConfigurationFromUnstructured(desired), client.FieldOwner(fieldOwner), client.ForceOwnership)
	if live != nil && apierrors.IsInvalid(err) {
		err = r.replaceLists(ctx, desired)
	}
	if err != nil {
		return fmt.Errorf("apply %s %s: %w", kind, name, err)
	}
	result, err := r.decode(desired)
	if err != nil {
		return fmt.Errorf("decode %s %s: %w", kind, name, err)
	}
	seen.record(result)
	return nil
}

// replaceLists is for a live object with which what is applied cannot be merged: server-side apply adds to a list what has
// another key, so a Service whose port somebody changed would have two ports of one name. A merge patch takes lists whole.
func (r *Reconciler) replaceLists(ctx context.Context, desired *unstructured.Unstructured) error {
	data, err := desired.MarshalJSON()
	if err != nil {
		return err
	}
	return r.Writer.Patch(ctx, desired, client.RawPatch(types.MergePatchType, data), client.FieldOwner(fieldOwner))
}

// decode makes an answer a typed object where the scheme knows its kind.
func (r *Reconciler) decode(answer *unstructured.Unstructured) (client.Object, error) {
	result, err := r.empty(answer.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	if _, untyped := result.(*unstructured.Unstructured); untyped {
		return answer, nil
	}
	return result, runtime.DefaultUnstructuredConverter.FromUnstructured(answer.Object, result)
}
