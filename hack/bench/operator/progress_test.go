package operator

import (
	"context"
	"fmt"
	"testing"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/selection"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/controllers"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// patience bounds each wait.
const patience = 20 * time.Minute

// arrival is when the last of so many objects was made.
type arrival chan time.Time

// expect n objects of a kind that have a label; an empty label stands for that of all our objects.
func (p *plane) expect(t *testing.T, kind schema.GroupVersionKind, label string, n int) arrival {
	t.Helper()
	done := make(arrival, 1)
	seen := 0
	object := &metav1.PartialObjectMetadata{}
	object.SetGroupVersionKind(kind)
	follow(t, p.adminUser.Config(), ours(t, label), toolscache.ResourceEventHandlerFuncs{AddFunc: func(any) {
		if seen++; seen == n {
			done.now()
		}
	}}, object)
	return done
}

// follow kinds of objects until the test ends.
func follow(t *testing.T, config *rest.Config, selector labels.Selector, handler toolscache.ResourceEventHandler, kinds ...client.Object) {
	t.Helper()
	scheme, err := controllers.NewScheme()
	must(t, err)
	followed, err := cache.New(config, cache.Options{Scheme: scheme, DefaultLabelSelector: selector, DefaultTransform: cache.TransformStripManagedFields()})
	must(t, err)
	for _, kind := range kinds {
		informer, err := followed.GetInformer(t.Context(), kind, cache.BlockUntilSynced(false))
		must(t, err)
		_, err = informer.AddEventHandler(handler)
		must(t, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		if err := followed.Start(ctx); err != nil {
			t.Error(err)
		}
	}()
	t.Cleanup(func() { cancel(); <-ended })
	if !followed.WaitForCacheSync(ctx) {
		t.Fatal("no list of what is followed")
	}
}

func ours(t *testing.T, label string) labels.Selector {
	t.Helper()
	selector := labels.SelectorFromSet(labels.Set{resources.LabelManagedBy: resources.ManagedBy})
	if label == "" {
		return selector
	}
	exists, err := labels.NewRequirement(label, selection.Exists, nil)
	must(t, err)
	return selector.Add(*exists)
}

// now it is; once.
func (a arrival) now() {
	select {
	case a <- time.Now():
	default:
	}
}

// since is how many seconds after a moment it came.
func (a arrival) since(t *testing.T, begin time.Time) float64 {
	t.Helper()
	select {
	case when := <-a:
		return when.Sub(begin).Seconds()
	case <-time.After(patience):
		t.Fatalf("not all objects were made within %s", patience)
	}
	return 0
}

// eventually asks again until there is no error.
func eventually(t *testing.T, check func(context.Context) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	ticker := time.NewTicker(200 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := check(ctx)
		if err == nil {
			return
		}
		select {
		case <-ctx.Done():
			t.Fatal(fmt.Errorf("not within %s: %w", patience, err))
		case <-ticker.C:
		}
	}
}
