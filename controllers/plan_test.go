package controllers_test

import (
	"encoding/json"
	"fmt"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

const (
	firstPlan  = "00000000000000a1"
	secondPlan = "00000000000000a2"
	emptyPlan  = "00000000000000e0"
)

// planReport has a plan of so many statements.
func planReport(reason config.MigrationReason, hash string, statements int) string {
	GinkgoHelper()
	plan := config.MigrationPlan{Hash: hash, Count: statements, Notes: []string{"note of " + hash}}
	for i := range statements {
		plan.Statements = append(plan.Statements, config.PlannedStatement{
			Reason: fmt.Sprint("column ", i), Lock: "ACCESS EXCLUSIVE on user", SQL: fmt.Sprintf(`ALTER TABLE "user" ADD COLUMN c%d text`, i),
		})
	}
	text, err := json.Marshal(config.MigrationReport{Reason: reason, SchemaHash: "5c6e3a", Plan: config.PackPlan(plan)})
	Expect(err).NotTo(HaveOccurred())
	return string(text)
}

func plannedArgs(job *batchv1.Job) []string { return job.Spec.Template.Spec.Containers[0].Args }

var _ = Describe("a plan", func() {
	var (
		namespace string
		op        *operator
		auth      *v1alpha1.AuthService
	)
	BeforeEach(func() {
		namespace = newNamespace()
		op = startOperator(namespace, unlimited())
		auth = newAuth(namespace)
		create(newDatabaseSecret(namespace))
	})
	approve := func(hash string) {
		GinkgoHelper()
		update(auth, func(a *v1alpha1.AuthService) {
			metav1.SetMetaDataAnnotation(&a.ObjectMeta, v1alpha1.AnnotationApprovePlan, hash)
		})
	}
	policy := func(policy v1alpha1.MigrationPolicy) {
		GinkgoHelper()
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Migration.Policy = policy })
	}
	// planned waits until the plan Job is there and ends it with this plan.
	planned := func(hash string, statements int) {
		GinkgoHelper()
		job := theJob(namespace)
		Expect(plannedArgs(job)).To(Equal([]string{"migrate", "--plan", "--config=/etc/gatehouse/config.yaml"}))
		completeJobWith(job, planReport(config.Planned, hash, statements))
	}
	// migrating is the Job that carries the plan out.
	migrating := func(hash string) *batchv1.Job {
		GinkgoHelper()
		var job *batchv1.Job
		Eventually(func(g Gomega) {
			job = theJob(namespace)
			g.Expect(plannedArgs(job)).To(ContainElement("--approved=" + hash))
		}).Should(Succeed())
		return job
	}
	planIs := func(hash string, state v1alpha1.PlanState) {
		GinkgoHelper()
		Eventually(func(g Gomega) {
			g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), auth)).To(Succeed())
			g.Expect(auth.Status.Schema.Plan).NotTo(BeNil())
			g.Expect(auth.Status.Schema.Plan.Hash).To(Equal(hash))
			g.Expect(auth.Status.Schema.Plan.State).To(Equal(state))
		}).Should(Succeed())
	}
	ready := func() {
		GinkgoHelper()
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	}
	// addField changes the schema that the spec wants.
	addField := func(name string) {
		GinkgoHelper()
		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.CustomFields = append(a.Spec.CustomFields, v1alpha1.CustomField{Name: name, Type: "string"})
		})
	}

	It("that was carried out is in the status", func() {
		create(auth)
		completeJobWith(theJob(namespace), planReport(config.Migrated, firstPlan, 2))
		ready()
		planIs(firstPlan, v1alpha1.PlanApplied)
		Expect(*auth.Status.Schema.Plan).To(Equal(v1alpha1.MigrationPlan{
			Hash: firstPlan, State: v1alpha1.PlanApplied, Count: 2, Notes: []string{"note of " + firstPlan},
			Statements: []v1alpha1.PlannedStatement{
				{Reason: "column 0", Lock: "ACCESS EXCLUSIVE on user", SQL: `ALTER TABLE "user" ADD COLUMN c0 text`},
				{Reason: "column 1", Lock: "ACCESS EXCLUSIVE on user", SQL: `ALTER TABLE "user" ADD COLUMN c1 text`},
			},
		}))

		By("staying there while the next one runs")
		addField("role")
		job := theJob(namespace)
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonMigrating)
		planIs(firstPlan, v1alpha1.PlanApplied)
		completeJobWith(job, planReport(config.Migrated, secondPlan, 1))
		planIs(secondPlan, v1alpha1.PlanApplied)
	})

	It("waits for its approval, of an empty database too, and for no other", func() {
		auth.Spec.Migration.Policy = v1alpha1.MigrationApprove
		create(auth)
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonPlanning)
		planned(firstPlan, 3)
		Expect(eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonApprovalNeeded)).To(Equal(
			"The migration waits for the approval of its plan (statements: 3, in status.schema.plan): kubectl -n " + namespace +
				" annotate --overwrite authservices.gatehouse.dev login gatehouse.dev/approve-plan=" + firstPlan))
		eventually(auth, v1alpha1.ConditionDatabaseReachable, metav1.ConditionTrue, v1alpha1.ReasonReachable)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionUnknown, v1alpha1.ReasonApprovalNeeded)
		eventually(auth, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonApprovalNeeded)
		planIs(firstPlan, v1alpha1.PlanProposed)
		Expect(auth.Status.Schema.Plan.Statements).To(HaveLen(3))

		By("ignoring another hash")
		approve(secondPlan)
		settled(op)
		Expect(jobs(namespace)).To(HaveLen(1))
		planIs(firstPlan, v1alpha1.PlanProposed)

		By("its own hash")
		approve(firstPlan)
		job := migrating(firstPlan)
		planIs(firstPlan, v1alpha1.PlanApproved)
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonMigrating)
		completeJobWith(job, planReport(config.Migrated, firstPlan, 3))
		ready()
		planIs(firstPlan, v1alpha1.PlanApplied)
		Eventually(func() []batchv1.Job { return jobs(namespace) }).Should(HaveLen(1), "the plan's Job is pruned")

		By("asking once")
		events := &eventsv1.EventList{}
		Expect(admin.List(ctx, events, client.InNamespace(namespace))).To(Succeed())
		asked := 0
		for _, event := range events.Items {
			if event.Reason == v1alpha1.ReasonApprovalNeeded {
				asked++
				Expect(event.Type).To(Equal(corev1.EventTypeNormal))
				Expect(event.Series).To(BeNil())
			}
		}
		Expect(asked).To(Equal(1))
	})

	It("without statements needs no approval", func() {
		auth.Spec.Migration.Policy = v1alpha1.MigrationApprove
		create(auth)
		planned(emptyPlan, 0)
		completeJobWith(migrating(emptyPlan), planReport(config.Migrated, emptyPlan, 0))
		ready()
		planIs(emptyPlan, v1alpha1.PlanApplied)
	})

	It("keeps running pods as they are until it is approved", func() {
		auth.Spec.Migration.Policy = v1alpha1.MigrationApprove
		create(auth)
		planned(emptyPlan, 0)
		completeJob(migrating(emptyPlan))
		ready()
		before := get(&appsv1.Deployment{}, namespace, "login")
		addField("role")
		planned(firstPlan, 1)
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonApprovalNeeded)
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonPending)).
			To(ContainSubstring("2 replicas go on in the previous configuration"))
		settled(op)
		Expect(get(&appsv1.Deployment{}, namespace, "login").Generation).To(Equal(before.Generation))
		approve(firstPlan)
		completeJob(migrating(firstPlan))
		Eventually(func() int64 { return get(&appsv1.Deployment{}, namespace, "login").Generation }).Should(BeNumerically(">", before.Generation))
		ready()
	})

	It("that is no longer the one that is needed is proposed anew", func() {
		auth.Spec.Migration.Policy = v1alpha1.MigrationApprove
		create(auth)
		planned(firstPlan, 1)
		approve(firstPlan)
		first := migrating(firstPlan)
		runPod(first, corev1.PodFailed, planReport(config.PlanChanged, secondPlan, 2))
		planIs(secondPlan, v1alpha1.PlanProposed)
		failJob(first, planReport(config.PlanChanged, secondPlan, 2), time.Now())
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonApprovalNeeded)
		settled(op)
		Expect(jobs(namespace)).To(HaveLen(2), "the old approval starts nothing")

		By("approving that one, at once")
		approve(secondPlan)
		second := migrating(secondPlan)
		Expect(resources.Attempt(second)).To(Equal(2))
		planIs(secondPlan, v1alpha1.PlanApproved)
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonMigrating)

		By("retrying it, when the database is away, with the same approval")
		failJob(second, report(config.DatabaseUnreachable, "no route"), op.clock.now())
		eventually(auth, v1alpha1.ConditionDatabaseReachable, metav1.ConditionFalse, "DatabaseUnreachable")
		Eventually(gone(first)).Should(BeTrue())
		planIs(secondPlan, v1alpha1.PlanApproved)
		op.clock.advance(3 * time.Minute)
		_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		completeJobWith(migrating(secondPlan), planReport(config.Migrated, secondPlan, 2))
		ready()
		planIs(secondPlan, v1alpha1.PlanApplied)
	})

	It("of which a killed migration left a part needs no second approval", func() {
		auth.Spec.Migration.Policy = v1alpha1.MigrationApprove
		create(auth)
		planned(firstPlan, 3)
		approve(firstPlan)
		killed := migrating(firstPlan)
		planIs(firstPlan, v1alpha1.PlanApproved)
		failJob(killed, planReport(config.PlanChanged, secondPlan, 2), op.clock.now())

		rest := migrating(secondPlan)
		planIs(secondPlan, v1alpha1.PlanApproved)
		Expect(auth.Annotations).To(HaveKeyWithValue(v1alpha1.AnnotationApprovePlan, firstPlan))
		completeJobWith(rest, planReport(config.Migrated, secondPlan, 2))
		ready()
		planIs(secondPlan, v1alpha1.PlanApplied)
	})

	It("that cannot be made says why, and is made again", func() {
		auth.Spec.Migration.Policy = v1alpha1.MigrationApprove
		create(auth)

		By("an image that reports nothing")
		first := theJob(namespace)
		completeJobWith(first, "")
		Expect(eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionFalse, v1alpha1.ReasonMigrationFailed)).
			To(Equal("The plan failed without a report. See kubectl -n " + namespace + " logs job/" + first.Name))
		approve(firstPlan) // there is no such plan yet
		op.clock.advance(2 * time.Minute)
		_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())

		By("a database that refuses")
		second := theJob(namespace)
		Expect(resources.Attempt(second)).To(Equal(2))
		failJob(second, report(config.DatabaseAuthenticationFailed, "wrong password"), op.clock.now())
		Expect(eventually(auth, v1alpha1.ConditionDatabaseReachable, metav1.ConditionFalse, "DatabaseAuthenticationFailed")).To(Equal("wrong password"))
		op.clock.advance(3 * time.Minute)
		_, err = op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		Expect(resources.Attempt(theJob(namespace))).To(Equal(3))
	})

	It("survives its pod, and the operator", func() {
		auth.Spec.Migration.Policy = v1alpha1.MigrationApprove
		create(auth)
		planned(firstPlan, 1)
		planIs(firstPlan, v1alpha1.PlanProposed)
		settled(op)
		op.stop()
		Expect(admin.DeleteAllOf(ctx, &corev1.Pod{}, client.InNamespace(namespace), client.GracePeriodSeconds(0))).To(Succeed())
		op = startOperator(namespace, unlimited())
		Eventually(func() error {
			_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
			return err
		}).Should(Succeed())
		Expect(op.wire.all()).To(BeEmpty())
		planIs(firstPlan, v1alpha1.PlanProposed)
		approve(firstPlan)
		migrating(firstPlan)
	})

	It("is asked for, or no longer, when the policy changes in the middle", func() {
		create(auth)
		unapproved := theJob(namespace)

		By("to Approve: what nobody approved is ended")
		policy(v1alpha1.MigrationApprove)
		Eventually(gone(unapproved)).Should(BeTrue())
		planned(firstPlan, 1)
		planIs(firstPlan, v1alpha1.PlanProposed)

		By("to Auto: nothing waits any more")
		policy(v1alpha1.MigrationAuto)
		var job *batchv1.Job
		Eventually(func(g Gomega) {
			job = theJob(namespace)
			g.Expect(plannedArgs(job)).To(Equal([]string{"migrate", "--config=/etc/gatehouse/config.yaml"}))
		}).Should(Succeed())
		Eventually(func() *v1alpha1.MigrationPlan {
			Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), auth)).To(Succeed())
			return auth.Status.Schema.Plan
		}).Should(BeNil())
		completeJobWith(job, planReport(config.Migrated, firstPlan, 1))
		ready()

		By("to Approve when there is nothing to migrate")
		policy(v1alpha1.MigrationApprove)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		settled(op)
		Expect(jobs(namespace)).To(HaveLen(1))
		planIs(firstPlan, v1alpha1.PlanApplied)
	})

	It("for other inputs takes the place of one that waits", func() {
		auth.Spec.Migration.Policy = v1alpha1.MigrationApprove
		create(auth)
		planned(firstPlan, 1)
		planIs(firstPlan, v1alpha1.PlanProposed)
		former := jobs(namespace)[0]
		addField("role")
		Eventually(gone(&former)).Should(BeTrue())
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonPlanning)
		approve(firstPlan)
		planned(secondPlan, 2)
		planIs(secondPlan, v1alpha1.PlanProposed)
	})
})
