package controllers_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

var (
	hostileSteps = flag.Int("hostile-steps", 400, "steps of the reconciler through a hostile world; make e2e takes 10000")
	hostileSeed  = flag.Uint64("hostile-seed", 1, "seed of the hostile world")
	hostileFile  = flag.String("hostile-figures", "", "`file` that the figures are appended to")
)

const (
	hostileWorlds = 4
	// calmEvery is how many hostile steps lie between two calms, in which everything must converge.
	calmEvery = 8
	// A calm may take so many reconciles, and so many writes: every object once or twice, and a status with each.
	maxReconciles, maxWrites = 90, 110
)

// Random specs, random states of children and of the users' objects, requests that the API server refuses or whose answers
// are lost, and caches that lag behind. In between, the world calms down: the reconciler must come to rest within bounds,
// with an instance that is Ready or says what is wrong; and be Ready once that is put right.
var _ = Describe("the reconciler in a hostile world", func() {
	It("never panics, always converges, and writes no more than it must", func() {
		var worlds sync.WaitGroup
		reports := make(chan string, hostileWorlds)
		for i := range uint64(hostileWorlds) {
			w := newWorld(*hostileSeed*hostileWorlds + i)
			worlds.Go(func() {
				defer GinkgoRecover()
				for step := 1; step <= *hostileSteps/hostileWorlds; step++ {
					w.hostile()
					if step%calmEvery == 0 {
						w.calm()
					}
				}
				reports <- w.summary()
			})
		}
		worlds.Wait()
		close(reports)
		for report := range reports {
			tell(report)
		}
	})
})

// hostile makes one step: something happens, or the operator works among failures.
func (w *world) hostile() {
	w.steps++
	if w.random.IntN(2) == 0 {
		w.faults.set(0.2)
		_, _ = w.reconcile() // its errors are the world's
		w.faults.set(0)
		return
	}
	total := 0
	for _, event := range disturbances {
		total += event.weight
	}
	pick := w.random.IntN(total)
	for _, event := range disturbances {
		if pick -= event.weight; pick < 0 {
			w.note("%s", event.name)
			event.happen(w)
			return
		}
	}
}

// calm lets the rest of Kubernetes do its work and the operator come to rest, twice: as things are, and after everything
// that only a person can put right was put right.
func (w *world) calm() {
	w.rest()
	w.explained()
	w.heal()
	w.rest()
	auth := w.auth()
	ready := meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReady)
	Expect(ready).NotTo(BeNil(), w.story())
	Expect(ready.Status).To(Equal(metav1.ConditionTrue), "%s: %s\n%s", ready.Reason, ready.Message, w.story())
	Expect(ready.ObservedGeneration).To(Equal(auth.Generation))
	w.invariants(auth)
	w.log = nil
}

// rest reconciles until nothing is written and nothing else happens.
func (w *world) rest() {
	writes, idle, skips := 0, 0, 0
	for reconciles := 0; idle < 2; reconciles++ {
		Expect(reconciles).To(BeNumerically("<", maxReconciles), "no rest: %v\n%s", w.faults.recent(), w.story())
		drove := w.driveOn()
		w.faults.reset()
		result, err := w.reconcile()
		Expect(err).NotTo(HaveOccurred(), w.story())
		made := w.faults.writes()
		writes += made
		idle++
		if made > 0 || drove {
			idle = 0
		} else if result.RequeueAfter > 0 && result.RequeueAfter < time.Hour && skips < 6 {
			w.clock.advance(result.RequeueAfter)
			idle, skips = 0, skips+1
		}
	}
	Expect(writes).To(BeNumerically("<=", maxWrites), w.story())
	w.mostWrites = max(w.mostWrites, writes)
	w.calms++
}

// explained: an instance that rests is Ready, or says why not.
func (w *world) explained() {
	auth := w.auth()
	ready := meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionReady)
	Expect(ready).NotTo(BeNil(), w.story())
	Expect(ready.Message).NotTo(BeEmpty())
	if ready.Status != metav1.ConditionTrue && ready.Reason == v1alpha1.ReasonPending {
		Expect(meta.FindStatusCondition(auth.Status.Conditions, v1alpha1.ConditionSecretsReady).Status).
			To(Equal(metav1.ConditionFalse), "it rests and waits for nothing: %s\n%s", ready.Message, w.story())
	}
}

// invariants hold whenever the instance is Ready.
func (w *world) invariants(auth *v1alpha1.AuthService) {
	open := map[string]int{}
	for _, job := range jobs(w.namespace) {
		if len(job.Status.Conditions) == 0 && metav1.IsControlledBy(&job, auth) {
			open[strings.Join(job.Spec.Template.Spec.Containers[0].Args[:1], "")]++
		}
	}
	for kind, count := range open {
		Expect(count).To(Equal(1), "%s Jobs at work", kind)
	}
	secret := &corev1.Secret{}
	if auth.Spec.Secrets.SecretRef != nil {
		w.secret = nil
		return
	}
	Expect(admin.Get(ctx, client.ObjectKey{Namespace: w.namespace, Name: "login-secrets"}, secret)).To(Succeed())
	if w.secret != nil && !w.secretTouched {
		Expect(secret.Data["JWT_SECRET"]).To(Equal(w.secret.Data["JWT_SECRET"]), w.story())
		active, _, _ := strings.Cut(string(w.secret.Data["BETTER_AUTH_SECRETS"]), ",")
		_, active, _ = strings.Cut(active, ":")
		if len(active) > 0 && !w.timePassed {
			Expect(string(secret.Data["BETTER_AUTH_SECRETS"])).To(ContainSubstring(active), w.story())
		}
	}
	w.secret, w.secretTouched, w.timePassed = secret, false, false
}

func (w *world) summary() string {
	return fmt.Sprintf("world %d: %d steps, %d calms, at most %d writes to converge, %d requests failed, %d reads were stale",
		w.seed, w.steps, w.calms, w.mostWrites, w.faults.failed, w.cache.stale)
}

// tell leaves a figure where make e2e collects them.
func tell(report string) {
	GinkgoHelper()
	fmt.Fprintln(GinkgoWriter, report)
	if *hostileFile == "" {
		return
	}
	file, err := os.OpenFile(*hostileFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	Expect(err).NotTo(HaveOccurred())
	_, err = fmt.Fprintln(file, report)
	Expect(errors.Join(err, file.Close())).To(Succeed())
}

func newWorld(seed uint64) *world {
	GinkgoHelper()
	w := &world{seed: seed, random: rand.New(rand.NewPCG(seed, seed)), namespace: newNamespace(), clock: &clock{}}
	w.begin()
	w.create()
	return w
}
