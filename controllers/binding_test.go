package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	eventsv1 "k8s.io/api/events/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

var _ = Describe("the binding", func() {
	It("tells applications where the service is, keeps no secret, and is kept right", func() {
		namespace := newNamespace()
		op := startOperator(namespace, unlimited())
		auth := newAuth(namespace)
		bringUp(auth)
		Expect(auth.Status.Binding).To(Equal(&v1alpha1.BindingStatus{Name: "login-binding"}))
		binding := get(&corev1.Secret{}, namespace, "login-binding")
		Expect(binding.Type).To(Equal(corev1.SecretType("servicebinding.io/better-auth")))
		Expect(string(binding.Data["uri"])).To(Equal("http://login." + namespace + ".svc/api/auth"))
		keys := get(&corev1.Secret{}, namespace, string(binding.Data["jwt-secret-name"]))
		Expect(keys.Data).To(HaveKey(string(binding.Data["jwt-secret-key"])))
		for _, secret := range keys.Data {
			for _, told := range binding.Data {
				Expect(told).NotTo(ContainSubstring(string(secret)))
			}
		}

		By("following the spec")
		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.BaseURL = "https://auth.example.com"
			a.Spec.Features.JWT = &v1alpha1.JWTFeature{}
		})
		Eventually(func() string { return string(get(binding, namespace, "login-binding").Data["jwks-uri"]) }).
			Should(Equal("https://auth.example.com/api/auth/jwks"))
		settled(op)

		By("correcting what somebody changed")
		op.wire.reset()
		Expect(admin.Patch(ctx, binding, client.RawPatch(types.MergePatchType, []byte(`{"data":{"uri":"aHR0cHM6Ly9ldmls"}}`)))).To(Succeed())
		Eventually(func() string { return string(get(binding, namespace, "login-binding").Data["uri"]) }).Should(Equal("https://auth.example.com/api/auth"))
		settled(op)
		Expect(corrections(op)).To(HaveLen(1))

		By("coming back")
		Expect(admin.Delete(ctx, binding)).To(Succeed())
		Eventually(func() types.UID { return get(&corev1.Secret{}, namespace, "login-binding").UID }).ShouldNot(Equal(binding.UID))
	})

	It("takes nobody's secret over", func() {
		namespace := newNamespace()
		startOperator(namespace, unlimited())
		foreign := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "login-binding", Namespace: namespace}, StringData: map[string]string{"mine": "x"}}
		auth := newAuth(namespace)
		create(foreign, newDatabaseSecret(namespace), auth)
		Expect(eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonNameConflict)).To(ContainSubstring("Secret login-binding"))
		Expect(auth.Status.Binding).To(BeNil())
		Expect(get(&corev1.Secret{}, namespace, "login-binding").Data).To(HaveLen(1))

		By("going on when it is gone: names of secrets are watched")
		Expect(admin.Delete(ctx, foreign)).To(Succeed())
		theJob(namespace)
	})
})

var _ = Describe("the condition BrowserTopology", func() {
	It("warns while pages are on another site, and is there only with origins", func() {
		namespace := newNamespace()
		op := startOperator(namespace, unlimited())
		auth := newAuth(namespace)
		auth.Spec.BaseURL = "https://auth.example.com"
		auth.Spec.AllowedOrigins = []string{"https://app.example.org"}
		bringUp(auth) // Ready does not depend on it
		eventually(auth, v1alpha1.ConditionBrowserTopology, metav1.ConditionFalse, v1alpha1.ReasonCrossSite)
		told := func() (count int) {
			events := &eventsv1.EventList{}
			Expect(admin.List(ctx, events, client.InNamespace(namespace))).To(Succeed())
			for _, event := range events.Items {
				if event.Reason == v1alpha1.ReasonCrossSite && event.Type == corev1.EventTypeWarning && event.Series == nil {
					count++
				}
			}
			return count
		}
		Eventually(told).Should(Equal(1))
		update(auth, func(a *v1alpha1.AuthService) {
			a.Spec.AllowedOrigins = append(a.Spec.AllowedOrigins, "https://app.example.net")
		})
		Expect(eventually(auth, v1alpha1.ConditionBrowserTopology, metav1.ConditionFalse, v1alpha1.ReasonCrossSite)).To(ContainSubstring("app.example.net"))
		settled(op)
		Expect(told()).To(Equal(1), "once for the change, not for each other text")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.AllowedOrigins = []string{"https://app.example.com"} })
		eventually(auth, v1alpha1.ConditionBrowserTopology, metav1.ConditionTrue, v1alpha1.ReasonSameSite)
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.AllowedOrigins = nil })
		Eventually(func() *metav1.Condition {
			return meta.FindStatusCondition(get(&v1alpha1.AuthService{}, namespace, "login").Status.Conditions, v1alpha1.ConditionBrowserTopology)
		}).Should(BeNil())
		settled(op)
	})
})
