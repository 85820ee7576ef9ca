package controllers

import (
	"context"
	"errors"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/apiutil"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// act makes every change that may be made now: none while the instance is suspended. Then it goes as far as it comes without
// one, so that what needs no change is judged as ever.
func (r *Reconciler) act(ctx context.Context, auth *v1alpha1.AuthService, seen *observed) outcome {
	if !auth.Spec.Suspend {
		return conclude(r.advance(ctx, auth, seen))
	}
	idle, writer := *r, &withheld{Writer: r.Writer, scheme: r.Scheme}
	idle.Writer = writer
	out := conclude(idle.advance(ctx, auth, seen))
	if writer.change != "" {
		return outcome{withheld: writer.change}
	}
	return out
}

var errWithheld = errors.New("the AuthService is suspended")

// withheld makes no change, and remembers the first that it was asked for.
type withheld struct {
	Writer
	scheme *runtime.Scheme
	change string
}

func (w *withheld) refuse(verb string, object any) error {
	if w.change != "" {
		return errWithheld
	}
	w.change = verb + " an object"
	if named, ok := object.(interface {
		GetKind() string
		GetName() string
	}); ok {
		w.change = verb + " " + named.GetKind() + " " + named.GetName()
	} else if typed, ok := object.(client.Object); ok {
		if kind, err := apiutil.GVKForObject(typed, w.scheme); err == nil {
			w.change = verb + " " + kind.Kind + " " + typed.GetName()
		}
	}
	return errWithheld
}

// Create implements Writer.
func (w *withheld) Create(_ context.Context, object client.Object, _ ...client.CreateOption) error {
	return w.refuse("create", object)
}

// Apply implements Writer.
func (w *withheld) Apply(_ context.Context, object runtime.ApplyConfiguration, _ ...client.ApplyOption) error {
	return w.refuse("apply", object)
}

// Patch implements Writer.
func (w *withheld) Patch(_ context.Context, object client.Object, _ client.Patch, _ ...client.PatchOption) error {
	return w.refuse("patch", object)
}

// Delete implements Writer.
func (w *withheld) Delete(_ context.Context, object client.Object, _ ...client.DeleteOption) error {
	return w.refuse("delete", object)
}

// whileSuspended is what Available and Ready say when a change is held back: nobody knows whether the service is as its spec
// says, but what is known to be wrong stays wrong. A suspended service that needs no change is as Ready as any other.
func whileSuspended(auth *v1alpha1.AuthService, out outcome, v verdict) verdict {
	switch {
	case out.withheld != "" && v.status != metav1.ConditionFalse:
		v.status, v.reason = metav1.ConditionUnknown, v1alpha1.ReasonSuspended
		v.message = "spec.suspend holds changes back, the first being to " + out.withheld + ". What runs goes on; remove spec.suspend and the rest follows"
	case auth.Spec.Suspend && v.kind == v1alpha1.ConditionReady && v.status == metav1.ConditionTrue:
		v.message += "; spec.suspend holds future changes back"
	}
	return v
}
