package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	autoscalingv1 "k8s.io/api/autoscaling/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	policyv1 "k8s.io/api/policy/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// scale is what a HorizontalPodAutoscaler and kubectl scale do.
func scale(object client.Object, replicas int32) {
	GinkgoHelper()
	Expect(admin.SubResource("scale").Update(ctx, object, client.WithSubResourceBody(&autoscalingv1.Scale{
		ObjectMeta: metav1.ObjectMeta{Name: object.GetName(), Namespace: object.GetNamespace()},
		Spec:       autoscalingv1.ScaleSpec{Replicas: replicas},
	}))).To(Succeed())
}

var _ = Describe("autoscaling", func() {
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
	autoscaling := &v1alpha1.AutoscalingSpec{MinReplicas: ptr.To[int32](3), MaxReplicas: 9}
	deployment := func() *appsv1.Deployment { return get(&appsv1.Deployment{}, namespace, "login") }
	replicas := func() int32 { return *deployment().Spec.Replicas }

	It("begins with the least replicas, and leaves their number alone from then on", func() {
		auth.Spec.Autoscaling = autoscaling
		create(newDatabaseSecret(namespace), auth)
		completeJob(theJob(namespace))
		Expect(replicas()).To(Equal(int32(3)))
		settled(op)
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		settled(op)
		get(&autoscalingv2.HorizontalPodAutoscaler{}, namespace, "login")
		get(&policyv1.PodDisruptionBudget{}, namespace, "login")

		By("the autoscaler, which changes nothing but the number")
		op.wire.reset()
		scale(deployment(), 5)
		rollOut(namespace)
		settled(op)
		Expect(corrections(op)).To(BeEmpty())
		Expect(replicas()).To(Equal(int32(5)))

		By("another Deployment")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.AllowedOrigins = []string{"https://app.example.com"} })
		settled(op)
		Expect(deployment().Generation).To(BeNumerically(">", 2))
		Expect(replicas()).To(Equal(int32(5)))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		settled(op)
		op.wire.reset()
		_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		Expect(op.wire.all()).To(BeEmpty())
	})

	It("takes over the replicas that are there, and gives them back", func() {
		auth.Spec.Replicas = ptr.To[int32](4)
		bringUp(auth)
		settled(op)
		uid := deployment().UID
		least := int32(100)
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Autoscaling = autoscaling })
		get(&autoscalingv2.HorizontalPodAutoscaler{}, namespace, "login")
		Eventually(func() bool {
			least = min(least, replicas())
			for _, entry := range deployment().ManagedFields {
				if entry.Manager == "gatehouse-replicas" {
					return true
				}
			}
			return false
		}).Should(BeTrue())
		settled(op)
		Expect(min(least, replicas())).To(Equal(int32(4)), "no pod is stopped for it")
		scale(deployment(), 6)
		rollOut(namespace)
		settled(op)
		Expect(replicas()).To(Equal(int32(6)))

		By("one that was stopped by hand, which no autoscaler starts again")
		scale(deployment(), 0)
		Eventually(replicas).Should(Equal(int32(3)))
		settled(op)
		scale(deployment(), 4)
		settled(op)
		Expect(replicas()).To(Equal(int32(4)))

		By("stopping the service")
		scale(auth, 0)
		Eventually(replicas).Should(BeZero())
		scaler := &autoscalingv2.HorizontalPodAutoscaler{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "login"}}
		Eventually(gone(scaler)).Should(BeTrue())
		scale(auth, 2)
		Eventually(replicas).Should(Equal(int32(3)))

		By("removing the section")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.Autoscaling = nil })
		Eventually(gone(scaler)).Should(BeTrue())
		Eventually(replicas).Should(Equal(int32(2)))
		scale(auth, 5)
		Eventually(replicas).Should(Equal(int32(5)))
		Expect(deployment().UID).To(Equal(uid))
	})
})
