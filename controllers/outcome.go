package controllers

import (
	"errors"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	ctrl "sigs.k8s.io/controller-runtime"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// stalledError means that nothing moves until somebody acts on the message.
type stalledError struct {
	reason, message string
	// condition that it is about; Available when empty.
	condition string
	// recheck is set where the act cannot be watched.
	recheck time.Duration
}

func (e *stalledError) Error() string { return e.reason + ": " + e.message }

// waitingError means that something else has to happen first, which a watch reports, or that it is too early.
type waitingError struct{ after time.Duration }

func (e *waitingError) Error() string { return "waiting" }

// outcome is how a reconcile went.
type outcome struct {
	stalled *stalledError
	// failure is what the API server answered; the reconcile is tried again.
	failure error
	// withheld is the first change that was not made because the instance is suspended.
	withheld string
	result   ctrl.Result
}

// conclude sorts an error into its class.
func conclude(err error) outcome {
	var (
		stalled  *stalledError
		waiting  *waitingError
		template *resources.TemplateError
	)
	switch {
	case err == nil:
		return outcome{}
	case errors.As(err, &stalled):
		return outcome{stalled: stalled, result: ctrl.Result{RequeueAfter: stalled.recheck}}
	case errors.As(err, &template):
		return outcome{stalled: &stalledError{reason: v1alpha1.ReasonTemplateInvalid, message: template.Message}}
	case errors.As(err, &waiting):
		return outcome{result: ctrl.Result{RequeueAfter: waiting.after}}
	case apierrors.IsConflict(err):
		// Somebody was faster. What they wrote is on its way to the cache.
		return outcome{result: ctrl.Result{RequeueAfter: time.Second}}
	default:
		return outcome{failure: err}
	}
}

// by makes the reconcile come back at a time at the latest; never, if it is zero.
func (o outcome) by(at, now time.Time) outcome {
	if at.IsZero() {
		return o
	}
	// A moment later, so that it is not too early.
	if wait := max(at.Sub(now), 0) + time.Second; o.result.RequeueAfter == 0 || wait < o.result.RequeueAfter {
		o.result.RequeueAfter = wait
	}
	return o
}
