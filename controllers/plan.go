package controllers

import (
	"cmp"
	"context"
	"slices"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// approve returns nil when the migration may run: its plan is approved, or it is over. What began before an approval was
// asked for is ended, which a migration bears at any statement.
func (r *Reconciler) approve(ctx context.Context, auth *v1alpha1.AuthService, seen *observed, objects *resources.Objects) error {
	if seen.approved != "" || seen.complete(seen.migration) {
		return nil
	}
	if job := seen.newestJob(seen.migration); job != nil && !finished(job) && job.Annotations[resources.AnnotationApprovedPlan] == "" {
		return cmp.Or[error](r.delete(ctx, job), &waitingError{after: time.Second})
	}
	if seen.plan != nil {
		return &waitingError{} // for somebody to approve it
	}
	return cmp.Or[error](r.run(ctx, auth, seen, seen.planning, objects.Plan), &waitingError{})
}

// approval is the plan that the database needs, nil while nobody knows, and the hash of the plan that may be carried out. An
// approval holds from the first Job that was made with it until a Job finds that another plan is needed, and goes over to one
// that is what a killed migration left to do. A plan without statements changes nothing, and needs none.
func (s *observed) approval(auth *v1alpha1.AuthService) (plan *v1alpha1.MigrationPlan, approved string) {
	if job := s.newestJob(s.migration); job != nil {
		begun := job.Annotations[resources.AnnotationApprovedPlan]
		if plan = s.changedPlan(); begun != "" && (plan == nil || plan.Hash == begun) {
			return plan, begun
		}
	}
	if plan == nil {
		plan = s.plannedPlan(auth)
	} else if remains(plan, auth.Status.Schema.Plan) {
		return plan, plan.Hash
	}
	if plan != nil && (plan.Count == 0 || auth.Annotations[v1alpha1.AnnotationApprovePlan] == plan.Hash) {
		return plan, plan.Hash
	}
	return plan, ""
}

// changedPlan is what the last migration found that is needed instead of what was approved; nil when it did not.
func (s *observed) changedPlan() *v1alpha1.MigrationPlan {
	report, _ := s.lastReport(s.migration, corev1.PodFailed)
	if !report.PlanChanged {
		return nil
	}
	return report.Plan
}

// plannedPlan is what the Job that plans reported. Its pod goes with its node; then the status still says it.
func (s *observed) plannedPlan(auth *v1alpha1.AuthService) *v1alpha1.MigrationPlan {
	if !s.complete(s.planning) {
		return nil
	}
	report, _ := s.lastReport(s.planning, corev1.PodSucceeded)
	if report.Plan != nil {
		return report.Plan
	}
	waits := meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionSchemaMigrated)
	if waits == nil || waits.Reason != v1alpha1.ReasonApprovalNeeded {
		return nil
	}
	return auth.Status.Schema.Plan
}

// remains says whether a plan has nothing to do but what stands in one that was approved. What does not fit into a report is
// not known, and not approved.
func remains(plan, approved *v1alpha1.MigrationPlan) bool {
	if approved == nil || approved.State != v1alpha1.PlanApproved || int(plan.Count) != len(plan.Statements) {
		return false
	}
	return !slices.ContainsFunc(plan.Statements, func(left v1alpha1.PlannedStatement) bool {
		return left.SQL == "" || !slices.ContainsFunc(approved.Statements, func(s v1alpha1.PlannedStatement) bool { return s.SQL == left.SQL })
	})
}
