package controllers

import (
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// recall is what a reconcile need not find out again. Without it the operator decides the same, and asks and computes more, so
// nothing is lost with the process. Nil recalls nothing.
type recall struct {
	mutex     sync.Mutex
	instances map[types.NamespacedName]*recalled
}

type recalled struct {
	// binding counts only while the watch names its very version.
	binding *corev1.Secret
	// matching are the objects, by kind and name, in which nothing had to be corrected.
	matching map[string]match
	// inTheWay are the objects, likewise, that were there when one was to be made.
	inTheWay map[string]bool
	// made is when an object last was, and told when the status was written.
	made, told time.Time
}

func newRecalled() *recalled {
	return &recalled{matching: map[string]match{}, inTheWay: map[string]bool{}}
}

// watchDelay is more than it takes a watch to tell of what was made.
const watchDelay = 5 * time.Second

// match is a version of an object with that of what was wanted.
type match struct {
	uid             types.UID
	version, wanted string
}

func newRecall() *recall { return &recall{instances: map[types.NamespacedName]*recalled{}} }

// with lets an instance's be read and changed.
func (r *recall) with(instance client.Object, do func(*recalled)) {
	if r == nil {
		do(newRecalled())
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	name := client.ObjectKeyFromObject(instance)
	if r.instances[name] == nil {
		r.instances[name] = newRecalled()
	}
	do(r.instances[name])
}

func (r *recall) forget(name types.NamespacedName) {
	if r == nil {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	delete(r.instances, name)
}

// matches says whether this very version of an object was found to be as wanted.
func (r *recall) matches(instance, live client.Object, wanted *unstructured.Unstructured) (known bool) {
	r.with(instance, func(seen *recalled) { known = seen.matching[kindAndName(wanted)] == matchOf(live, wanted) })
	return known
}

func (r *recall) match(instance, live client.Object, wanted *unstructured.Unstructured) {
	r.with(instance, func(seen *recalled) { seen.matching[kindAndName(wanted)] = matchOf(live, wanted) })
}

func kindAndName(object client.Object) string {
	return object.GetObjectKind().GroupVersionKind().Kind + "/" + object.GetName()
}

func matchOf(live client.Object, wanted *unstructured.Unstructured) match {
	return match{live.GetUID(), live.GetResourceVersion(), wanted.GetAnnotations()[annotationHash]}
}

// binding of the version that the metadata has; nil when it is not known.
func (r *recall) binding(instance client.Object, metadata *metav1.PartialObjectMetadata) (known *corev1.Secret) {
	r.with(instance, func(seen *recalled) {
		if b := seen.binding; b != nil && b.UID == metadata.UID && b.ResourceVersion == metadata.ResourceVersion {
			known = b.DeepCopy()
		}
	})
	return known
}

func (r *recall) keepBinding(instance client.Object, binding *corev1.Secret) {
	r.with(instance, func(seen *recalled) { seen.binding = binding })
}

func (r *recall) make(instance client.Object, now time.Time) {
	r.with(instance, func(seen *recalled) { seen.made = now })
}

// block is for an object that could not be made.
func (r *recall) block(instance, object client.Object) {
	r.with(instance, func(seen *recalled) { seen.inTheWay[kindAndName(object)] = true })
}

// mayBeThere says whether an object that the watches do not know may be there: because something was made so lately that they
// may not know it yet, or because it was there before.
func (r *recall) mayBeThere(instance, object client.Object, now time.Time) (may bool) {
	r.with(instance, func(seen *recalled) {
		lately := seen.made.Before(now) && seen.made.After(now.Add(-watchDelay)) // not by the reconcile of now, which knows it
		may = lately || seen.inTheWay[kindAndName(object)]
	})
	return may
}

func (r *recall) tell(instance client.Object, now time.Time) {
	r.with(instance, func(seen *recalled) { seen.told = now })
}

func (r *recall) lastTold(instance client.Object) (told time.Time) {
	r.with(instance, func(seen *recalled) { told = seen.told })
	return told
}
