package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

func secretKey(name, key string) v1alpha1.SecretKeyReference {
	return v1alpha1.SecretKeyReference{SecretReference: v1alpha1.SecretReference{Name: name}, Key: key}
}

func google(secret string) []v1alpha1.SocialProvider {
	return []v1alpha1.SocialProvider{{ID: "google", ClientID: "shop", ClientSecretRef: secretKey(secret, "")}}
}

// referring has every reference that a spec can have.
func referring(namespace string) *v1alpha1.AuthService {
	auth := newAuth(namespace)
	auth.Spec.Email = &v1alpha1.EmailSpec{
		Host: "smtp", From: "a@example.com", SecretRef: &v1alpha1.SecretReference{Name: "smtp"}, CASecretRef: ptr.To(secretKey("smtp-ca", "")),
		TemplatesConfigMapRef: &v1alpha1.ConfigMapReference{Name: "texts"},
	}
	auth.Spec.SocialProviders = append(google("oauth"),
		v1alpha1.SocialProvider{ID: "Okta_Prod", ClientID: "shop", ClientSecretRef: secretKey("oauth", "okta"), Issuer: "https://shop.okta.com"})
	auth.Spec.Redis = &v1alpha1.RedisSpec{SecretRef: secretKey("redis", ""), CASecretRef: ptr.To(secretKey("redis-ca", "root.pem"))}
	auth.Spec.Session.Storage = v1alpha1.SessionRedis
	return auth
}

// referred is what referring needs.
func referred(namespace string) []client.Object {
	objects := []client.Object{newConfigMap(namespace, "texts")}
	for _, name := range []string{"smtp", "smtp-ca", "oauth", "redis", "redis-ca"} {
		objects = append(objects, newSecret(namespace, name))
	}
	return objects
}

func newSecret(namespace, name string) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, StringData: map[string]string{"any": "thing"}}
}

func newConfigMap(namespace, name string) *corev1.ConfigMap {
	return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: namespace}, Data: map[string]string{"any": "thing"}}
}

func deploymentOf(namespace string) *appsv1.Deployment {
	GinkgoHelper()
	return get(&appsv1.Deployment{}, namespace, "login")
}

var _ = Describe("what an AuthService refers to", func() {
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

	email := func(change func(*v1alpha1.EmailSpec)) func(*v1alpha1.AuthServiceSpec) {
		return func(spec *v1alpha1.AuthServiceSpec) {
			spec.Email = &v1alpha1.EmailSpec{Host: "smtp", From: "a@example.com"}
			change(spec.Email)
		}
	}
	DescribeTable("is missed by name, and noticed when it appears",
		func(refer func(*v1alpha1.AuthServiceSpec), appear func(namespace, name string) client.Object, field, command string) {
			refer(&auth.Spec)
			create(newDatabaseSecret(namespace), auth)
			completeJob(theJob(namespace)) // the schema needs none of it
			reason, kind := v1alpha1.ReasonSecretNotFound, "Secret"
			object := appear(namespace, "mine")
			if _, ok := object.(*corev1.ConfigMap); ok {
				reason, kind = v1alpha1.ReasonConfigMapNotFound, "ConfigMap"
			}
			Expect(eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, reason)).To(Equal(
				kind + " mine (" + field + ") does not exist. Create it: kubectl -n " + namespace + " create " + command))
			eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, reason)
			eventually(auth, v1alpha1.ConditionReconciling, metav1.ConditionTrue, reason)
			eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionTrue, v1alpha1.ReasonMigrated)
			Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonPending)).To(Equal("Waits for the secrets"))

			result, err := op.reconciler.Reconcile(ctx, requestFor(auth))
			Expect(err).NotTo(HaveOccurred(), "waiting is not an error")
			Expect(result.RequeueAfter).To(BeZero(), "progress comes from the watch")
			Expect(gone(&appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: "login"}})()).To(BeTrue())

			create(object)
			rollOut(namespace)
			eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		},
		Entry("credentials of SMTP", email(func(e *v1alpha1.EmailSpec) { e.SecretRef = &v1alpha1.SecretReference{Name: "mine"} }), secret,
			"spec.email.secretRef", "secret generic mine --from-literal=username='USERNAME' --from-literal=password='PASSWORD'"),
		Entry("authority of SMTP", email(func(e *v1alpha1.EmailSpec) { e.CASecretRef = ptr.To(secretKey("mine", "")) }), secret,
			"spec.email.caSecretRef", "secret generic mine --from-file=ca.crt=ca.pem"),
		Entry("authority of SMTP in a ConfigMap", email(func(e *v1alpha1.EmailSpec) {
			e.CAConfigMapRef = &v1alpha1.ConfigMapKeyReference{ConfigMapReference: v1alpha1.ConfigMapReference{Name: "mine"}, Key: "root.pem"}
		}), configMap, "spec.email.caConfigMapRef", "configmap mine --from-file=root.pem=ca.pem"),
		Entry("texts", email(func(e *v1alpha1.EmailSpec) { e.TemplatesConfigMapRef = &v1alpha1.ConfigMapReference{Name: "mine"} }), configMap,
			"spec.email.templatesConfigMapRef", "configmap mine --from-file=DIRECTORY/"),
		Entry("client secret", func(s *v1alpha1.AuthServiceSpec) { s.SocialProviders = google("mine") }, secret,
			"spec.socialProviders[google].clientSecretRef", "secret generic mine --from-literal=clientSecret='SECRET'"),
		Entry("Redis", func(s *v1alpha1.AuthServiceSpec) { s.Redis = &v1alpha1.RedisSpec{SecretRef: secretKey("mine", "url")} }, secret,
			"spec.redis.secretRef", "secret generic mine --from-literal=url='redis://user:password@host:6379/0'"),
	)

	It("is missed all at once", func() {
		auth = referring(namespace)
		create(auth)
		eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonDatabaseSecretNotFound)
		create(newDatabaseSecret(namespace), newSecret(namespace, "smtp"), newSecret(namespace, "smtp-ca"), newConfigMap(namespace, "texts"))
		Eventually(func() string {
			return eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound)
		}).Should(Equal("Secret oauth (spec.socialProviders[google].clientSecretRef, spec.socialProviders[Okta_Prod].clientSecretRef) does not exist. " +
			"Create it: kubectl -n " + namespace + " create secret generic oauth --from-literal=clientSecret='SECRET' --from-literal=okta='SECRET'. " +
			"Also missing: Secret redis (spec.redis.secretRef), Secret redis-ca (spec.redis.caSecretRef)"))
	})

	It("is mounted into pods that Pod Security restricted admits, and costs no write in steady state", func() {
		auth = referring(namespace)
		create(referred(namespace)...)
		bringUp(auth)
		template := deploymentOf(namespace).Spec.Template
		Expect(template.Spec.Containers[0].VolumeMounts).To(HaveLen(2 + 7))
		Expect(template.Spec.Containers[0].Env).To(BeEmpty(), "no secret of the user's is an environment variable")
		create(&corev1.Pod{ObjectMeta: metav1.ObjectMeta{Name: "replica", Namespace: namespace, Labels: template.Labels}, Spec: template.Spec})

		settled(op)
		op.wire.reset()
		for range 20 {
			_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
			Expect(err).NotTo(HaveOccurred())
		}
		create(newConfigMap(namespace, "unrelated"), newSecret(namespace, "unrelated"))
		settled(op)
		Expect(op.wire.all()).To(BeEmpty())
	})

	It("is read by name and version only", func() {
		create(referred(namespace)...)
		texts := get(&corev1.ConfigMap{}, namespace, "texts")
		update(texts, func(c *corev1.ConfigMap) {
			c.Annotations = map[string]string{"kubectl.kubernetes.io/last-applied-configuration": "quoted"}
		})
		cached := &metav1.PartialObjectMetadata{}
		cached.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("ConfigMap"))
		Eventually(func(g Gomega) {
			g.Expect(op.reconciler.ConfigMaps.Get(ctx, client.ObjectKeyFromObject(texts), cached)).To(Succeed())
			g.Expect(cached.ResourceVersion).To(Equal(texts.ResourceVersion))
		}).Should(Succeed())
		Expect(cached.Annotations).To(BeEmpty())
	})

	It("reaches running pods by itself when the auth server reads it again", func() {
		auth = referring(namespace)
		create(referred(namespace)...)
		bringUp(auth)
		settled(op)
		op.wire.reset()
		for _, name := range []string{"smtp", "oauth", "redis"} {
			update(get(&corev1.Secret{}, namespace, name), func(s *corev1.Secret) { s.Data["any"] = []byte("other") })
		}
		settled(op)
		Expect(op.wire.all()).To(BeEmpty())
	})

	DescribeTable("rolls the pods when the auth server reads it once",
		func(object client.Object, change func(client.Object)) {
			auth = referring(namespace)
			create(referred(namespace)...)
			bringUp(auth)
			before := deploymentOf(namespace).Generation
			object.SetNamespace(namespace)
			update(object, change)
			Eventually(func() int64 { return deploymentOf(namespace).Generation }).Should(Equal(before + 1))
			eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonRollingOut)
			rollOut(namespace)
			eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
			Expect(jobs(namespace)).To(HaveLen(1), "nothing to migrate for")
		},
		Entry("texts", newConfigMap("", "texts"), func(o client.Object) { o.(*corev1.ConfigMap).Data["any"] = "other" }),
		Entry("authority of SMTP", newSecret("", "smtp-ca"), func(o client.Object) { o.(*corev1.Secret).Data["any"] = []byte("other") }),
		Entry("authority of Redis", newSecret("", "redis-ca"), func(o client.Object) { o.(*corev1.Secret).Data["any"] = []byte("other") }),
	)

	It("does not take running pods away when it is deleted", func() {
		auth = referring(namespace)
		create(referred(namespace)...)
		bringUp(auth)
		before := deploymentOf(namespace).Generation
		for _, object := range referred(namespace) {
			Expect(admin.Delete(ctx, object)).To(Succeed())
		}
		message := eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound)
		Expect(message).To(HavePrefix("Secret smtp (spec.email.secretRef) does not exist."))
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionTrue, v1alpha1.ReasonAvailable)
		settled(op)
		Expect(deploymentOf(namespace).Generation).To(Equal(before))
		children(namespace)

		By("coming back")
		create(referred(namespace)...)
		Eventually(func() int64 { return deploymentOf(namespace).Generation }).Should(BeNumerically(">", before), "the authorities are new ones")
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	})

	It("leaves running pods their configuration until it is there", func() {
		bringUp(auth)
		before := deploymentOf(namespace)
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.SocialProviders = google("oauth") })
		eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound)
		for range 3 {
			Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonPending)).To(Equal(
				"Waits for the secrets; 2 replicas go on in the previous configuration"))
			_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
			Expect(err).NotTo(HaveOccurred())
		}
		Expect(deploymentOf(namespace).Generation).To(Equal(before.Generation))
		get(&corev1.ConfigMap{}, namespace, before.Spec.Template.Spec.Volumes[0].ConfigMap.Name)

		By("taking the section back")
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.SocialProviders = nil })
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Expect(deploymentOf(namespace).Generation).To(Equal(before.Generation))
	})

	It("is unmounted when the spec no longer refers to it", func() {
		auth = referring(namespace)
		create(referred(namespace)...)
		bringUp(auth)
		update(auth, func(a *v1alpha1.AuthService) { a.Spec.SocialProviders, a.Spec.Email = nil, nil })
		completeJob(theJob(namespace)) // without the table of mails
		Eventually(func() int { return len(deploymentOf(namespace).Spec.Template.Spec.Volumes) }).Should(Equal(2 + 2))
		Expect(deploymentOf(namespace).Spec.Template.Spec.Containers[0].VolumeMounts).To(HaveLen(2 + 2))
	})

	It("may be shared by several AuthServices, and outlives them", func() {
		other := newAuth(namespace)
		auth.Spec.SocialProviders, other.Spec.SocialProviders = google("oauth"), google("oauth")
		other.Name = "admin"
		create(newDatabaseSecret(namespace), auth, other)
		for _, a := range []*v1alpha1.AuthService{auth, other} {
			eventually(a, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound)
		}
		create(newSecret(namespace, "oauth"))
		for _, a := range []*v1alpha1.AuthService{auth, other} {
			eventually(a, v1alpha1.ConditionSecretsReady, metav1.ConditionTrue, v1alpha1.ReasonSecretsReady)
		}
		shared := get(&corev1.Secret{}, namespace, "oauth")

		Expect(admin.Delete(ctx, other)).To(Succeed())
		Eventually(gone(other)).Should(BeTrue())
		settled(op)
		left := get(&corev1.Secret{}, namespace, "oauth")
		Expect(left.ResourceVersion).To(Equal(shared.ResourceVersion))
		Expect(left.OwnerReferences).To(BeEmpty())
		eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionTrue, v1alpha1.ReasonSecretsReady)
	})
})

func secret(namespace, name string) client.Object    { return newSecret(namespace, name) }
func configMap(namespace, name string) client.Object { return newConfigMap(namespace, name) }
