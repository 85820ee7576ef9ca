package controllers_test

import (
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

func ownSecret(namespace string) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "mine", Namespace: namespace}, Data: map[string][]byte{
		"BETTER_AUTH_SECRET": []byte(strings.Repeat("b", 43)), "JWT_SECRET": []byte(strings.Repeat("j", 43)),
	}}
}

func useOwn(auth *v1alpha1.AuthService) {
	auth.Spec.Secrets.SecretRef = &v1alpha1.SecretReference{Name: "mine"}
}

func keysSecret(namespace string) string {
	GinkgoHelper()
	container := deploymentOf(namespace).Spec.Template.Spec.Containers[0]
	Expect(container.EnvFrom).To(HaveLen(1))
	return container.EnvFrom[0].SecretRef.Name
}

var _ = Describe("keys in a secret of the user's", func() {
	var (
		namespace string
		op        *operator
		auth      *v1alpha1.AuthService
		generated *corev1.Secret
	)
	BeforeEach(func() {
		namespace = newNamespace()
		op = startOperator(namespace, unlimited())
		auth = newAuth(namespace)
		generated = &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "login-secrets", Namespace: namespace}}
	})
	accept := func(version string) {
		GinkgoHelper()
		update(auth, func(a *v1alpha1.AuthService) {
			metav1.SetMetaDataAnnotation(&a.ObjectMeta, v1alpha1.AnnotationAcceptNewSecrets, version)
		})
	}
	keysVersion := func() string {
		return deploymentOf(namespace).Spec.Template.Annotations["gatehouse.dev/secrets-version"]
	}

	It("are waited for, and none are generated", func() {
		useOwn(auth)
		create(newDatabaseSecret(namespace), auth)
		completeJob(theJob(namespace))
		Expect(eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound)).To(Equal(
			"Secret mine (spec.secrets.secretRef) does not exist. Create it: kubectl -n " + namespace + " create secret generic mine " +
				`--from-literal=BETTER_AUTH_SECRET="$(openssl rand -base64 32)" --from-literal=JWT_SECRET="$(openssl rand -base64 32)"`))
		create(ownSecret(namespace))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Expect(keysSecret(namespace)).To(Equal("mine"))
		Expect(auth.Status.Keys).To(BeEmpty())
		Expect(gone(generated)()).To(BeTrue())

		By("a resync, which writes nothing")
		settled(op)
		op.wire.reset()
		for range 5 {
			_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
			Expect(err).NotTo(HaveOccurred())
		}
		settled(op)
		Expect(op.wire.all()).To(BeEmpty())
	})

	It("roll the pods when they change, and need no migration", func() {
		useOwn(auth)
		create(ownSecret(namespace))
		bringUp(auth)
		before := deploymentOf(namespace).Generation
		mine := get(&corev1.Secret{}, namespace, "mine")
		update(mine, func(s *corev1.Secret) {
			s.Data["BETTER_AUTH_SECRETS"] = []byte("1:" + strings.Repeat("b", 43) + ",2:" + strings.Repeat("n", 43))
		})
		Eventually(func() int64 { return deploymentOf(namespace).Generation }).Should(Equal(before + 1))
		Expect(jobs(namespace)).To(HaveLen(1))

		By("being deleted, which takes no running pod away")
		Expect(admin.Delete(ctx, mine)).To(Succeed())
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound)
		settled(op)
		Expect(deploymentOf(namespace).Generation).To(Equal(before + 1))
		Expect(gone(generated)()).To(BeTrue())
	})

	It("take the place of generated ones, which are left alone", func() {
		bringUp(auth)
		was := get(&corev1.Secret{}, namespace, "login-secrets")
		mine := ownSecret(namespace)
		mine.Data = was.Data // nobody is signed out
		update(auth, useOwn)
		eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound)
		Expect(auth.Status.Keys).To(HaveLen(2), "pods still use them")
		create(mine)
		Eventually(func() string { return keysSecret(namespace) }).Should(Equal("mine"))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Eventually(func() []v1alpha1.KeyStatus {
			Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), auth)).To(Succeed())
			return auth.Status.Keys
		}).Should(BeEmpty())
		Expect(get(&corev1.Secret{}, namespace, "login-secrets").ResourceVersion).To(Equal(was.ResourceVersion))
	})

	It("give way to generated ones only when that is accepted, once", func() {
		useOwn(auth)
		create(ownSecret(namespace))
		bringUp(auth)
		back := func() {
			GinkgoHelper()
			update(auth, func(a *v1alpha1.AuthService) { a.Spec.Secrets.SecretRef = nil })
			Expect(eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonKeysWouldChange)).To(And(
				ContainSubstring("the keys of Secret mine"), HaveSuffix(v1alpha1.AnnotationAcceptNewSecrets+"="+keysVersion())))
			eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonKeysWouldChange)
			settled(op)
			Expect(keysSecret(namespace)).To(Equal("mine"))
		}
		back()
		Expect(gone(generated)()).To(BeTrue())

		By("naming the secret again")
		update(auth, useOwn)
		eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionTrue, v1alpha1.ReasonSecretsReady)
		back()

		By("accepting it, with the keys copied")
		copied := ownSecret(namespace)
		copied.Name = "login-secrets"
		copied.Labels = map[string]string{"app.kubernetes.io/instance": "login", "app.kubernetes.io/managed-by": "gatehouse"}
		create(copied)
		accept(keysVersion())
		Eventually(func() string { return keysSecret(namespace) }).Should(Equal("login-secrets"))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Expect(get(&corev1.Secret{}, namespace, "login-secrets").Data).To(Equal(copied.Data))

		By("the next time, with the annotation still there")
		update(get(&corev1.Secret{}, namespace, "mine"), func(s *corev1.Secret) { s.Data["JWT_SECRET"] = []byte(strings.Repeat("k", 43)) })
		update(auth, useOwn)
		Eventually(func() string { return keysSecret(namespace) }).Should(Equal("mine"))
		rollOut(namespace)
		back()
	})

	It("cannot be replaced by the template", func() {
		useOwn(auth)
		auth.Spec.Template = &v1alpha1.PodTemplateOverlay{Spec: &runtime.RawExtension{
			Raw: []byte(`{"containers": [{"name": "authserver", "envFrom": [{"secretRef": {"name": "others"}}]}]}`),
		}}
		create(ownSecret(namespace), newDatabaseSecret(namespace), auth)
		Expect(eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonTemplateInvalid)).To(
			ContainSubstring("repeat {secretRef: {name: mine}} in the envFrom"))
	})
})
