package controllers_test

import (
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

var _ = Describe("a migration", func() {
	var (
		namespace string
		op        *operator
		auth      *v1alpha1.AuthService
	)
	BeforeEach(func() {
		namespace = newNamespace()
		op = startOperator(namespace, unlimited())
		auth = newAuth(namespace)
	})

	DescribeTable("that fails shows its report in the condition that it is about",
		func(reason config.MigrationReason, condition string, reachable metav1.ConditionStatus) {
			create(newDatabaseSecret(namespace), auth)
			failJob(theJob(namespace), report(reason, "the cause,\n and the fix; not postgres://user:first-password@db/x"), time.Now())
			Expect(eventually(auth, condition, metav1.ConditionFalse, string(reason))).
				To(Equal("the cause, and the fix; not postgres://[redacted]@db/x"))
			eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, string(reason))
			eventually(auth, v1alpha1.ConditionReconciling, metav1.ConditionTrue, string(reason))
			for _, c := range auth.Status.Conditions {
				if c.Type == v1alpha1.ConditionDatabaseReachable {
					Expect(c.Status).To(Equal(reachable))
				}
			}
			Expect(gone(&appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "login"}})()).To(BeTrue())
		},
		Entry(nil, config.DatabaseSecretMalformed, v1alpha1.ConditionDatabaseReachable, metav1.ConditionFalse),
		Entry(nil, config.DatabaseUnreachable, v1alpha1.ConditionDatabaseReachable, metav1.ConditionFalse),
		Entry(nil, config.DatabaseAuthenticationFailed, v1alpha1.ConditionDatabaseReachable, metav1.ConditionFalse),
		Entry(nil, config.DatabasePermissionDenied, v1alpha1.ConditionSchemaMigrated, metav1.ConditionTrue),
		Entry(nil, config.MigrationRefused, v1alpha1.ConditionSchemaMigrated, metav1.ConditionTrue),
		Entry(nil, config.InvalidConfiguration, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown),
	)

	It("that leaves anything but a report shows none of it", func() {
		create(newDatabaseSecret(namespace), auth)
		job := theJob(namespace)
		failJob(job, "panic: dial postgres://user:first-password@db/x", time.Now())
		Expect(eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionFalse, v1alpha1.ReasonMigrationFailed)).
			To(Equal("The migration failed without a report. See kubectl -n " + namespace + " logs job/" + job.Name))
		for _, c := range auth.Status.Conditions {
			Expect(c.Message).NotTo(ContainSubstring("password@"))
		}
	})

	It("shows its cause while the Job still retries", func() {
		create(newDatabaseSecret(namespace), auth)
		job := theJob(namespace)
		runPod(job, corev1.PodFailed, report(config.DatabaseUnreachable, "no route"))
		Expect(eventually(auth, v1alpha1.ConditionDatabaseReachable, metav1.ConditionFalse, "DatabaseUnreachable")).To(Equal("no route"))
		completeJob(job)
		eventually(auth, v1alpha1.ConditionDatabaseReachable, metav1.ConditionTrue, v1alpha1.ReasonReachable)
	})

	It("whose pod cannot start says why", func() {
		create(newDatabaseSecret(namespace), auth)
		job := theJob(namespace)
		pod := podOf(job)
		create(pod)
		waiting := func(reason, message string) {
			updateStatus(pod, func(pod *corev1.Pod) {
				pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "authserver", State: corev1.ContainerState{
					Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message},
				}}}
			})
		}
		waiting("ContainerCreating", "")
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonMigrating)
		waiting("CreateContainerConfigError", "secret \"db\" not found")
		Expect(eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionFalse, v1alpha1.ReasonPodNotStarting)).
			To(Equal("pod " + pod.Name + `: CreateContainerConfigError: secret "db" not found`))
	})

	It("is tried again, later each time, until the database is fixed", func() {
		create(newDatabaseSecret(namespace), auth)
		first := theJob(namespace)
		failJob(first, report(config.DatabaseUnreachable, "no route"), time.Now())
		eventually(auth, v1alpha1.ConditionDatabaseReachable, metav1.ConditionFalse, "DatabaseUnreachable")

		previous := first
		for attempt, delay := range []time.Duration{time.Minute, 2 * time.Minute, 4 * time.Minute} {
			By("waiting " + delay.String())
			op.clock.advance(delay - 10*time.Second)
			result, err := op.reconciler.Reconcile(ctx, requestFor(auth))
			Expect(err).NotTo(HaveOccurred())
			Expect(result.RequeueAfter).To(And(BeNumerically(">", 0), BeNumerically("<=", 10*time.Second)))
			Expect(jobs(namespace)).To(HaveLen(1))

			op.clock.advance(11 * time.Second)
			_, err = op.reconciler.Reconcile(ctx, requestFor(auth))
			Expect(err).NotTo(HaveOccurred())
			next := theJob(namespace)
			Expect(resources.Attempt(next)).To(Equal(attempt + 2))
			Expect(gone(previous)()).To(BeFalse(), "it shows the cause while the next one is at work")
			eventually(auth, v1alpha1.ConditionDatabaseReachable, metav1.ConditionFalse, "DatabaseUnreachable")

			if attempt < 2 {
				By("a new operator, which knows the attempt from the Job")
				op.stop()
				ahead := op.clock.ahead
				op = startOperator(namespace, unlimited())
				op.clock.advance(ahead)
				failJob(next, report(config.DatabaseUnreachable, "no route"), op.clock.now())
				Eventually(gone(previous)).Should(BeTrue())
			}
			previous = next
		}
		completeJob(previous)
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Eventually(func() []batchv1.Job { return jobs(namespace) }).Should(HaveLen(1))
	})

	It("is made anew at once when the secret is corrected", func() {
		create(newDatabaseSecret(namespace), auth)
		first := theJob(namespace)
		failJob(first, report(config.DatabaseAuthenticationFailed, "wrong password"), time.Now())
		eventually(auth, v1alpha1.ConditionDatabaseReachable, metav1.ConditionFalse, "DatabaseAuthenticationFailed")
		update(newDatabaseSecret(namespace), func(s *corev1.Secret) { s.Data["uri"] = []byte("postgres://user:right@db/x") })
		job := theJob(namespace)
		Expect(job.Name).NotTo(Equal(first.Name))
		Eventually(gone(first)).Should(BeTrue())
		completeJob(job)
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	})

	It("that the spec has overtaken gives way, and running pods keep their configuration", func() {
		bringUp(auth)
		before := get(&appsv1.Deployment{}, namespace, "login")
		oldConfig := resources.ConfigMapOf(&before.Spec.Template.Spec)

		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.CustomFields = []v1alpha1.CustomField{{Name: "role", Type: "string"}}
		})
		overtaken := theJob(namespace)
		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.CustomFields = append(a.Spec.CustomFields, v1alpha1.CustomField{Name: "tier", Type: "string"})
		})
		Eventually(gone(overtaken)).Should(BeTrue())
		job := theJob(namespace)
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonPending)
		settled(op)
		after := get(&appsv1.Deployment{}, namespace, "login")
		Expect(after.Generation).To(Equal(before.Generation))
		get(&corev1.ConfigMap{}, namespace, oldConfig)

		completeJob(job)
		Eventually(func() string {
			return resources.ConfigMapOf(&get(&appsv1.Deployment{}, namespace, "login").Spec.Template.Spec)
		}).ShouldNot(Equal(oldConfig))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		newConfig := children(namespace)["ConfigMap"].(*corev1.ConfigMap)
		Expect(strings.Count(newConfig.Data["config.yaml"], "name: ")).To(Equal(2))
	})
})
