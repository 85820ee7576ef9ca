package main

import (
	"testing"
	"time"

	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// proposes says that a plan waits for an approval.
func (i *instance) proposes(hash string) {
	i.t.Helper()
	i.say(func(status *v1alpha1.AuthServiceStatus) {
		status.Schema.Plan = &v1alpha1.MigrationPlan{
			Hash: hash, State: v1alpha1.PlanProposed, Count: 3,
			Notes: []string{"the column \"user\".\"legacy\"\nis left alone"},
			Statements: []v1alpha1.PlannedStatement{
				{Reason: "custom field tier", Lock: `ACCESS EXCLUSIVE on "user"`, SQL: `ALTER TABLE "user" ADD COLUMN "tier" text;`},
				{Reason: "index of custom field tier\nDROP TABLE x", SQL: `CREATE INDEX CONCURRENTLY "user_tier_idx" ON "user" ("tier")`},
			},
		}
	})
}

func (i *instance) annotation(name string) string {
	i.t.Helper()
	auth := &v1alpha1.AuthService{}
	must(i.t, api.admin.Get(i.t.Context(), client.ObjectKeyFromObject(i.auth), auth))
	return auth.Annotations[name]
}

func newApprovable(t *testing.T) *instance {
	t.Helper()
	auth := shop(newNamespace(t))
	auth.Spec.Migration.Policy = v1alpha1.MigrationApprove
	shop := newInstance(t, auth)
	shop.ready()
	return shop
}

func TestPlanIsSQL(t *testing.T) {
	t.Parallel()
	shop := newApprovable(t)
	namespace := shop.auth.Namespace
	execute(t.Context(), namespace, "plan", "shop").wants(t, 2, "has no plan yet")
	shop.proposes("3f9c21d07be4")
	golden(t, "plan.sql", namespace, execute(t.Context(), namespace, "plan", "shop").wants(t, 0).stdout)
	execute(t.Context(), namespace, "status", "shop").wants(t, 0, "plan 3f9c21d07be4, Proposed, of 3 statements: see kubectl gatehouse plan shop")
}

func TestApproveAsksFirst(t *testing.T) {
	t.Parallel()
	shop := newApprovable(t)
	namespace := shop.auth.Namespace
	execute(t.Context(), namespace, "approve", "shop", "--yes").wants(t, 2, "has no plan yet")
	shop.proposes("3f9c21d07be4")
	execute(t.Context(), namespace, "approve", "shop", input("no\n")).wants(t, 2, `ADD COLUMN "tier"`, "not agreed")
	execute(t.Context(), namespace, "approve", "shop").wants(t, 2, "say --yes")
	execute(t.Context(), namespace, "approve", "shop", "00000000aaaa", "--yes").wants(t, 2, "it is 3f9c21d07be4, not 00000000aaaa")
	if got := shop.annotation(v1alpha1.AnnotationApprovePlan); got != "" {
		t.Errorf("approved %q", got)
	}
	execute(t.Context(), namespace, "approve", "shop", input("yes\n")).wants(t, 0, "Plan 3f9c21d07be4 of shop is approved")
	if got := shop.annotation(v1alpha1.AnnotationApprovePlan); got != "3f9c21d07be4" {
		t.Errorf("approved %q", got)
	}
}

// changing is somebody who thinks until the plan is another one, and then says yes.
type changing struct {
	shop *instance
	said bool
}

func (c *changing) Read(data []byte) (int, error) {
	if !c.said {
		c.shop.proposes("ffffffffffff")
		c.said = true
	}
	return copy(data, "yes\n"), nil
}

func TestApproveApprovesOnlyWhatItShowed(t *testing.T) {
	t.Parallel()
	shop := newApprovable(t)
	shop.proposes("3f9c21d07be4")
	execute(t.Context(), shop.auth.Namespace, "approve", "shop", at(func(p *process) { p.stdin = &changing{shop: shop} })).
		wants(t, 2, "the plan has changed: it is ffffffffffff, not 3f9c21d07be4")
	if got := shop.annotation(v1alpha1.AnnotationApprovePlan); got != "" {
		t.Errorf("approved %q", got)
	}
}

func TestApproveWaitsForTheMigration(t *testing.T) {
	t.Parallel()
	for name, ends := range map[string]struct {
		change func(*instance)
		code   int
		text   string
	}{
		"applied": {func(i *instance) {
			i.say(func(s *v1alpha1.AuthServiceStatus) { s.Schema.Plan.State = v1alpha1.PlanApplied })
		}, 0, "The migration of shop has run"},
		"another plan": {func(i *instance) { i.proposes("ffffffffffff") }, 2, "ffffffffffff waits for an approval now"},
		"deleted":      {func(i *instance) { must(i.t, api.admin.Delete(i.t.Context(), i.auth)) }, 2, "shop was deleted"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			shop := newApprovable(t)
			shop.proposes("3f9c21d07be4")
			terminal, screen := onScreen()
			ended := make(chan result, 1)
			go func() {
				ended <- execute(t.Context(), shop.auth.Namespace, "approve", "shop", "3f9c21d07be4", "--yes", "--wait", screen)
			}()
			terminal.shows(t, "waiting:")
			ends.change(shop)
			select {
			case approved := <-ended:
				approved.wants(t, ends.code)
				terminal.shows(t, ends.text)
			case <-time.After(30 * time.Second):
				t.Fatal("the wait does not end")
			}
		})
	}
}
