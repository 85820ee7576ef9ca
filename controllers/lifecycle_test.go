package controllers_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

var _ = Describe("an AuthService", func() {
	var (
		namespace string
		op        *operator
	)
	BeforeEach(func() {
		namespace = newNamespace()
		op = startOperator(namespace, unlimited())
	})

	It("becomes Ready, step by step", func() {
		auth := newCanaryAuth(namespace)
		create(newDatabaseSecret(namespace), auth)

		By("migrating before anything runs")
		job := theJob(namespace)
		Expect(meta.IsStatusConditionTrue(auth.Status.Conditions, v1alpha1.ConditionReady)).To(BeFalse())
		Expect(job.Spec.Template.Spec.Containers[0].Args).To(Equal([]string{"migrate", "--config=/etc/gatehouse/config.yaml"}))
		eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionTrue, v1alpha1.ReasonSecretsReady)
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonMigrating)
		eventually(auth, v1alpha1.ConditionDatabaseReachable, metav1.ConditionUnknown, v1alpha1.ReasonPending)
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonPending)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionUnknown, v1alpha1.ReasonPending)
		eventually(auth, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonPending)
		settled(op)
		Expect(gone(&appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "login"}})()).To(BeTrue())

		By("rolling out when the schema is there")
		completeJob(job)
		deployment := get(&appsv1.Deployment{}, namespace, "login")
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionTrue, v1alpha1.ReasonMigrated)
		eventually(auth, v1alpha1.ConditionDatabaseReachable, metav1.ConditionTrue, v1alpha1.ReasonReachable)
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonRollingOut)
		Expect(auth.Status.Schema.Hash).To(Equal("5c6e3a"))

		By("being Ready when the replicas are, and the canary has passed")
		rollOut(namespace)
		completeJob(theJob(namespace))
		Expect(eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)).To(ContainSubstring("http://login." + namespace + ".svc"))
		Expect(meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReconciling)).To(BeNil())
		Expect(meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionStalled)).To(BeNil())
		Expect(auth.Status.URL).To(Equal("http://login." + namespace + ".svc"))
		Expect(auth.Status.Replicas).To(BeEquivalentTo(2))
		Expect(auth.Status.ReadyReplicas).To(BeEquivalentTo(2))
		Expect(auth.Status.ObservedGeneration).To(Equal(auth.Generation))
		selector, err := labels.Parse(auth.Status.Selector)
		Expect(err).NotTo(HaveOccurred())
		Expect(selector.Matches(labels.Set(deployment.Spec.Template.Labels))).To(BeTrue())

		By("having pods that Pod Security restricted admits")
		create(&corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "replica", Namespace: namespace, Labels: deployment.Spec.Template.Labels},
			Spec:       deployment.Spec.Template.Spec,
		})

		By("telling of each change once")
		Eventually(func() map[string]int {
			events := &eventsv1.EventList{}
			Expect(admin.List(ctx, events, client.InNamespace(namespace))).To(Succeed())
			seen := map[string]int{}
			for _, event := range events.Items {
				seen[event.Type+" "+event.Reason]++
				Expect(event.Series).To(BeNil(), "%s was repeated", event.Reason)
			}
			return seen
		}).Should(Equal(map[string]int{
			"Normal SecretsReady": 1, "Normal Migrated": 1, "Normal Reachable": 1, "Normal Available": 1, "Normal Ready": 1,
		}))
	})

	It("keeps the generated secret out of the status, and its fingerprints in it", func() {
		auth := newAuth(namespace)
		bringUp(auth)
		secret := get(&corev1.Secret{}, namespace, "login-secrets")
		Expect(secret.Data).To(HaveLen(3))
		Expect(secret.Data["BETTER_AUTH_SECRET"]).To(HaveLen(43))
		Expect(secret.Data["JWT_SECRET"]).To(HaveLen(43))
		Expect(secret.Data["JWT_SECRET"]).NotTo(Equal(secret.Data["BETTER_AUTH_SECRET"]))
		Expect(string(secret.Data["BETTER_AUTH_SECRETS"])).To(Equal("1:" + string(secret.Data["BETTER_AUTH_SECRET"])))
		Expect(auth.Status.Keys).To(HaveLen(2))
		Expect(auth.Status.Keys[0].Name).To(Equal("BETTER_AUTH_SECRET"))
		Expect(auth.Status.Keys[0].Fingerprint).To(MatchRegexp("^[0-9a-f]{16}$"))
		Expect(auth.Status.Keys[0].State).To(Equal(v1alpha1.KeyActive))
		Expect(auth.Status.Keys[0].CreatedAt.Time).To(BeTemporally("~", secret.CreationTimestamp.Time, 2*time.Second))
	})

	// envtest has no garbage collector; that it would take everything is in the owner references.
	It("owns every child, and does nothing while it is being deleted", func() {
		auth := newAuth(namespace)
		bringUp(auth)
		for kind, child := range children(namespace) {
			Expect(child.GetOwnerReferences()).To(ConsistOf(metav1.OwnerReference{
				APIVersion: "gatehouse.dev/v1alpha1", Kind: "AuthService", Name: "login", UID: auth.UID,
				Controller: ptr.To(true), BlockOwnerDeletion: ptr.To(false),
			}), kind)
		}
		Expect(auth.Finalizers).To(BeEmpty())

		By("foreground deletion")
		settled(op)
		op.wire.reset()
		Expect(admin.Delete(ctx, auth, client.PropagationPolicy(metav1.DeletePropagationForeground))).To(Succeed())
		service := get(&corev1.Service{}, namespace, "login")
		Expect(admin.Delete(ctx, service)).To(Succeed())
		Eventually(func(g Gomega) {
			fresh := &v1alpha1.AuthService{}
			g.Expect(op.reconciler.Cache.Get(ctx, client.ObjectKeyFromObject(auth), fresh)).To(Succeed())
			g.Expect(fresh.DeletionTimestamp).NotTo(BeNil())
		}).Should(Succeed())
		_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		Expect(gone(service)()).To(BeTrue())
		Expect(op.wire.all()).To(BeEmpty())

		By("being gone")
		update(auth, func(a *v1alpha1.AuthService) { a.Finalizers = nil })
		Eventually(gone(auth)).Should(BeTrue())
		_, err = op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		Expect(op.wire.all()).To(BeEmpty())
	})

	It("scales, to zero too, with a PodDisruptionBudget at two replicas or more", func() {
		auth := newAuth(namespace)
		bringUp(auth)
		budget := get(&policyv1.PodDisruptionBudget{}, namespace, "login")
		for _, replicas := range []int32{1, 0} {
			update(auth, func(a *v1alpha1.AuthService) { a.Spec.Replicas = ptr.To(replicas) })
			Eventually(gone(budget)).Should(BeTrue())
			Eventually(func() int32 { return *get(&appsv1.Deployment{}, namespace, "login").Spec.Replicas }).Should(Equal(replicas))
			rollOut(namespace)
			eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		}
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionTrue, v1alpha1.ReasonScaledToZero)
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Replicas = ptr.To[int32](3) })
		get(&policyv1.PodDisruptionBudget{}, namespace, "login")
	})

	It("says why a rollout fails", func() {
		auth := newAuth(namespace)
		create(newDatabaseSecret(namespace), auth)
		completeJob(theJob(namespace))
		deployment := get(&appsv1.Deployment{}, namespace, "login")
		pod := &corev1.Pod{
			ObjectMeta: metav1.ObjectMeta{Name: "replica", Namespace: namespace, Labels: deployment.Spec.Template.Labels},
			Spec:       deployment.Spec.Template.Spec,
		}
		create(pod)
		updateStatus(pod, func(pod *corev1.Pod) {
			pod.Status.ContainerStatuses = []corev1.ContainerStatus{{Name: "authserver", State: corev1.ContainerState{
				Waiting: &corev1.ContainerStateWaiting{Reason: "ImagePullBackOff", Message: "no such image"},
			}}}
		})
		message := eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonRollingOut)
		Expect(message).NotTo(BeEmpty())
		updateStatus(deployment, func(d *appsv1.Deployment) {
			d.Status = appsv1.DeploymentStatus{
				ObservedGeneration: d.Generation, Replicas: 2, UpdatedReplicas: 2, UnavailableReplicas: 2,
				Conditions: []appsv1.DeploymentCondition{{
					Type: appsv1.DeploymentProgressing, Status: corev1.ConditionFalse, Reason: "ProgressDeadlineExceeded",
				}},
			}
		})
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonRolloutFailed)).
			To(Equal("0 of 2 replicas take requests; pod replica: ImagePullBackOff: no such image"))
		eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonRolloutFailed)

		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	})
})
