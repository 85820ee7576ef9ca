package controllers_test

import (
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// An operator dies at each of the writes of a rotation, from its request to the removal of the old key: the write is made, its
// answer is lost, and nothing comes after. The next operator must end the same rotation: no key is lost on the way, none is
// skipped, and there is no second rotation.
var _ = Describe("an operator that dies during a rotation", func() {
	It("leaves what the next one goes on from", func() {
		namespace := newNamespace()
		auth := newAuth(namespace)
		op := startOperator(namespace, unlimited())
		bringUp(auth)
		settled(op)
		before := len(op.wire.all())
		ask(auth, "x")
		wholeRotation(op, auth)
		settled(op)
		op.stop()
		writes := len(withoutEvents(op.wire.all()[before:]))
		Expect(writes).To(BeNumerically(">=", 12), "%v", op.wire.all()[before:])

		var wait sync.WaitGroup
		next := make(chan int)
		for range 4 {
			wait.Go(func() {
				defer GinkgoRecover()
				for budget := range next {
					dieWhileRotating(budget)
				}
			})
		}
		for budget := 1; budget <= writes; budget++ {
			next <- budget
		}
		close(next)
		wait.Wait()
	})
})

func dieWhileRotating(budget int) {
	namespace := newNamespace()
	auth := newAuth(namespace)
	first := startOperator(namespace, unlimited())
	bringUp(auth)
	settled(first)
	first.stop()
	ask(auth, "x")

	died := startOperator(namespace, &wire{budget: budget})
	Eventually(func() bool { turnOn(died, auth); return died.wire.dead() || hasRotated(auth) }).WithTimeout(time.Minute).Should(BeTrue(), "budget %d", budget)
	died.stop()
	op := startOperator(namespace, unlimited())
	op.clock.advance(died.clock.now().Sub(op.clock.now()))
	wholeRotation(op, auth)
	settled(op)
	Expect(keysNow(namespace)).To(Equal("2"), "budget %d", budget)
	Expect(keyStates(auth)).To(Equal("2 Active"), "budget %d", budget)
	op.stop()
	publications := 0
	for _, write := range append(died.wire.all(), op.wire.all()...) {
		if strings.HasPrefix(write, "POST") && strings.HasSuffix(write, "/secrets") {
			publications++
		}
	}
	Expect(publications).To(BeZero(), "another secret was made with budget %d", budget)
}

// wholeRotation drives on until there is one key again.
func wholeRotation(op *operator, auth *v1alpha1.AuthService) {
	GinkgoHelper()
	Eventually(func() bool { turnOn(op, auth); return hasRotated(auth) }).WithTimeout(time.Minute).Should(BeTrue(), func() string {
		return keyStates(auth) + "\n" + strings.Join(op.wire.all(), "\n")
	})
}

func hasRotated(auth *v1alpha1.AuthService) bool {
	return keyStates(auth) == "2 Active" && isReady(auth.Namespace)
}

// turnOn is what time and the rest of Kubernetes would do next. Every state of the secret on the way is one that pods of the
// state before understand.
func turnOn(op *operator, auth *v1alpha1.AuthService) {
	secret := &corev1.Secret{}
	Expect(admin.Get(ctx, client.ObjectKey{Namespace: auth.Namespace, Name: "login-secrets"}, secret)).To(Succeed())
	Expect(keysWithin(secret)).To(BeElementOf("1", "1,2", "2,1", "2"))
	driveOnRekeying(op, auth.Namespace)
	driveOn(auth.Namespace)
	Expect(admin.Get(ctx, client.ObjectKeyFromObject(auth), auth)).To(Succeed())
	for _, key := range auth.Status.Keys {
		if key.RetiresAt != nil && key.RetiresAt.After(op.clock.now()) {
			op.clock.advance(key.RetiresAt.Sub(op.clock.now()) + time.Second)
		}
	}
	_, _ = op.reconciler.Reconcile(ctx, requestFor(auth)) // an operator may be dead
}

func driveOnRekeying(op *operator, namespace string) {
	for _, job := range jobs(namespace) {
		if job.Labels[resources.LabelRekey] != "" && len(job.Status.Conditions) == 0 {
			finishRekeying(op, &job, config.RekeyReport{Rekeyed: true})
		}
	}
}

func withoutEvents(writes []string) []string {
	var rest []string
	for _, write := range writes {
		if !strings.Contains(write, "/events") {
			rest = append(rest, write)
		}
	}
	return rest
}
