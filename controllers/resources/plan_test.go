package resources

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// reported is the plan as the operator reads it from a report.
func reported(t *testing.T, plan config.MigrationPlan) *v1alpha1.MigrationPlan {
	t.Helper()
	text, err := json.Marshal(config.MigrationReport{Reason: config.Planned, Plan: config.PackPlan(plan)})
	if err != nil {
		t.Fatal(err)
	}
	report, ok := ParseMigrationReport(string(text))
	if !ok || !report.Connected {
		t.Fatalf("got %+v, %v", report, ok)
	}
	return report.Plan
}

func TestPlanOfAReport(t *testing.T) {
	t.Parallel()
	got := reported(t, config.MigrationPlan{
		Hash: "0123456789abcdef", Count: 7, Notes: []string{"kept:\nall"},
		Statements: []config.PlannedStatement{{
			Reason: "add\ta column", Lock: "ACCESS EXCLUSIVE on user", SQL: "ALTER TABLE \"user\"\n ADD COLUMN a text DEFAULT 'db://u:p@h'",
		}},
	})
	want := &v1alpha1.MigrationPlan{
		Hash: "0123456789abcdef", Count: 7, Notes: []string{"kept: all"},
		Statements: []v1alpha1.PlannedStatement{{
			Reason: "add a column", Lock: "ACCESS EXCLUSIVE on user", SQL: "ALTER TABLE \"user\"\n ADD COLUMN a text DEFAULT 'db://[redacted]@h'",
		}},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestPlanIsBounded(t *testing.T) {
	t.Parallel()
	plan := config.MigrationPlan{Hash: "0123456789abcdef", Count: 100}
	for range plan.Count {
		plan.Statements = append(plan.Statements, config.PlannedStatement{Reason: "x", SQL: "SELECT 1"})
	}
	if got := reported(t, plan); len(got.Statements) != maxPlanned || got.Count != 100 {
		t.Errorf("%d of %d statements", len(got.Statements), got.Count)
	}

	// What compresses well is small in a report, and would be large in a status.
	for i := range plan.Statements {
		plan.Statements[i].SQL = strings.Repeat("A", 1000)
	}
	got := reported(t, plan)
	if text, err := json.Marshal(got); err != nil || len(text) > maxPlannedBytes+4096 || len(got.Statements) == 0 {
		t.Errorf("%d bytes, %d statements, %v", len(text), len(got.Statements), err)
	}
}

func TestPlanThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for _, packed := range []string{"", "x", config.PackPlan(config.MigrationPlan{Hash: "a$(reboot)", Count: 1})} {
		text, err := json.Marshal(config.MigrationReport{Reason: config.PlanChanged, Plan: packed})
		if err != nil {
			t.Fatal(err)
		}
		if report, ok := ParseMigrationReport(string(text)); !ok || report.Plan != nil || report.PlanChanged {
			t.Errorf("%q: got %+v, %v", packed, report, ok)
		}
	}
}
