package controllers_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

var _ = Describe("a canary", func() {
	var (
		namespace string
		op        *operator
		auth      *v1alpha1.AuthService
	)
	BeforeEach(func() {
		namespace = newNamespace()
		op = startOperator(namespace, unlimited())
		auth = newCanaryAuth(namespace)
	})
	// allow changes the configuration, and nothing that a migration depends on.
	allow := func(origins ...string) {
		GinkgoHelper()
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.AllowedOrigins = origins })
	}
	canary := func(label string) *batchv1.Job {
		GinkgoHelper()
		job := theJob(namespace)
		Expect(job.Labels).To(HaveKey(label))
		return job
	}
	fail := func(job *batchv1.Job, message string, when time.Time) {
		GinkgoHelper()
		failJob(job, canaryReport(config.CanaryReport{Canary: config.CanaryFailed, Message: message}), when)
	}
	later := func(by time.Duration) {
		GinkgoHelper()
		op.clock.advance(by)
		_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
	}
	generation := func() int64 {
		GinkgoHelper()
		return get(&appsv1.Deployment{}, namespace, "login").Generation
	}
	becomesReady := func() {
		GinkgoHelper()
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	}

	It("comes through the Service once the pods are there, and before Ready", func() {
		create(newDatabaseSecret(namespace), auth)
		completeJob(theJob(namespace))
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonRollingOut)
		rollOut(namespace)
		job := canary(resources.LabelProbe)
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonCanaryRunning)).
			To(Equal("The canary through the Service is at work in Job " + job.Name))
		Expect(job.Spec.Template.Spec.Containers[0].Args).To(Equal([]string{
			"canary", "--base-url=http://login." + namespace + ".svc", "--config=/etc/gatehouse/config.yaml",
		}))
		completeJob(job)
		becomesReady()

		By("not again for other replicas, drift or a resync")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Replicas = ptr.To[int32](3) })
		Eventually(func() int32 { return *get(&appsv1.Deployment{}, namespace, "login").Spec.Replicas }).Should(BeEquivalentTo(3))
		rollOut(namespace)
		becomesReady()
		update(get(&appsv1.Deployment{}, namespace, "login"), func(d *appsv1.Deployment) { d.Spec.Template.Spec.Containers[0].Image = "drift" })
		Eventually(func() string {
			return get(&appsv1.Deployment{}, namespace, "login").Spec.Template.Spec.Containers[0].Image
		}).ShouldNot(Equal("drift"))
		rollOut(namespace)
		becomesReady()
		settled(op)
		Expect(jobs(namespace)).To(HaveLen(2), "the migration and the canary, as records")
		op.wire.reset()
		later(time.Hour)
		Expect(op.wire.all()).To(BeEmpty())
	})

	It("tries a new version out, which takes over when it has passed", func() {
		bringUp(auth)
		before, selector := generation(), get(&corev1.Service{}, namespace, "login").Spec.Selector
		allow("https://a.example.com")
		job := canary(resources.LabelCanary)
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonCanaryRunning)).To(Equal(
			"The canary of the new version is at work in Job " + job.Name + "; 2 replicas go on in the previous configuration"))
		settled(op)
		Expect(generation()).To(Equal(before))
		Expect(labels.SelectorFromSet(selector).Matches(labels.Set(job.Spec.Template.Labels))).To(BeFalse())

		completeJob(job)
		Eventually(generation).Should(BeNumerically(">", before))
		server, live := job.Spec.Template.Spec.InitContainers[0], get(&appsv1.Deployment{}, namespace, "login").Spec.Template.Spec.Containers[0]
		Expect(server.Image).To(Equal(live.Image))
		Expect(server.VolumeMounts).To(Equal(live.VolumeMounts))
		Expect(server.EnvFrom).To(Equal(live.EnvFrom))
		Expect(resources.ConfigMapOf(&job.Spec.Template.Spec)).
			To(Equal(resources.ConfigMapOf(&get(&appsv1.Deployment{}, namespace, "login").Spec.Template.Spec)))
		rollOut(namespace)
		completeJob(canary(resources.LabelProbe))
		becomesReady()
		Eventually(func() []batchv1.Job { return jobs(namespace) }).Should(HaveLen(2), "only the records of now are kept")
	})

	It("that fails keeps the old version serving, and is tried again", func() {
		bringUp(auth)
		before := generation()
		allow("https://a.example.com")
		first := canary(resources.LabelCanary)
		fail(first, "sign-in: 500 with\nmysql://user:pw@db", op.clock.now())
		const message = "The canary of the new version failed: sign-in: 500 with mysql://[redacted]@db; 2 replicas go on in the previous configuration"
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonCanaryFailed)).To(Equal(message))
		eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonCanaryFailed)
		settled(op)
		Expect(jobs(namespace)).To(HaveLen(3))

		By("waiting first")
		op.wire.reset()
		later(50 * time.Second)
		Expect(op.wire.all()).To(BeEmpty())
		later(11 * time.Second)
		second := canary(resources.LabelCanary)
		Expect(resources.Attempt(second)).To(Equal(2))
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonCanaryFailed)).To(Equal(message), "it stands")
		Expect(generation()).To(Equal(before))

		By("passing, because the cause has passed")
		completeJob(second)
		Eventually(generation).Should(BeNumerically(">", before))
		rollOut(namespace)
		completeJob(canary(resources.LabelProbe))
		becomesReady()
	})

	It("is made at once for another spec, and for none to go back", func() {
		bringUp(auth)
		before := generation()
		allow("https://a.example.com")
		first := canary(resources.LabelCanary)
		fail(first, "sign-in: 500", op.clock.now())
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonCanaryFailed)
		allow("https://b.example.com")
		second := canary(resources.LabelCanary)
		Expect(second.Name).NotTo(Equal(first.Name))
		Eventually(gone(first)).Should(BeTrue())
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonCanaryRunning)
		allow()
		becomesReady()
		Eventually(gone(second)).Should(BeTrue())
		Expect(generation()).To(Equal(before))
	})

	It("does not stand in the way back from a rollout whose pods fail", func() {
		bringUp(auth)
		good := resources.ConfigMapOf(&get(&appsv1.Deployment{}, namespace, "login").Spec.Template.Spec)
		allow("https://a.example.com")
		before := generation()
		completeJob(canary(resources.LabelCanary))
		Eventually(generation).Should(BeNumerically(">", before))
		updateStatus(get(&appsv1.Deployment{}, namespace, "login"), func(d *appsv1.Deployment) {
			d.Status = appsv1.DeploymentStatus{
				ObservedGeneration: d.Generation, Replicas: 3, UpdatedReplicas: 1, ReadyReplicas: 2, AvailableReplicas: 2, UnavailableReplicas: 1,
				Conditions: []appsv1.DeploymentCondition{{Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse, Reason: "ProgressDeadlineExceeded"}},
			}
		})
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonRolloutFailed)
		settled(op)
		op.wire.reset()
		later(time.Hour)
		Expect(op.wire.all()).To(BeEmpty(), "the old replicas stay as they are")
		get(&corev1.ConfigMap{}, namespace, good)

		allow()
		Eventually(func() string {
			return resources.ConfigMapOf(&get(&appsv1.Deployment{}, namespace, "login").Spec.Template.Spec)
		}).Should(Equal(good))
		rollOut(namespace)
		becomesReady()
		Eventually(func() []batchv1.Job { return jobs(namespace) }).Should(HaveLen(2))
	})

	It("through the Service that fails is tried again, and nothing is Ready before", func() {
		create(newDatabaseSecret(namespace), auth)
		completeJob(theJob(namespace))
		rollOut(namespace)
		fail(canary(resources.LabelProbe), "get-session: no user", op.clock.now())
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonCanaryFailed)).
			To(Equal("The canary through the Service failed: get-session: no user"))
		later(61 * time.Second)
		completeJob(canary(resources.LabelProbe))
		becomesReady()
	})

	It("whose pod cannot start says why, also when its time is over", func() {
		bringUp(auth)
		allow("https://a.example.com")
		job := canary(resources.LabelCanary)
		pod := podOf(job)
		create(pod)
		updateStatus(pod, func(pod *corev1.Pod) {
			pod.Status.InitContainerStatuses = []corev1.ContainerStatus{{Name: "authserver", State: corev1.ContainerState{
				Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: "no such image"},
			}}}
		})
		cause := "The canary of the new version cannot start: pod " + pod.Name +
			": ImagePullBackOff: no such image; 2 replicas go on in the previous configuration"
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonPodNotStarting)).To(Equal(cause))

		By("as the Job controller ends it")
		updateStatus(job, func(job *batchv1.Job) {
			job.Status.StartTime, job.Status.Conditions = ptr.To(metav1.Now()), jobConditions(batchv1.JobFailureTarget)
		})
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonCanaryFailed)).To(Equal(cause))
		Expect(admin.Delete(ctx, pod, client.GracePeriodSeconds(0))).To(Succeed())
		updateStatus(job, func(job *batchv1.Job) {
			job.Status.Failed, job.Status.Conditions = 1, jobConditions(batchv1.JobFailureTarget, batchv1.JobFailed)
		})
		settled(op)
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonCanaryFailed)).To(Equal(cause))
	})

	It("of an image that reports nothing counts by its Job", func() {
		bringUp(auth)
		allow("https://a.example.com")
		before := generation()
		completeJobWith(canary(resources.LabelCanary), "")
		Eventually(generation).Should(BeNumerically(">", before))
		rollOut(namespace)
		job := canary(resources.LabelProbe)
		failJob(job, "panic: dial postgres://user:first-password@db/x", op.clock.now())
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonCanaryFailed)).
			To(Equal("The canary through the Service failed without a report. See kubectl -n " + namespace + " logs job/" + job.Name))
	})

	It("is not made where nobody is served, or nobody wants it", func() {
		bringUp(auth)

		By("no replicas")
		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.Replicas, a.Spec.AllowedOrigins = ptr.To[int32](0), []string{"https://a.example.com"}
		})
		Eventually(func() int32 { return *get(&appsv1.Deployment{}, namespace, "login").Spec.Replicas }).Should(BeZero())
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionTrue, v1alpha1.ReasonScaledToZero)
		settled(op)
		for _, job := range jobs(namespace) {
			Expect(job.Status.Conditions).NotTo(BeEmpty())
		}

		By("switched off")
		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.Replicas, a.Spec.Rollout.Canary, a.Spec.AllowedOrigins = nil, ptr.To(false), nil
		})
		Eventually(func() int32 { return *get(&appsv1.Deployment{}, namespace, "login").Spec.Replicas }).Should(BeEquivalentTo(2))
		rollOut(namespace)
		becomesReady()
		Eventually(func() []batchv1.Job { return jobs(namespace) }).Should(HaveLen(1))
	})

	It("says whether the rate limit sees clients behind an ingress", func() {
		auth.Spec.BaseURL = "https://auth.example.com"
		auth.Spec.Ingress = &v1alpha1.IngressSpec{}
		create(newDatabaseSecret(namespace), auth)
		completeJob(theJob(namespace))
		rollOut(namespace)
		job := canary(resources.LabelProbe)
		Expect(job.Spec.Template.Spec.Containers[0].Args).To(ContainElement("--public-url=https://auth.example.com"))
		eventually(auth, v1alpha1.ConditionClientIPResolvable, metav1.ConditionUnknown, v1alpha1.ReasonPending)
		completeJobWith(job, canaryReport(config.CanaryReport{
			Canary: config.CanaryPassed, ClientIP: config.ClientIPUnresolvable, ClientIPMessage: "set rateLimit.trustedProxies",
		}))
		Expect(eventually(auth, v1alpha1.ConditionClientIPResolvable, metav1.ConditionFalse, v1alpha1.ReasonUnresolvable)).
			To(Equal("set rateLimit.trustedProxies"))
		becomesReady()

		By("standing until the next canary has seen it")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.RateLimit.TrustedProxies = []string{"10.0.0.0/8"} })
		before := generation()
		completeJob(canary(resources.LabelCanary))
		Eventually(generation).Should(BeNumerically(">", before))
		rollOut(namespace)
		job = canary(resources.LabelProbe)
		Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), auth)).To(Succeed())
		Expect(meta.IsStatusConditionFalse(auth.Status.Conditions, v1alpha1.ConditionClientIPResolvable)).To(BeTrue())
		completeJobWith(job, canaryReport(config.CanaryReport{Canary: config.CanaryPassed, ClientIP: config.ClientIPResolvable}))
		eventually(auth, v1alpha1.ConditionClientIPResolvable, metav1.ConditionTrue, v1alpha1.ReasonResolvable)
		becomesReady()

		By("leaving with the ingress")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Ingress = nil })
		Eventually(func() *metav1.Condition {
			Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), auth)).To(Succeed())
			return meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionClientIPResolvable)
		}).Should(BeNil())
	})
})
