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
)

// An operator dies at each of the writes that bring an instance up: the write is made, its answer is lost, and nothing
// comes after. The next operator must finish the work: with the same secret, and without a second Job.
var _ = Describe("an operator that dies", func() {
	It("at any write leaves what the next one goes on from", func() {
		namespace := newNamespace()
		op := startOperator(namespace, &wire{budget: 1 << 30})
		bringUp(newAuth(namespace))
		settled(op)
		writes := op.wire.all()
		Expect(len(writes)).To(BeNumerically(">=", 8), "%v", writes)
		op.stop()

		var wait sync.WaitGroup
		next := make(chan int)
		for range 4 {
			wait.Go(func() {
				defer GinkgoRecover()
				for budget := range next {
					dieAndRecover(budget)
				}
			})
		}
		for budget := 1; budget <= len(writes); budget++ {
			next <- budget
		}
		close(next)
		wait.Wait()
	})
})

func dieAndRecover(budget int) {
	namespace := newNamespace()
	auth := newAuth(namespace)
	create(newDatabaseSecret(namespace), auth)
	died := startOperator(namespace, &wire{budget: budget})
	Eventually(func() bool { driveOn(namespace); return died.wire.dead() || isReady(auth) }).Should(BeTrue(), "budget %d", budget)
	died.stop()
	var kept map[string][]byte
	secret := &corev1.Secret{}
	if admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "login-secrets"}, secret) == nil {
		kept = secret.Data
	}

	op := startOperator(namespace, &wire{budget: 1 << 30})
	Eventually(func() bool { driveOn(namespace); return isReady(auth) }).Should(BeTrue(), "budget %d, last write %s", budget, last(died.wire.all()))
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
	Expect(creations).To(Equal(1), "Jobs made with budget %d", budget)
	Expect(auth.Status.Keys).To(HaveLen(2), fmt.Sprint(budget))
}

// driveOn is what the rest of Kubernetes would do next, if anything.
func driveOn(namespace string) {
	for _, job := range jobs(namespace) {
		if len(job.Status.Conditions) == 0 {
			completeJob(&job)
		}
	}
	deployment := &appsv1.Deployment{}
	if admin.Get(ctx, client.ObjectKey{Namespace: namespace, Name: "login"}, deployment) == nil &&
		deployment.Status.ObservedGeneration != deployment.Generation {
		rollOut(namespace)
	}
}

func isReady(auth *v1alpha1.AuthService) bool {
	Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), auth)).To(Succeed())
	ready := meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReady)
	return ready != nil && ready.Status == metav1.ConditionTrue
}

func last(writes []string) string {
	if len(writes) == 0 {
		return "none"
	}
	return writes[len(writes)-1]
}
