package controllers_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

var _ = Describe("the revocation of all keys", func() {
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
	revoke := func(text string) {
		GinkgoHelper()
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Secrets.Rotation.Revoke = text })
	}
	unavailable := func() string {
		GinkgoHelper()
		return deploymentOf(namespace).Spec.Strategy.RollingUpdate.MaxUnavailable.String()
	}

	DescribeTable("replaces them at once, whatever a rotation is about to do",
		func(reached func()) {
			bringUp(auth)
			reached()
			settled(op)
			before := get(&corev1.Secret{}, namespace, "login-secrets").DeepCopy()
			generation := deploymentOf(namespace).Generation
			Expect(unavailable()).To(Equal("0"))
			revoke("leak of 2026-11-30")
			var now *corev1.Secret
			Eventually(func() []byte {
				now = get(&corev1.Secret{}, namespace, "login-secrets")
				return now.Data["JWT_SECRET"]
			}).ShouldNot(Equal(before.Data["JWT_SECRET"]))
			secrets, err := config.LoadSecrets(func(name string) string { return string(now.Data[name]) })
			Expect(err).NotTo(HaveOccurred())
			Expect(secrets.Keys).To(HaveLen(1))
			Expect(string(before.Data["BETTER_AUTH_SECRETS"])).NotTo(ContainSubstring(secrets.Keys[0].Value.Reveal()))
			Expect(secrets.Keys[0].Version).To(BeNumerically(">", 1))

			By("taking all pods with the old keys away")
			Eventually(unavailable).Should(Equal("100%"))
			Eventually(func() int64 { return deploymentOf(namespace).Generation }).Should(BeNumerically(">", generation))
			settled(op)
			Expect(unavailable()).To(Equal("100%"))
			rollOut(namespace)
			Eventually(unavailable).Should(Equal("0"))
			rollOutKeys(op, auth)
			eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
			Expect(auth.Status.Keys).To(HaveLen(2))
			Expect(jobs(namespace)).To(HaveLen(1))

			By("doing it once")
			Expect(get(&corev1.Secret{}, namespace, "login-secrets").Data).To(Equal(now.Data))
			op.wire.reset()
			_, err = op.reconciler.Reconcile(ctx, requestFor(auth))
			Expect(err).NotTo(HaveOccurred())
			Expect(op.wire.all()).To(BeEmpty())

			By("another text")
			annotate(auth, v1alpha1.AnnotationRevoke, "again")
			Eventually(func() []byte { return get(&corev1.Secret{}, namespace, "login-secrets").Data["JWT_SECRET"] }).ShouldNot(Equal(now.Data["JWT_SECRET"]))
		},
		Entry("with one key", func() {}),
		Entry("with a published key", func() { ask(auth, "x"); reach(op, auth, "2 Published, 1 Active") }),
		Entry("with a key that has just begun to sign", func() {
			ask(auth, "x")
			reach(op, auth, "2 Published, 1 Active")
			rollOutKeys(op, auth)
			reach(op, auth, "2 Active, 1 Retiring")
		}),
		Entry("with a key that retires", func() {
			ask(auth, "x")
			turn(op, auth, "2 Published, 1 Active", "2 Active, 1 Retiring")
		}),
		Entry("while the database is encrypted anew", func() {
			ask(auth, "x")
			turn(op, auth, "2 Published, 1 Active", "2 Active, 1 Retiring")
			op.clock.advance(life + time.Minute)
			_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
			Expect(err).NotTo(HaveOccurred())
			theJob(namespace)
		}),
	)

	It("does not replace what was just made", func() {
		auth.Spec.Secrets.Rotation = v1alpha1.KeyRotationSpec{Revoke: "x", Trigger: "y"}
		bringUp(auth)
		settled(op)
		Expect(keyStates(auth)).To(Equal("1 Active"))
		Expect(keysNow(namespace)).To(Equal("1"))
	})

	It("waits neither for a migration nor for what the spec refers to", func() {
		bringUp(auth)
		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.CustomFields = []v1alpha1.CustomField{{Name: "plan", Type: "string"}}
			a.Spec.SocialProviders = google("missing")
		})
		job := theJob(namespace)
		before := deploymentOf(namespace)
		revoke("x")
		Eventually(func() string { return unavailable() }).Should(Equal("100%"))
		now := deploymentOf(namespace)
		Expect(now.Spec.Template.Annotations["gatehouse.dev/secrets-version"]).NotTo(Equal(before.Spec.Template.Annotations["gatehouse.dev/secrets-version"]))
		Expect(now.Spec.Template.Spec).To(Equal(before.Spec.Template.Spec), "the rest waits")
		rollOut(namespace)
		create(newSecret(namespace, "missing"))
		completeJob(job)
		Eventually(unavailable).Should(Equal("0"))
		rollOutKeys(op, auth)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	})

	It("is ended by the next operator when this one dies", func() {
		bringUp(auth)
		settled(op)
		op.stop()
		revoke("x")
		for budget := 1; budget <= 3; budget++ {
			died := startOperator(namespace, &wire{budget: budget})
			Eventually(func() bool { driveOn(namespace); return died.wire.dead() }).Should(BeTrue())
			died.stop()
		}
		op = startOperator(namespace, unlimited())
		Eventually(func() bool { driveOn(namespace); return isReady(auth.Namespace) && unavailable() == "0" }).Should(BeTrue())
		Expect(keyStates(auth)).To(Equal("2 Active"))
		Expect(jobs(namespace)).To(HaveLen(1))
	})
})
