package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

var _ = Describe("a suspended AuthService", func() {
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
	idle := func() {
		GinkgoHelper()
		Expect(meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReconciling)).To(BeNil())
		Expect(meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionStalled)).To(BeNil())
	}

	It("is changed by nobody, and says what is held back", func() {
		bringUp(auth)
		settled(op)
		op.wire.reset()

		By("one that is as its spec says, which stays Ready")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Suspend = true })
		Eventually(func() int64 {
			return get(&v1alpha1.AuthService{}, namespace, "login").Status.ObservedGeneration
		}).Should(Equal(auth.Generation))
		Expect(eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)).To(HaveSuffix("spec.suspend holds future changes back"))
		idle()

		By("work by hand, and another spec")
		update(get(&corev1.Service{}, namespace, "login"), func(s *corev1.Service) { s.Spec.Selector = map[string]string{"mine": "yes"} })
		Expect(admin.Delete(ctx, get(&policyv1.PodDisruptionBudget{}, namespace, "login"))).To(Succeed())
		Expect(eventually(auth, v1alpha1.ConditionReady, metav1.ConditionUnknown, v1alpha1.ReasonSuspended)).To(ContainSubstring("the first being to apply Service login"))
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Replicas = ptr.To[int32](3) })
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionUnknown, v1alpha1.ReasonSuspended)
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonSuspended)
		idle()
		settled(op)
		Expect(corrections(op)).To(BeEmpty())

		By("what is wrong with what runs")
		updateStatus(get(&appsv1.Deployment{}, namespace, "login"), func(d *appsv1.Deployment) { d.Status.AvailableReplicas = 1 })
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonUnavailable)
		idle()
		Expect(corrections(op)).To(BeEmpty())

		By("going on")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Suspend = false })
		Eventually(func() int32 { return *get(&appsv1.Deployment{}, namespace, "login").Spec.Replicas }).Should(Equal(int32(3)))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Expect(get(&corev1.Service{}, namespace, "login").Spec.Selector).To(HaveLen(3))
		get(&policyv1.PodDisruptionBudget{}, namespace, "login")
	})

	It("is not even begun", func() {
		auth.Spec.Suspend = true
		create(newDatabaseSecret(namespace), auth)
		Expect(eventually(auth, v1alpha1.ConditionReady, metav1.ConditionUnknown, v1alpha1.ReasonSuspended)).
			To(ContainSubstring("the first being to create Secret login-secrets"))
		idle()
		settled(op)
		Expect(corrections(op)).To(BeEmpty())
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Suspend = false })
		completeJob(theJob(namespace))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	})
})
