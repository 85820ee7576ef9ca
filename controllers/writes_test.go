package controllers_test

import (
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

// A new AuthService costs few writes: each object once, a status at first and another when it is Ready.
var _ = Describe("a new AuthService", func() {
	var namespace string
	BeforeEach(func() { namespace = newNamespace() })

	startReplica := func(ready int32) {
		GinkgoHelper()
		updateStatus(get(&appsv1.Deployment{}, namespace, "login"), func(d *appsv1.Deployment) {
			d.Status = appsv1.DeploymentStatus{ObservedGeneration: d.Generation, Replicas: 2, UpdatedReplicas: 2, ReadyReplicas: ready, AvailableReplicas: ready}
		})
	}

	It("costs at most 12 writes, and none afterwards", func() {
		op := startTelling(namespace, &wire{budget: 1 << 30}, time.Hour) // which leaves events out
		auth := newCanaryAuth(namespace)
		create(newDatabaseSecret(namespace), auth)
		completeJob(theJob(namespace))
		startReplica(0)
		settled(op)
		startReplica(1)
		settled(op)
		rollOut(namespace)
		completeJob(theJob(namespace))
		eventually(auth, v1alpha1.ConditionReady, metav1.ConditionTrue, v1alpha1.ReasonReady)
		settled(op)
		AddReportEntry("writes", op.wire.all())
		Expect(op.wire.accepted()).To(BeNumerically("<=", 12), "%v", op.wire.all())

		By("a resync")
		op.wire.reset()
		_, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		Expect(op.wire.all()).To(BeEmpty())
	})

	It("tells of progress now and then, and of a problem at once", func() {
		op := startTelling(namespace, unlimited(), time.Minute)
		auth := newAuth(namespace)
		create(newDatabaseSecret(namespace), auth)
		job := theJob(namespace)
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionUnknown, v1alpha1.ReasonMigrating)
		completeJob(job)
		startReplica(1)
		settled(op)
		Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), auth)).To(Succeed())
		Expect(meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionSchemaMigrated).Reason).To(Equal(v1alpha1.ReasonMigrating))

		By("a minute later")
		op.clock.advance(time.Minute)
		result, err := op.reconciler.Reconcile(ctx, requestFor(auth))
		Expect(err).NotTo(HaveOccurred())
		Expect(result.RequeueAfter).To(BeZero())
		eventually(auth, v1alpha1.ConditionSchemaMigrated, metav1.ConditionTrue, v1alpha1.ReasonMigrated)
		Expect(eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionUnknown, v1alpha1.ReasonRollingOut)).To(HavePrefix("1 of 2 "))

		By("what is no progress")
		updateStatus(get(&appsv1.Deployment{}, namespace, "login"), func(d *appsv1.Deployment) {
			d.Status.Conditions = []appsv1.DeploymentCondition{{Type: appsv1.DeploymentProgressing, Status: "False", Reason: "ProgressDeadlineExceeded"}}
		})
		eventually(auth, v1alpha1.ConditionAvailable, metav1.ConditionFalse, v1alpha1.ReasonRolloutFailed)
	})
})
