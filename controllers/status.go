package controllers

import (
	"cmp"
	"slices"

	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// verdict is what one condition says: True, False for a problem, Unknown while it is not decided.
type verdict struct {
	kind    string
	status  metav1.ConditionStatus
	reason  string
	message string
}

// statusOf is the whole status, from what was seen and done.
func statusOf(auth *v1alpha1.AuthService, seen *observed, out outcome) v1alpha1.AuthServiceStatus {
	status := *auth.Status.DeepCopy()
	status.ObservedGeneration = auth.Generation
	status.URL = resources.URL(auth)
	status.Selector = resources.PodSelector(auth).String()
	status.Keys = seen.keys
	status.Replicas, status.ReadyReplicas = 0, 0
	if deployment := seen.deployment(); deployment != nil {
		status.Replicas, status.ReadyReplicas = deployment.Status.Replicas, deployment.Status.ReadyReplicas
	}
	if seen.index(resources.Binding(auth)) >= 0 {
		status.Binding = &v1alpha1.BindingStatus{Name: resources.BindingName(auth)}
	}
	report := migrationReport(auth, seen)
	status.Schema.Hash = cmp.Or(report.schemaHash, status.Schema.Hash)
	status.Schema.Plan = schemaPlan(auth, seen, report.applied)

	verdicts := append([]verdict{
		secretsReady(auth, seen, out), report.reachable, report.migrated, whileSuspended(auth, out, available(auth, seen, out)),
	}, exposed(auth, seen)...)
	ready := whileSuspended(auth, out, sumUp(auth, verdicts))
	verdicts = slices.Concat(verdicts, monitored(auth, seen), browserTopology(auth))
	for _, v := range append(verdicts, ready) {
		set(auth, seen, &status, v)
	}
	dropSectional(&status, verdicts)
	setClientIP(auth, seen, &status)
	setProgress(auth, seen, out, &status, ready)
	return status
}

// secretsReady is about the Secrets and ConfigMaps that pods mount.
func secretsReady(auth *v1alpha1.AuthService, seen *observed, out outcome) verdict {
	v := verdict{kind: v1alpha1.ConditionSecretsReady, status: metav1.ConditionFalse}
	switch {
	case out.stalled != nil && out.stalled.condition == v.kind:
		v.reason, v.message = out.stalled.reason, out.stalled.message
	case seen.database == nil:
		v.reason, v.message = v1alpha1.ReasonDatabaseSecretNotFound, missingDatabaseSecret(auth)
	case len(seen.missing) > 0:
		v.reason, v.message = missingReferences(auth, seen.missing)
	case seen.generated == nil && auth.Spec.Secrets.SecretRef == nil:
		v.status, v.reason, v.message = metav1.ConditionUnknown, v1alpha1.ReasonPending, "The generated secret is not there yet"
	default:
		v.status, v.reason, v.message = metav1.ConditionTrue, v1alpha1.ReasonSecretsReady, "The secrets exist"
	}
	return v
}

func missingDatabaseSecret(auth *v1alpha1.AuthService) string {
	ref := auth.Spec.Database.SecretRef
	return "Secret " + ref.Name + " does not exist. Create it: kubectl -n " + auth.Namespace + " create secret generic " + ref.Name +
		" --from-literal=" + cmp.Or(ref.Key, "uri") + "='postgres://user:password@host:5432/database'"
}

// standing is what a condition already says of this generation; pending when it says nothing of it.
func standing(auth *v1alpha1.AuthService, pending verdict) verdict {
	c := meta.FindStatusCondition(auth.Status.Conditions, pending.kind)
	if c == nil || c.ObservedGeneration != auth.Generation {
		return pending
	}
	return verdict{pending.kind, c.Status, c.Reason, c.Message}
}

// sumUp derives Ready: the first problem, else the first thing not decided, else True.
func sumUp(auth *v1alpha1.AuthService, verdicts []verdict) verdict {
	for _, status := range []metav1.ConditionStatus{metav1.ConditionFalse, metav1.ConditionUnknown} {
		for _, v := range verdicts {
			if v.status == status {
				return verdict{v1alpha1.ConditionReady, v.status, v.reason, v.message}
			}
		}
	}
	return verdict{v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady, "Clients can use " + resources.URL(auth)}
}

// setProgress keeps Reconciling and Stalled, of which at most one is there.
func setProgress(auth *v1alpha1.AuthService, seen *observed, out outcome, status *v1alpha1.AuthServiceStatus, ready verdict) {
	stalled := verdict{v1alpha1.ConditionStalled, metav1.ConditionTrue, ready.reason, ready.message}
	if out.stalled != nil {
		stalled.reason, stalled.message = out.stalled.reason, out.stalled.message
	}
	switch {
	case seen.rotating != "" && (ready.status == metav1.ConditionTrue || ready.reason == v1alpha1.ReasonRollingOut):
		set(auth, seen, status, verdict{v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonRotating, seen.rotating})
		meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionStalled)
	case out.stalled != nil || ready.reason == v1alpha1.ReasonRolloutFailed || ready.reason == v1alpha1.ReasonCanaryFailed:
		set(auth, seen, status, stalled)
		meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionReconciling)
	case ready.status != metav1.ConditionTrue && !auth.Spec.Suspend: // nobody is at work on a suspended one
		set(auth, seen, status, verdict{v1alpha1.ConditionReconciling, metav1.ConditionTrue, ready.reason, ready.message})
		meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionStalled)
	default:
		meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionReconciling)
		meta.RemoveStatusCondition(&status.Conditions, v1alpha1.ConditionStalled)
	}
}

func set(auth *v1alpha1.AuthService, seen *observed, status *v1alpha1.AuthServiceStatus, v verdict) {
	meta.SetStatusCondition(&status.Conditions, metav1.Condition{
		Type:               v.kind,
		Status:             v.status,
		Reason:             v.reason,
		Message:            v.message,
		ObservedGeneration: auth.Generation,
		LastTransitionTime: metav1.NewTime(seen.now),
	})
}

// merelyProgress says whether nothing was decided: what is Unknown stays so, and only steps and counts differ. A problem, or
// a word about the keys or about a plan that is not carried out, is more.
func merelyProgress(before, after *v1alpha1.AuthServiceStatus) bool {
	was, is := meta.FindStatusCondition(before.Conditions, v1alpha1.ConditionReady), meta.FindStatusCondition(after.Conditions, v1alpha1.ConditionReady)
	if was == nil || was.Status != metav1.ConditionUnknown || is.Status != metav1.ConditionUnknown {
		return false
	}
	for _, condition := range after.Conditions {
		then := meta.FindStatusCondition(before.Conditions, condition.Type)
		bad := condition.Status == metav1.ConditionFalse || condition.Type == v1alpha1.ConditionStalled
		if bad && !equality.Semantic.DeepEqual(&condition, then) {
			return false
		}
	}
	rest := *after
	rest.Conditions, rest.Replicas, rest.ReadyReplicas, rest.Schema.Hash = before.Conditions, before.Replicas, before.ReadyReplicas, before.Schema.Hash
	if plan := after.Schema.Plan; plan != nil && plan.State == v1alpha1.PlanApplied {
		rest.Schema.Plan = before.Schema.Plan
	}
	return equality.Semantic.DeepEqual(before, &rest)
}
