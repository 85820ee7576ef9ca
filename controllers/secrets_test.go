package controllers_test

import (
	"context"
	"strings"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

var _ = Describe("the secrets of an AuthService", func() {
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

	// lose deletes the generated secret of an instance that is Ready, and returns what it was.
	lose := func() *corev1.Secret {
		GinkgoHelper()
		bringUp(auth)
		secret := get(&corev1.Secret{}, namespace, "login-secrets")
		Expect(admin.Delete(ctx, secret)).To(Succeed())
		return secret
	}
	accept := func() {
		GinkgoHelper()
		update(auth, func(a *v1alpha1.AuthService) {
			metav1.SetMetaDataAnnotation(&a.ObjectMeta, v1alpha1.AnnotationAcceptNewSecrets, a.Status.Keys[0].Fingerprint)
		})
	}

	It("wait for the database secret, and go on when it appears", func() {
		auth.Spec.Database.SecretRef.Key = "dsn"
		create(auth)
		Expect(eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonDatabaseSecretNotFound)).To(Equal(
			"Secret db does not exist. Create it: kubectl -n " + namespace +
				" create secret generic db --from-literal=dsn='postgres://user:password@host:5432/database'"))
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonDatabaseSecretNotFound)
		eventually(auth, v1alpha1.ConditionReconciling, metav1.ConditionTrue, v1alpha1.ReasonDatabaseSecretNotFound)
		Expect(jobs(namespace)).To(BeEmpty())
		get(&corev1.Service{}, namespace, "login")

		result, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred(), "waiting is not an error")
		Expect(result.RequeueAfter).To(BeZero(), "progress comes from the watch")

		create(newDatabaseSecret(namespace))
		completeJob(theJob(namespace))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	})

	It("keep a running instance when the database secret is deleted", func() {
		bringUp(auth)
		Expect(admin.Delete(ctx, newDatabaseSecret(namespace))).To(Succeed())
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonDatabaseSecretNotFound)
		eventually(auth, v1alpha1.ConditionDatabaseReachable, metav1.ConditionTrue, v1alpha1.ReasonReachable)
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionTrue, v1alpha1.ReasonMigrated)
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionTrue, v1alpha1.ReasonAvailable)
		settled(op)
		children(namespace)
	})

	It("are read by name and version only, when they are the user's", func() {
		secret := newDatabaseSecret(namespace)
		secret.Annotations = map[string]string{"kubectl.kubernetes.io/last-applied-configuration": `{"stringData":"quoted"}`}
		create(secret, auth)
		theJob(namespace)
		cached := &metav1.PartialObjectMetadata{}
		cached.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Secret"))
		Expect(op.reconciler.Cache.Get(ctx, client.ObjectKeyFromObject(secret), cached)).To(Succeed())
		Expect(cached.UID).To(Equal(secret.UID))
		Expect(cached.Annotations).To(BeEmpty())
	})

	It("prove a rotated database secret by a migration before pods get it", func() {
		bringUp(auth)
		first := theOnlyJob(namespace)
		before := get(&appsv1.Deployment{}, namespace, "login").Spec.Template.Annotations
		update(newDatabaseSecret(namespace), func(s *corev1.Secret) {
			s.Data["uri"] = []byte("postgres://user:second-password@db/x")
		})
		job := theJob(namespace)
		Expect(job.Name).NotTo(Equal(first.Name))
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonPending)
		Expect(get(&appsv1.Deployment{}, namespace, "login").Spec.Template.Annotations).To(Equal(before))

		completeJob(job)
		Eventually(func() map[string]string {
			return get(&appsv1.Deployment{}, namespace, "login").Spec.Template.Annotations
		}).ShouldNot(Equal(before))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Eventually(gone(first)).Should(BeTrue())
	})

	It("roll the pods when their values change, and only then", func() {
		bringUp(auth)
		before := get(&appsv1.Deployment{}, namespace, "login").Generation
		secret := get(&corev1.Secret{}, namespace, "login-secrets")
		update(secret, func(s *corev1.Secret) { s.Annotations = map[string]string{"note": "x"} })
		settled(op)
		Expect(get(&appsv1.Deployment{}, namespace, "login").Generation).To(Equal(before))

		update(secret, func(s *corev1.Secret) {
			s.Data["BETTER_AUTH_SECRETS"] = []byte("2:" + strings.Repeat("n", 43) + ",1:" + string(s.Data["BETTER_AUTH_SECRET"]))
		})
		Eventually(func() int64 { return get(&appsv1.Deployment{}, namespace, "login").Generation }).Should(Equal(before + 1))
		Expect(jobs(namespace)).To(HaveLen(1), "nothing to migrate for")
	})

	It("are not replaced when the generated one is lost", func() {
		secret := lose()
		message := eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonGeneratedSecretLost)
		Expect(message).To(ContainSubstring("Restore the Secret login-secrets"))
		Expect(message).To(ContainSubstring("gatehouse.dev/accept-new-secrets=" + auth.Status.Keys[0].Fingerprint))
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionFalse, v1alpha1.ReasonGeneratedSecretLost)
		settled(op)
		Expect(gone(secret)()).To(BeTrue())

		By("a new operator")
		op.stop()
		op = startOperator(namespace, unlimited())
		Eventually(func() error { _, err := op.reconciler.Reconcile(ctx, requestFor(auth)); return err }).Should(Succeed())
		Expect(gone(secret)()).To(BeTrue())

		By("an annotation for another key")
		update(auth, func(a *v1alpha1.AuthService) {
			metav1.SetMetaDataAnnotation(&a.ObjectMeta, v1alpha1.AnnotationAcceptNewSecrets, "0000000000000000")
		})
		settled(op)
		Expect(gone(secret)()).To(BeTrue())
	})

	It("are not replaced because the cache does not know yet that there were any", func() {
		secret := lose()
		stale := *op.reconciler
		stale.Cache = forgetful{op.reconciler.Cache}
		_, err := stale.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		Expect(gone(secret)()).To(BeTrue())
	})

	It("are used again when the lost one is restored, without owner and labels", func() {
		secret := lose()
		eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonGeneratedSecretLost)
		create(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: secret.Name, Namespace: namespace}, Data: secret.Data})
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		Eventually(func() bool {
			return metav1.IsControlledBy(get(&corev1.Secret{}, namespace, "login-secrets"), auth)
		}).Should(BeTrue())
		Expect(get(&corev1.Secret{}, namespace, "login-secrets").Data).To(Equal(secret.Data))
	})

	It("are replaced when the loss is accepted, once", func() {
		secret := lose()
		eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonGeneratedSecretLost)
		accept()
		replaced := get(&corev1.Secret{}, namespace, "login-secrets")
		Expect(replaced.Data["BETTER_AUTH_SECRET"]).NotTo(Equal(secret.Data["BETTER_AUTH_SECRET"]))
		Eventually(func(g Gomega) {
			g.Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), auth)).To(Succeed())
			g.Expect(auth.Status.Keys[0].Fingerprint).To(Equal(resources.Fingerprint(replaced.Data["BETTER_AUTH_SECRET"])))
		}).Should(Succeed())

		By("the next loss, with the annotation still there")
		Expect(admin.Delete(ctx, replaced)).To(Succeed())
		eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonGeneratedSecretLost)
		settled(op)
		Expect(gone(replaced)()).To(BeTrue())
	})

	It("stall when somebody puts other keys, until that is accepted", func() {
		bringUp(auth)
		secret := get(&corev1.Secret{}, namespace, "login-secrets")
		other := strings.Repeat("o", 43)
		update(secret, func(s *corev1.Secret) { s.Data["JWT_SECRET"] = []byte(other) })
		Expect(eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonGeneratedSecretLost)).
			To(ContainSubstring("holds other keys"))
		accept()
		eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionTrue, v1alpha1.ReasonSecretsReady)
		Expect(auth.Status.Keys[1].Fingerprint).To(Equal(resources.Fingerprint([]byte(other))))
		Expect(string(get(&corev1.Secret{}, namespace, "login-secrets").Data["JWT_SECRET"])).To(Equal(other))
	})

	It("stall when a key is missing or too short", func() {
		bringUp(auth)
		secret := get(&corev1.Secret{}, namespace, "login-secrets")
		good := secret.DeepCopy().Data
		update(secret, func(s *corev1.Secret) { s.Data["JWT_SECRET"] = []byte("too-short-a-key") })
		Expect(eventually(auth, v1alpha1.ConditionStalled, metav1.ConditionTrue, v1alpha1.ReasonGeneratedSecretInvalid)).To(And(
			ContainSubstring("JWT_SECRET of 15 characters"), Not(ContainSubstring("too-short-a-key"))))
		update(secret, func(s *corev1.Secret) { s.Data = good })
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	})

	It("do not take a foreign secret of that name, unless it is labelled as ours", func() {
		keys := map[string][]byte{
			"BETTER_AUTH_SECRET": []byte(strings.Repeat("b", 43)), "JWT_SECRET": []byte(strings.Repeat("j", 43)),
		}
		foreign := &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "login-secrets", Namespace: namespace}, Data: keys}
		create(foreign, newDatabaseSecret(namespace), auth)
		message := eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonNameConflict)
		Expect(message).To(HaveSuffix("kubectl -n " + namespace +
			" label secret login-secrets app.kubernetes.io/instance=login app.kubernetes.io/managed-by=gatehouse"))
		Expect(get(&corev1.Secret{}, namespace, "login-secrets").ResourceVersion).To(Equal(foreign.ResourceVersion))

		Expect(admin.Patch(ctx, foreign, client.RawPatch(types.MergePatchType, []byte(
			`{"metadata":{"labels":{"app.kubernetes.io/instance":"login","app.kubernetes.io/managed-by":"gatehouse"}}}`)))).To(Succeed())
		eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionTrue, v1alpha1.ReasonSecretsReady)
		Expect(get(&corev1.Secret{}, namespace, "login-secrets").Data).To(Equal(keys))
	})
})

func theOnlyJob(namespace string) *batchv1.Job {
	GinkgoHelper()
	all := jobs(namespace)
	Expect(all).To(HaveLen(1))
	return &all[0]
}

// forgetful is a cache that lags behind: it has no status yet.
type forgetful struct{ client.Reader }

func (f forgetful) Get(ctx context.Context, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
	err := f.Reader.Get(ctx, key, object, options...)
	if auth, ok := object.(*v1alpha1.AuthService); ok {
		auth.Status = v1alpha1.AuthServiceStatus{}
	}
	return err
}

// outdated is a cache that has a former version of an AuthService.
type outdated struct {
	client.Reader
	former *v1alpha1.AuthService
}

func (l outdated) Get(ctx context.Context, key client.ObjectKey, object client.Object, options ...client.GetOption) error {
	if auth, ok := object.(*v1alpha1.AuthService); ok {
		l.former.DeepCopyInto(auth)
		return nil
	}
	return l.Reader.Get(ctx, key, object, options...)
}
