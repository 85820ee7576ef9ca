package controllers_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	. "github.com/onsi/ginkgo/v2"
	. "github.com/onsi/gomega"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/events"
	ctrl "sigs.k8s.io/controller-runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// world is a namespace with one AuthService, an operator that works step by step, and everything that may happen to them.
type world struct {
	seed      uint64
	random    *rand.Rand
	namespace string
	clock     *clock

	operator *controllers.Reconciler
	faults   *faults
	cache    *lagging

	// secret is the generated one as the last calm left it.
	secret                    *corev1.Secret
	secretTouched, timePassed bool

	steps, calms, mostWrites int
	log                      []string
}

// begin starts an operator, with the permissions of its role, that knows nothing of a former one.
func (w *world) begin() {
	GinkgoHelper()
	if w.faults == nil {
		w.faults = &faults{random: rand.New(rand.NewPCG(w.seed, 2))}
	}
	config := rest.CopyConfig(operatorConfig)
	config.Wrap(w.faults.wrap)
	scheme, err := controllers.NewScheme()
	Expect(err).NotTo(HaveOccurred())
	api, err := client.New(config, client.Options{Scheme: scheme})
	Expect(err).NotTo(HaveOccurred())
	stale := 0
	if w.cache != nil {
		stale = w.cache.stale
	}
	w.cache = &lagging{Client: api, faults: w.faults, random: rand.New(rand.NewPCG(w.seed, 3)), seen: map[string]client.Object{}, lists: map[string]client.ObjectList{}, stale: stale}
	w.operator = &controllers.Reconciler{
		Cache: w.cache, ConfigMaps: controllers.ConfigMaps{Cache: laggingCache{lagging: w.cache}}, Live: api, Writer: api, Scheme: scheme,
		Events: &events.FakeRecorder{}, Image: "docker.io/gatehouse/authserver:test", Now: w.clock.now, Random: chacha(w.seed),
	}
	w.operator.Recall()
}

// chacha is a source of keys that is the same in every run.
func chacha(seed uint64) *rand.ChaCha8 {
	var key [32]byte
	copy(key[:], fmt.Sprintf("%032d", seed))
	return rand.NewChaCha8(key)
}

func (w *world) reconcile() (ctrl.Result, error) {
	return w.operator.Reconcile(ctx, ctrl.Request{NamespacedName: client.ObjectKey{Namespace: w.namespace, Name: "login"}})
}

func (w *world) auth() *v1alpha1.AuthService {
	auth := &v1alpha1.AuthService{}
	Expect(admin.Get(ctx, client.ObjectKey{Namespace: w.namespace, Name: "login"}, auth)).To(Succeed())
	return auth
}

// create makes the AuthService and what it refers to.
func (w *world) create() {
	Expect(admin.Create(ctx, newAuth(w.namespace))).To(Succeed())
	w.provide()
}

// provide makes the users' objects that are not there.
func (w *world) provide() {
	for _, object := range []client.Object{
		newDatabaseSecret(w.namespace),
		w.userSecret("redis", "uri", "redis://redis:6379"), w.userSecret("google", "clientSecret", "s"), w.userSecret("smtp", "username", "u"),
		&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: "templates", Namespace: w.namespace}},
	} {
		if err := admin.Create(ctx, object); !apierrors.IsAlreadyExists(err) {
			Expect(err).NotTo(HaveOccurred())
		}
	}
}

func (w *world) userSecret(name, key, value string) *corev1.Secret {
	return &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: w.namespace}, StringData: map[string]string{key: value}}
}

// heal does what the conditions ask people for.
func (w *world) heal() {
	w.provide()
	for _, foreign := range w.owned() {
		if !resources.Belongs(foreign, w.auth()) {
			w.delete(foreign)
		}
	}
	// A damaged secret is deleted, and its loss accepted, as the condition says.
	generated := &corev1.Secret{}
	if admin.Get(ctx, client.ObjectKey{Namespace: w.namespace, Name: "login-secrets"}, generated) == nil && w.secretTouched {
		w.delete(generated)
	}
	w.change(func(auth *v1alpha1.AuthService) {
		auth.Spec.Suspend, auth.Spec.Template = false, nil
		auth.Spec.HTTPRoute = nil
		if auth.Spec.Redis != nil {
			auth.Spec.Redis.SecretRef.Name = "redis"
		}
		if len(auth.Status.Keys) > 0 && w.secretTouched {
			metav1.SetMetaDataAnnotation(&auth.ObjectMeta, v1alpha1.AnnotationAcceptNewSecrets, auth.Status.Keys[0].Fingerprint)
		}
		auth.Spec.Migration.Policy = v1alpha1.MigrationAuto
	})
	w.clock.advance(11 * time.Minute) // the longest pause between two attempts
}

// change updates the AuthService; what the API server refuses stays as it was.
func (w *world) change(by func(*v1alpha1.AuthService)) {
	auth := w.auth()
	by(auth)
	err := admin.Update(ctx, auth)
	if err != nil && !apierrors.IsInvalid(err) && !apierrors.IsConflict(err) {
		Expect(err).NotTo(HaveOccurred())
	}
}

func (w *world) delete(object client.Object) {
	Expect(client.IgnoreNotFound(admin.Delete(ctx, object, client.PropagationPolicy(metav1.DeletePropagationBackground)))).To(Succeed())
}

func (w *world) note(format string, args ...any) { w.log = append(w.log, fmt.Sprintf(format, args...)) }

// story is what happened since the last calm.
func (w *world) story() string {
	return fmt.Sprintf("world %d after %d steps: %s", w.seed, w.steps, strings.Join(w.log, ", "))
}
