package controllers_test

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"
	"strings"
	"sync"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	"k8s.io/client-go/rest"
	"k8s.io/utils/ptr"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/config"
	"sigs.k8s.io/controller-runtime/pkg/controller"
	metricsserver "sigs.k8s.io/controller-runtime/pkg/metrics/server"

	"github.com/gatehouse-auth/gatehouse/controllers"
)

// operator is a running operator for one namespace.
type operator struct {
	reconciler *controllers.Reconciler
	wire       *wire
	clock      *clock
	stop       func()
}

// startOperator runs one until the spec ends, or stop is called. It tells of all progress.
func startOperator(namespace string, w *wire) *operator {
	GinkgoHelper()
	return startTelling(namespace, w, 0)
}

// startTelling runs one that tells of progress so often at most.
func startTelling(namespace string, w *wire, telling time.Duration) *operator {
	GinkgoHelper()
	cfg := rest.CopyConfig(operatorConfig)
	cfg.Wrap(func(next http.RoundTripper) http.RoundTripper { return roundTripper{w, next} })
	scheme, err := controllers.NewScheme()
	Expect(err).NotTo(HaveOccurred())
	mgr, err := ctrl.NewManager(cfg, ctrl.Options{
		Scheme:     scheme,
		Cache:      controllers.CacheOptions([]string{namespace}),
		Metrics:    metricsserver.Options{BindAddress: "0"},
		Controller: config.Controller{SkipNameValidation: ptr.To(true)},
	})
	Expect(err).NotTo(HaveOccurred())

	configMaps, err := controllers.NewConfigMaps(mgr, []string{namespace})
	Expect(err).NotTo(HaveOccurred())
	optional, err := controllers.NewOptional(mgr, []string{namespace}, 50*time.Millisecond)
	Expect(err).NotTo(HaveOccurred())

	op := &operator{wire: w, clock: &clock{}}
	op.reconciler = &controllers.Reconciler{
		Cache:      mgr.GetClient(),
		ConfigMaps: configMaps,
		Optional:   optional,
		Live:       mgr.GetAPIReader(),
		Writer:     mgr.GetClient(),
		Scheme:     scheme,
		Events:     mgr.GetEventRecorder("gatehouse.dev/operator"),
		Image:      "docker.io/gatehouse/authserver:test",
		Telling:    telling,
		Now:        op.clock.now,
		Random:     rand.Reader,
	}
	running, cancel := context.WithCancel(ctx)
	Expect(op.reconciler.SetupWithManager(running, mgr, controller.Options{MaxConcurrentReconciles: 4})).To(Succeed())
	done := make(chan error, 1)
	go func() { done <- mgr.Start(running) }()
	op.stop = sync.OnceFunc(func() {
		cancel()
		Eventually(done).Should(Receive(BeNil()))
	})
	DeferCleanup(op.stop)
	return op
}

// clock is the time, and what a test adds to it.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += by
}

// wire sees every request of an operator. With a budget, the operator dies with its last write: that one is made, but its
// answer is lost, and nothing gets through afterwards.
type wire struct {
	mu     sync.Mutex
	writes []string
	budget int
	spent  bool
	ended  bool // the last write is made, or has failed
	// refused counts the writes that came too late: they were about an older version of the object.
	refused int
}

var errDied = errors.New("the operator has died")

func unlimited() *wire { return &wire{budget: -1} }

func (w *wire) all() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return append([]string(nil), w.writes...)
}

func (w *wire) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.writes = nil
}

func (w *wire) dead() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.ended
}

func (w *wire) refuse() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.refused++
}

// accepted is the number of writes that were.
func (w *wire) accepted() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.writes) - w.refused
}

func (w *wire) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ended = true
}

// admit says whether a write is made, and whether its answer arrives.
func (w *wire) admit(write string) (made, answered bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.spent {
		return false, false
	}
	w.writes = append(w.writes, write)
	w.spent = w.budget >= 0 && len(w.writes) >= w.budget
	return true, !w.spent
}

type roundTripper struct {
	wire *wire
	next http.RoundTripper
}

func (t roundTripper) RoundTrip(request *http.Request) (*http.Response, error) {
	// Events are sent in the background, in no order with the rest.
	if request.Method == http.MethodGet || strings.Contains(request.URL.Path, "/events") && t.wire.budget >= 0 {
		return t.next.RoundTrip(request)
	}
	made, answered := t.wire.admit(request.Method + " " + request.URL.Path)
	if !made {
		return nil, errDied
	}
	response, err := t.next.RoundTrip(request)
	if !answered {
		defer t.wire.end()
	}
	if err == nil && response.StatusCode == http.StatusConflict {
		t.wire.refuse()
	}
	if err == nil && !answered {
		response.Body.Close()
		return nil, errDied
	}
	return response, err
}
