package controllers

import (
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// unapproved says whether a migration has to wait for an approval, or for the plan to approve.
func (s *observed) unapproved() bool {
	return s.planning.hash != "" && s.approved == "" && !s.complete(s.migration)
}

// planned judges a migration that was not approved.
func (v *migrationVerdicts) planned(auth *v1alpha1.AuthService, seen *observed) {
	switch {
	case seen.plan != nil:
	case seen.complete(seen.planning):
		v.migrated.status, v.migrated.reason = metav1.ConditionFalse, v1alpha1.ReasonMigrationFailed
		v.migrated.message = unexplained("plan", seen.newestJob(seen.planning))
		return
	default:
		v.atWork(seen, seen.planning, "plan", v1alpha1.ReasonPlanning)
		return
	}
	v.reachable = reached(v.reachable)
	v.migrated.reason = v1alpha1.ReasonApprovalNeeded
	v.migrated.message = fmt.Sprintf("The migration waits for the approval of its plan (statements: %d, in status.schema.plan): "+
		"kubectl -n %s annotate --overwrite authservices.gatehouse.dev %s %s=%s",
		seen.plan.Count, auth.Namespace, auth.Name, v1alpha1.AnnotationApprovePlan, seen.plan.Hash)
}

func reached(v verdict) verdict {
	return verdict{v.kind, metav1.ConditionTrue, v1alpha1.ReasonReachable, "The last migration connected"}
}

// schemaPlan is what the status shows of plans: the one that waits or is carried out, else the last one that was.
func schemaPlan(auth *v1alpha1.AuthService, seen *observed, applied *v1alpha1.MigrationPlan) *v1alpha1.MigrationPlan {
	former := auth.Status.Schema.Plan
	switch {
	case seen.migration.hash == "":
		return former
	case seen.complete(seen.migration):
		approved := seen.newestJob(seen.migration).Annotations[resources.AnnotationApprovedPlan]
		return inState(v1alpha1.PlanApplied, applied, withHash(former, approved), inForce(former))
	case seen.approved != "":
		return inState(v1alpha1.PlanApproved, withHash(seen.plan, seen.approved), withHash(former, seen.approved))
	case seen.plan != nil:
		return inState(v1alpha1.PlanProposed, seen.plan)
	default:
		return inForce(former)
	}
}

// inState is the first plan that there is, in that state.
func inState(state v1alpha1.PlanState, plans ...*v1alpha1.MigrationPlan) *v1alpha1.MigrationPlan {
	for _, plan := range plans {
		if plan != nil {
			plan = plan.DeepCopy()
			plan.State = state
			return plan
		}
	}
	return nil
}

func withHash(plan *v1alpha1.MigrationPlan, hash string) *v1alpha1.MigrationPlan {
	if plan == nil || plan.Hash != hash {
		return nil
	}
	return plan
}

// inForce drops a plan that was overtaken before anything came of it.
func inForce(plan *v1alpha1.MigrationPlan) *v1alpha1.MigrationPlan {
	if plan == nil || plan.State != v1alpha1.PlanApplied {
		return nil
	}
	return plan
}
