package controllers_test

import (
	"fmt"
	"strings"
	"sync"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// An operator dies at each of the writes that bring an instance up, or to a new version: the write is made, its answer is
// lost, and nothing comes after. The next operator must finish the work: with the same secret, and without a second Job.
var _ = Describe("an operator that dies", func() {
	It("at any write of a new instance leaves what the next one goes on from", func() {
		dieAtAnyWrite(8, 2, func(namespace string) {
			create(newDatabaseSecret(namespace), newCanaryAuth(namespace))
		})
	})

	It("at any write of an upgrade leaves what the next one goes on from", func() {
		dieAtAnyWrite(12, 4, func(namespace string) {
			op := startOperator(namespace, unlimited())
			auth := newCanaryAuth(namespace)
			bringUp(auth)
			settled(op)
			op.stop()
			update(auth, func(a *v1alpha1.AuthService) {
				metav1.SetMetaDataAnnotation(&a.ObjectMeta, v1alpha1.AnnotationApprovePlan, firstPlan)
				a.Spec.Migration.Policy = v1alpha1.MigrationApprove
				a.Spec.CustomFields = []v1alpha1.CustomField{{Name: "role", Type: "string"}}
			})
		})
	})
})

// dieAtAnyWrite wants at least so many writes, and exactly so many Jobs to be made.
func dieAtAnyWrite(least, jobs int, begin func(namespace string)) {
	GinkgoHelper()
	namespace := newNamespace()
	begin(namespace)
	op := startOperator(namespace, &wire{budget: 1 << 30})
	Eventually(func() bool { driveOn(namespace); return isReady(namespace) }).Should(BeTrue())
	settled(op)
	writes := op.wire.all()
	Expect(len(writes)).To(BeNumerically(">=", least), "%v", writes)
	op.stop()

	var wait sync.WaitGroup
	next := make(chan int)
	for range 4 {
		wait.Go(func() {
			defer GinkgoRecover()
			for budget := range next {
				dieAndRecover(budget, jobs, begin)
			}
		})
	}
	for budget := 1; budget <= len(writes); budget++ {
		next <- budget
	}
	close(next)
	wait.Wait()
}

func dieAndRecover(budget, jobs int, begin func(namespace string)) {
	namespace := newNamespace()
	begin(namespace)
	died := startOperator(namespace, &wire{budget: budget})
	Eventually(func() bool { driveOn(namespace); return died.wire.dead() || isReady(namespace) }).Should(BeTrue(), "budget %d", budget)
	died.stop()
	var kept map[string][]byte
	secret := &corev1.Secret{}
	if admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "login-secrets"}, secret) == nil {
		kept = secret.Data
	}

	op := startOperator(namespace, &wire{budget: 1 << 30})
	Eventually(func() bool { driveOn(namespace); return isReady(namespace) }).Should(BeTrue(), "budget %d, last write %s", budget, last(died.wire.all()))
	Eventually(func() []corev1.ConfigMap {
		list := &corev1.ConfigMapList{}
		Expect(admin.List(ctx, list, client.InNamespace(namespace), client.HasLabels{resources.LabelManagedBy})).To(Succeed())
		return list.Items
	}).Should(HaveLen(1), "budget %d: what is no longer needed goes", budget)
	settled(op)
	op.stop()
	made := children(namespace) // exactly one of each
	if kept != nil {
		Expect(made["Secret"].(*corev1.Secret).Data).To(Equal(kept), "budget %d", budget)
	}
	creations := 0
	for _, write := range append(died.wire.all(), op.wire.all()...) {
		if strings.HasPrefix(write, "POST") && strings.HasSuffix(write, "/jobs") {
			creations++
		}
	}
	Expect(creations).To(Equal(jobs), "Jobs made with budget %d", budget)
	Expect(get(&v1alpha1.AuthService{}, namespace, "login").Status.Keys).To(HaveLen(2), fmt.Sprint(budget))
}

// driveOn is what the rest of Kubernetes would do next, if anything.
func driveOn(namespace string) {
	for _, job := range jobs(namespace) {
		if len(job.Status.Conditions) == 0 && job.Labels[resources.LabelRekey] == "" {
			completeJob(&job)
		}
	}
	deployment := &appsv1.Deployment{}
	if admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "login"}, deployment) == nil &&
		deployment.Status.ObservedGeneration != deployment.Generation {
		rollOut(namespace)
	}
}

// isReady says it of the present generation.
func isReady(namespace string) bool {
	auth := get(&v1alpha1.AuthService{}, namespace, "login")
	ready := meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Status == metav1.ConditionTrue && ready.ObservedGeneration == auth.Generation
}

func last(writes []string) string {
	if len(writes) == 0 {
		return "none"
	}
	return writes[len(writes)-1]
}
