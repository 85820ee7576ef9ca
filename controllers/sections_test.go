package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// sectionChild is an object that a section of the spec makes.
type sectionChild struct {
	object client.Object
	add    func(*v1alpha1.AuthServiceSpec)
	remove func(*v1alpha1.AuthServiceSpec)
	// patch is what somebody changes by hand, as a merge patch.
	patch string
}

// goesThroughLife: made with its section, no write in steady state, corrected by one write, back after its deletion, and
// gone with its section.
func goesThroughLife(child sectionChild) {
	GinkgoHelper()
	namespace := newNamespace()
	op := startOperator(namespace, unlimited())
	auth := newAuth(namespace)
	auth.Spec.BaseURL = "https://auth.example.com"
	child.add(&auth.Spec)
	create(newDatabaseSecret(namespace), auth)
	completeJob(theJob(namespace))
	settled(op)
	rollOut(namespace)
	eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	made := get(child.object.DeepCopyObject().(client.Object), namespace, child.object.GetName())
	Expect(metav1.IsControlledBy(made, auth)).To(BeTrue())

	By("costing no write in steady state")
	settled(op)
	op.wire.reset()
	for range 5 {
		_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
	}
	settled(op)
	Expect(op.wire.all()).To(BeEmpty())

	By("being corrected by one write")
	wanted := content(made)
	Expect(admin.Patch(ctx, made, client.RawPatch(types.MergePatchType, []byte(child.patch)))).To(Succeed())
	Expect(content(made)).NotTo(Equal(wanted))
	Eventually(func() any { return content(get(made, namespace, made.GetName())) }).Should(Equal(wanted))
	settled(op)
	Expect(corrections(op)).To(HaveLen(1))

	By("coming back")
	Expect(admin.Delete(ctx, made)).To(Succeed())
	Eventually(func(g Gomega) {
		back := child.object.DeepCopyObject().(client.Object)
		g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(made), back)).To(Succeed())
		g.Expect(back.GetUID()).NotTo(Equal(made.GetUID()))
	}).Should(Succeed())
	settled(op)

	By("going with its section")
	update(auth, func(a *v1alpha1.AuthService) { child.remove(&a.Spec) })
	Eventually(gone(made)).Should(BeTrue())
	settled(op)
	rollOut(namespace)
	eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	Expect(meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionExposed)).To(BeNil())
	Expect(meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionMonitored)).To(BeNil())
}

// content is everything but what the API server counts.
func content(object client.Object) client.Object {
	object = object.DeepCopyObject().(client.Object)
	object.SetResourceVersion("")
	object.SetGeneration(0)
	object.SetManagedFields(nil)
	object.SetUID("")
	return object
}

func named[T client.Object](object T, name string) T {
	object.SetName(name)
	return object
}

var _ = DescribeTable("the object of a section", goesThroughLife,
	Entry("autoscaling", sectionChild{
		object: named(&autoscalingv2.HorizontalPodAutoscaler{}, "login"),
		add:    func(s *v1alpha1.AuthServiceSpec) { s.Autoscaling = &v1alpha1.AutoscalingSpec{MaxReplicas: 5} },
		remove: func(s *v1alpha1.AuthServiceSpec) { s.Autoscaling = nil },
		patch:  `{"spec":{"maxReplicas":50}}`,
	}),
	Entry("ingress", sectionChild{
		object: named(&networkingv1.Ingress{}, "login"),
		add: func(s *v1alpha1.AuthServiceSpec) {
			s.Ingress = &v1alpha1.IngressSpec{
				ClassName: ptr.To("nginx"), TLSSecretName: "tls", Annotations: map[string]string{"cert-manager.io/cluster-issuer": "x"},
			}
		},
		remove: func(s *v1alpha1.AuthServiceSpec) { s.Ingress = nil },
		patch:  `{"metadata":{"annotations":{"cert-manager.io/cluster-issuer":null}},"spec":{"tls":null,"rules":[{"host":"evil.example.com"}]}}`,
	}),
	// Ports without a protocol are what the API server completes.
	Entry("networkPolicy", sectionChild{
		object: named(&networkingv1.NetworkPolicy{}, "login"),
		add: func(s *v1alpha1.AuthServiceSpec) {
			s.NetworkPolicy = &v1alpha1.NetworkPolicySpec{
				From: []networkingv1.NetworkPolicyPeer{{NamespaceSelector: &metav1.LabelSelector{}}},
				Egress: []networkingv1.NetworkPolicyEgressRule{{Ports: []networkingv1.NetworkPolicyPort{
					{Port: ptr.To(intstr.FromInt32(5432))}, {Port: ptr.To(intstr.FromString("smtp")), Protocol: ptr.To(corev1.ProtocolTCP)},
				}}},
			}
		},
		remove: func(s *v1alpha1.AuthServiceSpec) { s.NetworkPolicy = nil },
		patch:  `{"spec":{"ingress":[{}]}}`,
	}),
)

var _ = Describe("ingress", func() {
	It("makes the URL, and the condition Exposed", func() {
		namespace := newNamespace()
		op := startOperator(namespace, unlimited())
		auth := newAuth(namespace)
		auth.Spec.Ingress = &v1alpha1.IngressSpec{Host: "auth.example.com", TLSSecretName: "tls"}
		bringUp(auth)
		Expect(auth.Status.URL).To(Equal("https://auth.example.com"))
		Expect(eventually(auth, v1alpha1.ConditionExposed, metav1.ConditionTrue, v1alpha1.ReasonExposed)).
			To(Equal("auth.example.com leads to the service"))

		update(auth, func(a *v1alpha1.AuthService) { a.Spec.BaseURL = "https://cdn.example.com" })
		settled(op)
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Expect(eventually(auth, v1alpha1.ConditionExposed, metav1.ConditionTrue, v1alpha1.ReasonExposed)).
			To(Equal("auth.example.com leads to the service; clients are told https://cdn.example.com"))
	})
})
