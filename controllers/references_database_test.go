package controllers_test

import (
	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/ptr"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

var _ = Describe("what migrations connect with", func() {
	var (
		namespace string
		op        *operator
		auth      *v1alpha1.AuthService
	)
	BeforeEach(func() {
		namespace = newNamespace()
		op = startOperator(namespace, unlimited())
		auth = newAuth(namespace)
		auth.Spec.Database.TLS = &v1alpha1.DatabaseTLSSpec{CASecretRef: ptr.To(secretKey("db-ca", ""))}
		auth.Spec.Database.MigrationSecretRef = &v1alpha1.DatabaseSecretReference{Name: "owner"}
	})

	It("is waited for before a migration begins", func() {
		create(newDatabaseSecret(namespace), auth)
		Expect(eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound)).To(Equal(
			"Secret db-ca (spec.database.tls.caSecretRef) does not exist. Create it: kubectl -n " + namespace +
				" create secret generic db-ca --from-file=ca.crt=ca.pem. Also missing: Secret owner (spec.database.migrationSecretRef)"))
		create(newSecret(namespace, "db-ca"))
		Eventually(func() string {
			return eventually(auth, v1alpha1.ConditionSecretsReady, metav1.ConditionFalse, v1alpha1.ReasonSecretNotFound)
		}).Should(Equal("Secret owner (spec.database.migrationSecretRef) does not exist. Create it: kubectl -n " + namespace +
			" create secret generic owner --from-literal=uri='postgres://user:password@host:5432/database'"))
		settled(op)
		Expect(jobs(namespace)).To(BeEmpty(), "its pod could not start")

		create(newSecret(namespace, "owner"))
		completeJob(theJob(namespace))
		rollOut(namespace)
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
	})

	DescribeTable("is tried out by a migration when it changes",
		func(name string, rolls bool) {
			create(newSecret(namespace, "db-ca"), newSecret(namespace, "owner"))
			bringUp(auth)
			before := deploymentOf(namespace).Generation
			update(get(&corev1.Secret{}, namespace, name), func(s *corev1.Secret) { s.Data["any"] = []byte("other") })
			next := theJob(namespace)
			settled(op)
			Expect(deploymentOf(namespace).Generation).To(Equal(before), "nobody gets what was not tried")
			completeJob(next)
			if rolls {
				Eventually(func() int64 { return deploymentOf(namespace).Generation }).Should(Equal(before + 1))
				rollOut(namespace)
			}
			eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
			settled(op)
			if !rolls {
				Expect(deploymentOf(namespace).Generation).To(Equal(before), "the pods that serve do not know it")
			}
		},
		Entry("authority", "db-ca", true),
		Entry("credentials of migrations", "owner", false),
	)
})
