package controllers_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// life is that of what a key signs by default: sessions of a week, and what clocks may differ by.
const life = 168*time.Hour + 5*time.Minute

// keyStates are the keys of the status in short, newest first.
func keyStates(auth *v1alpha1.AuthService) string {
	GinkgoHelper()
	Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), auth)).To(Succeed())
	var all []string
	for _, key := range auth.Status.Keys {
		if key.Name == "BETTER_AUTH_SECRET" {
			all = append(all, fmt.Sprint(key.Version, " ", key.State))
		}
	}
	return strings.Join(all, ", ")
}

// keysWithin are the versions that the auth server would read from the secret, in its order.
func keysWithin(secret *corev1.Secret) string {
	GinkgoHelper()
	secrets, err := config.LoadSecrets(func(name string) string { return string(secret.Data[name]) })
	Expect(err).NotTo(HaveOccurred())
	var all []string
	for _, key := range secrets.Keys {
		all = append(all, fmt.Sprint(key.Version))
	}
	return strings.Join(all, ",")
}

func keysNow(namespace string) string {
	GinkgoHelper()
	return keysWithin(get(&corev1.Secret{}, namespace, "login-secrets"))
}

// reach reconciles, besides what the watches do, until the keys are in these states.
func reach(op *operator, auth *v1alpha1.AuthService, want string) {
	GinkgoHelper()
	Eventually(func(g Gomega) {
		_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		g.Expect(err).NotTo(HaveOccurred())
		g.Expect(keyStates(auth)).To(Equal(want))
	}).Should(Succeed())
	settled(op)
	Expect(keyStates(auth)).To(Equal(want))
}

// rollOutKeys waits until the Deployment has the keys of now, and rolls it out.
func rollOutKeys(op *operator, auth *v1alpha1.AuthService) {
	GinkgoHelper()
	settled(op)
	rollOut(auth.Namespace)
}

// turn takes an AuthService through a rotation that was asked for, up to the old key's retirement.
func turn(op *operator, auth *v1alpha1.AuthService, published, retiring string) {
	GinkgoHelper()
	reach(op, auth, published)
	rollOutKeys(op, auth)
	reach(op, auth, retiring)
	rollOutKeys(op, auth)
	Eventually(func() *metav1.Time {
		keyStates(auth)
		return auth.Status.Keys[1].RetiresAt
	}).ShouldNot(BeNil())
}

func finishRekeying(op *operator, job *batchv1.Job, report config.RekeyReport) {
	GinkgoHelper()
	text, err := json.Marshal(report)
	Expect(err).NotTo(HaveOccurred())
	runPod(job, corev1.PodSucceeded, string(text))
	updateStatus(job, func(job *batchv1.Job) {
		now := metav1.NewTime(op.clock.now())
		job.Status.StartTime, job.Status.CompletionTime, job.Status.Succeeded = &now, &now, 1
		job.Status.Conditions = jobConditions(batchv1.JobSuccessCriteriaMet, batchv1.JobComplete)
		for i := range job.Status.Conditions {
			job.Status.Conditions[i].LastTransitionTime = now
		}
	})
}

func ask(auth *v1alpha1.AuthService, trigger string) {
	GinkgoHelper()
	update(auth, func(a *v1alpha1.AuthService) { a.Spec.Secrets.Rotation.Trigger = trigger })
}

func annotate(auth *v1alpha1.AuthService, key, value string) {
	GinkgoHelper()
	update(auth, func(a *v1alpha1.AuthService) { metav1.SetMetaDataAnnotation(&a.ObjectMeta, key, value) })
}

var _ = Describe("a rotation of the generated key", func() {
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
	reconciling := func() string {
		GinkgoHelper()
		Expect(meta.IsStatusConditionFalse(auth.Status.Conditions, v1alpha1.ConditionReady)).To(BeFalse(), "the service works all the while")
		condition := meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReconciling)
		if condition == nil {
			return ""
		}
		return condition.Reason + ": " + condition.Message
	}
	idle := func() {
		GinkgoHelper()
		settled(op)
		op.wire.reset()
		for range 5 {
			_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
			Expect(err).NotTo(HaveOccurred())
		}
		settled(op)
		Expect(op.wire.all()).To(BeEmpty(), "nothing is due")
	}

	It("goes through its whole life by itself", func() {
		auth.Spec.Secrets.Rotation.Interval = &metav1.Duration{Duration: 720 * time.Hour}
		bringUp(auth)
		first := get(&corev1.Secret{}, namespace, "login-secrets")
		Expect(keyStates(auth)).To(Equal("1 Active"))
		idle()
		result, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		Expect(result.RequeueAfter).To(BeNumerically("~", 720*time.Hour, 5*time.Minute))

		By("publishing the new key, when the old one has come of age")
		op.clock.advance(720 * time.Hour)
		reach(op, auth, "2 Published, 1 Active")
		Expect(keysNow(namespace)).To(Equal("1,2"))
		Expect(reconciling()).To(Equal("Rotating: The new key signs when all replicas know it"))
		Expect(meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionStalled)).To(BeNil())
		idle()

		By("waiting for a pod that is ending")
		pod := podThat(namespace, "gatehouse.dev/secrets-version", "before")
		create(pod)
		rollOutKeys(op, auth)
		settled(op)
		Expect(keyStates(auth)).To(Equal("2 Published, 1 Active"))
		Expect(admin.Delete(ctx, pod, client.GracePeriodSeconds(0))).To(Succeed())

		By("letting it sign, when all replicas know it")
		reach(op, auth, "2 Active, 1 Retiring")
		Expect(keysNow(namespace)).To(Equal("2,1"))
		now := get(&corev1.Secret{}, namespace, "login-secrets")
		Expect(now.Data["BETTER_AUTH_SECRET"]).To(Equal(first.Data["BETTER_AUTH_SECRET"]), "what was encrypted before versions is decrypted with it")
		Expect(now.Data["JWT_SECRET"]).To(Equal(first.Data["JWT_SECRET"]))
		Expect(reconciling()).To(HavePrefix("Rotating: The new key signs"))
		Expect(auth.Status.Keys[1].RetiresAt).To(BeNil())

		By("counting from when no replica signs with the old one")
		op.clock.advance(time.Hour)
		rollOutKeys(op, auth)
		Eventually(func() *metav1.Time { keyStates(auth); return auth.Status.Keys[1].RetiresAt }).ShouldNot(BeNil())
		Expect(auth.Status.Keys[1].RetiresAt.Time).To(BeTemporally("~", op.clock.now().Add(life), time.Minute))
		Expect(auth.Status.Keys[1].Dependents).To(Equal([]string{"cookies and links until " + auth.Status.Keys[1].RetiresAt.UTC().Format(time.RFC3339)}))
		Expect(auth.Status.Keys[0].ActiveSince.Time).To(BeTemporally("~", op.clock.now().Add(-time.Hour), time.Minute))
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Expect(reconciling()).To(BeEmpty())
		idle()

		By("moving the end when sessions live longer, and not when they live shorter")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Session.TTL = &metav1.Duration{Duration: 200 * time.Hour} })
		settled(op)
		rollOut(namespace)
		end := func() time.Time { keyStates(auth); return auth.Status.Keys[1].RetiresAt.Time }
		Eventually(end).Should(BeTemporally("~", op.clock.now().Add(200*time.Hour+5*time.Minute), time.Minute))
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Session.TTL = &metav1.Duration{Duration: 48 * time.Hour} })
		settled(op)
		rollOut(namespace)
		Expect(end()).To(BeTemporally(">", op.clock.now().Add(200*time.Hour)))

		By("encrypting anew what the database keeps")
		op.clock.advance(201 * time.Hour)
		_, err = op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		job := theJob(namespace)
		Expect(job.Name).To(HavePrefix("login-rekey-"))
		container := job.Spec.Template.Spec.Containers[0]
		Expect(container.Args).To(Equal([]string{"rekey", "--config=/etc/gatehouse/config.yaml"}))
		Expect(container.EnvFrom).To(Equal(deploymentOf(namespace).Spec.Template.Spec.Containers[0].EnvFrom))
		finishRekeying(op, job, config.RekeyReport{Rekeyed: true, Remaining: map[string]map[string]int{"1": {"JWKS private keys": 3}}})
		Eventually(func() []string { keyStates(auth); return auth.Status.Keys[1].Dependents }).Should(Equal([]string{"3 JWKS private keys"}))
		idle()
		Expect(keysNow(namespace)).To(Equal("2,1"))

		By("trying again")
		op.clock.advance(time.Hour)
		_, err = op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		again := theJob(namespace)
		Expect(again.Name).To(Equal(job.Name + "-2"))
		finishRekeying(op, again, config.RekeyReport{Rekeyed: true})

		By("removing the key that nothing depends on")
		reach(op, auth, "2 Active")
		Expect(keysNow(namespace)).To(Equal("2"))
		last := get(&corev1.Secret{}, namespace, "login-secrets")
		Expect("2:" + string(last.Data["BETTER_AUTH_SECRET"])).To(Equal(string(last.Data["BETTER_AUTH_SECRETS"])))
		rollOutKeys(op, auth)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Eventually(gone(again)).Should(BeTrue())
		Expect(jobs(namespace)).To(HaveLen(1), "the migration, which ran once")
		idle()

		By("telling of each step once")
		Eventually(func(g Gomega) {
			events := &eventsv1.EventList{}
			g.Expect(admin.List(ctx, events, client.InNamespace(namespace))).To(Succeed())
			seen := map[string]int{}
			for _, event := range events.Items {
				if strings.HasPrefix(event.Reason, "Key") {
					seen[event.Type+" "+event.Reason]++
					g.Expect(event.Series).To(BeNil(), "%s was repeated", event.Reason)
				}
			}
			g.Expect(seen).To(Equal(map[string]int{"Normal KeyPublished": 1, "Normal KeyActivated": 1, "Normal KeyRemoved": 1}))
		}).Should(Succeed())
	})

	It("begins once for each new text", func() {
		bringUp(auth)
		ask(auth, "2026-11-30")
		reach(op, auth, "2 Published, 1 Active")

		By("another text, which waits for the end of the rotation")
		annotate(auth, v1alpha1.AnnotationRotate, "now")
		rollOutKeys(op, auth)
		reach(op, auth, "2 Active, 1 Retiring")
		rollOutKeys(op, auth)
		turn(op, auth, "3 Published, 2 Active, 1 Retiring", "3 Active, 2 Retiring, 1 Retiring")
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		idle()

		By("taking the texts away, and putting them back")
		ask(auth, "")
		ask(auth, "2026-11-30")
		idle()
	})

	It("does not begin again because a cache lags behind", func() {
		bringUp(auth)
		ask(auth, "first")
		turn(op, auth, "2 Published, 1 Active", "2 Active, 1 Retiring")
		old := auth.DeepCopy()
		ask(auth, "second")
		turn(op, auth, "3 Published, 2 Active, 1 Retiring", "3 Active, 2 Retiring, 1 Retiring")
		settled(op)
		stale := *op.reconciler
		stale.Cache = outdated{op.reconciler.Cache, old}
		_, err := stale.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		settled(op)
		Expect(keyStates(auth)).To(Equal("3 Active, 2 Retiring, 1 Retiring"))
		Expect(keysNow(namespace)).To(Equal("3,2,1"))
	})

	It("takes up keys that were put there by hand", func() {
		bringUp(auth)
		secret := get(&corev1.Secret{}, namespace, "login-secrets")
		original := string(secret.Data["BETTER_AUTH_SECRET"])
		edit := func(list string) {
			GinkgoHelper()
			update(secret, func(s *corev1.Secret) { s.Data["BETTER_AUTH_SECRETS"] = []byte(list) })
		}
		two, three := "2:"+strings.Repeat("n", 43), "3:"+strings.Repeat("o", 43)
		edit("1:" + original + "," + two + "," + three)
		reach(op, auth, "3 Published, 2 Published, 1 Active")
		rollOutKeys(op, auth)
		settled(op)
		Expect(keyStates(auth)).To(Equal("3 Published, 2 Published, 1 Active"), "who published them lets them sign")

		edit(three + "," + two + ",1:" + original)
		reach(op, auth, "3 Active, 2 Retiring, 1 Retiring")
		rollOutKeys(op, auth)
		Eventually(func() *metav1.Time { keyStates(auth); return auth.Status.Keys[2].RetiresAt }).ShouldNot(BeNil())
		Expect(get(&corev1.Secret{}, namespace, "login-secrets").Data["BETTER_AUTH_SECRETS"]).To(BeEquivalentTo(three + "," + two + ",1:" + original))
		idle()

		op.clock.advance(life + time.Minute)
		_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		finishRekeying(op, theJob(namespace), config.RekeyReport{Rekeyed: true, Remaining: map[string]map[string]int{"2": {"waiting mails": 1}}})
		reach(op, auth, "3 Active, 2 Retiring")

		By("an edit that the auth server would not take")
		edit("3:short")
		Expect(eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonGeneratedSecretInvalid)).To(And(
			ContainSubstring("BETTER_AUTH_SECRETS entry 1: has 5 characters"), Not(ContainSubstring("short,"))))
	})

	It("is not lost with a backup that lacks the key that signs", func() {
		bringUp(auth)
		backup := get(&corev1.Secret{}, namespace, "login-secrets").DeepCopy()
		ask(auth, "x")
		turn(op, auth, "2 Published, 1 Active", "2 Active, 1 Retiring")
		newer := get(&corev1.Secret{}, namespace, "login-secrets").DeepCopy()
		restore := func(from *corev1.Secret) {
			GinkgoHelper()
			Expect(admin.Delete(ctx, from.DeepCopy())).To(Succeed())
			create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: from.Name, Namespace: namespace, Labels: from.Labels}, Data: from.Data})
		}
		restore(backup)
		Expect(eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonGeneratedSecretLost)).To(
			HaveSuffix("accept-new-secrets=" + auth.Status.Keys[0].Fingerprint))
		settled(op)
		Expect(keysNow(namespace)).To(Equal("1"))

		By("the newer backup, without its notes: what was asked before is not asked again")
		restore(newer)
		eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionTrue, v1alpha1.ReasonSecretsReady)
		reach(op, auth, "2 Active, 1 Retiring")
	})

	It("begins after the rollout that is under way", func() {
		bringUp(auth)
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.JWT.Issuer = "shop" })
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonRollingOut)
		ask(auth, "x")
		settled(op)
		Expect(keyStates(auth)).To(Equal("1 Active"))
		rollOut(namespace)
		reach(op, auth, "2 Published, 1 Active")
	})

	It("waits for nobody when there are no replicas", func() {
		auth.Spec.Replicas = ptr.To[int32](0)
		bringUp(auth)
		ask(auth, "x")
		turn(op, auth, "2 Published, 1 Active", "2 Active, 1 Retiring")
	})
})

// podThat is a replica with another annotation.
func podThat(namespace, annotation, value string) *corev1.Pod {
	GinkgoHelper()
	template := get(&appsv1.Deployment{}, namespace, "login").Spec.Template
	pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
		Name: "ending", Namespace: namespace, Labels: template.Labels, Annotations: map[string]string{annotation: value},
	}, Spec: template.Spec}
	return pod
}
