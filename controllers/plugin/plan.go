package plugin

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// WritePlan writes the plan in status as SQL. All that is not a statement is in comments.
func WritePlan(w io.Writer, auth *v1alpha1.AuthService) error {
	plan := auth.Status.Schema.Plan
	if plan == nil {
		return fmt.Errorf("%s has no plan yet: the operator makes one when it has seen the spec and the secret of the database; see kubectl gatehouse status %s",
			auth.Name, auth.Name)
	}
	comment(w, fmt.Sprintf("Plan %s of %s/%s: %s, of %s.", plan.Hash, auth.Namespace, auth.Name, plan.State, statements(plan)))
	for _, note := range plan.Notes {
		comment(w, "Note: "+note)
	}
	for _, statement := range plan.Statements {
		fmt.Fprintln(w)
		comment(w, statement.Reason)
		if statement.Lock != "" {
			comment(w, "Lock: "+statement.Lock)
		}
		if statement.SQL != "" {
			fmt.Fprintln(w, strings.TrimRight(strings.TrimSpace(statement.SQL), ";")+";")
		}
	}
	fmt.Fprintln(w)
	if left := int(plan.Count) - len(plan.Statements); left > 0 {
		comment(w, fmt.Sprintf("Left out of the status, because they do not fit: %d. kubectl gatehouse logs %s --migration shows all.", left, auth.Name))
	}
	if plan.State == v1alpha1.PlanProposed {
		comment(w, fmt.Sprintf("To run it: kubectl gatehouse approve %s %s --namespace %s", auth.Name, plan.Hash, auth.Namespace))
	}
	return nil
}

// comment writes lines that SQL skips, whatever is in the text.
func comment(w io.Writer, text string) {
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' || r == '\r' }) {
		fmt.Fprintln(w, "-- "+line)
	}
}

func statements(plan *v1alpha1.MigrationPlan) string {
	switch count := max(int(plan.Count), len(plan.Statements)); count {
	case 0:
		return "no statements"
	case 1:
		return "1 statement"
	default:
		return fmt.Sprintf("%d statements", count)
	}
}

// Approvable says why a plan cannot be approved now, if it cannot. With a hash, it must be that of the plan.
func Approvable(auth *v1alpha1.AuthService, hash string) error {
	plan := auth.Status.Schema.Plan
	switch {
	case plan == nil && auth.Spec.Migration.Policy != v1alpha1.MigrationApprove:
		return fmt.Errorf("%s runs its migrations by itself; with spec.migration.policy: Approve they wait for you", auth.Name)
	case plan == nil:
		return fmt.Errorf("%s has no plan yet; see kubectl gatehouse status %s", auth.Name, auth.Name)
	case hash != "" && plan.Hash != hash:
		return fmt.Errorf("%w: it is %s, not %s; look at it with kubectl gatehouse plan %s", ErrChanged, plan.Hash, hash, auth.Name)
	case plan.State != v1alpha1.PlanProposed:
		return fmt.Errorf("plan %s of %s is %s already; nothing waits for an approval", plan.Hash, auth.Name, plan.State)
	}
	return nil
}

// ErrChanged is about something that is not any more what was shown.
var ErrChanged = errors.New("the plan has changed")

// Applied says whether the plan with the hash has run. It fails when it never will, because there is another one.
func Applied(auth *v1alpha1.AuthService, hash string) (bool, error) {
	plan := auth.Status.Schema.Plan
	if plan != nil && plan.Hash != hash && plan.State == v1alpha1.PlanProposed {
		return false, fmt.Errorf("%w: %s waits for an approval now; look at it with kubectl gatehouse plan %s", ErrChanged, plan.Hash, auth.Name)
	}
	return plan != nil && plan.Hash == hash && plan.State == v1alpha1.PlanApplied, nil
}
