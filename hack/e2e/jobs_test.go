package e2e

import (
	"context"
	"sync"
	"testing"

	batchv1 "k8s.io/api/batch/v1"
	"k8s.io/apimachinery/pkg/types"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// jobs are all Jobs that were ever seen, by what they are for.
type jobs struct {
	mutex sync.Mutex
	made  map[string]map[types.UID]bool
}

// watchJobs sees Jobs that are gone when somebody looks.
func (d *demo) watchJobs(t *testing.T) *jobs {
	t.Helper()
	watched, err := cache.New(d.config, cache.Options{
		Scheme: d.scheme, DefaultNamespaces: map[string]cache.Config{namespace: {}}})
	if err != nil {
		t.Fatal(err)
	}
	informer, err := watched.GetInformer(t.Context(), &batchv1.Job{}, cache.BlockUntilSynced(false))
	if err != nil {
		t.Fatal(err)
	}
	j := &jobs{}
	j.forget()
	if _, err := informer.AddEventHandler(toolscache.ResourceEventHandlerFuncs{
		AddFunc: func(object any) { j.note(object.(client.Object)) },
	}); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	t.Cleanup(stop)
	go func() { _ = watched.Start(ctx) }()
	return j
}

func (j *jobs) note(job client.Object) {
	work := "attempt " + job.GetAnnotations()[resources.AnnotationAttempt]
	for _, label := range []string{resources.LabelMigration, resources.LabelPlan, resources.LabelCanary, resources.LabelProbe, resources.LabelRekey} {
		if inputs := job.GetLabels()[label]; inputs != "" {
			work = label + "=" + inputs + ", " + work
		}
	}
	j.mutex.Lock()
	defer j.mutex.Unlock()
	if j.made[work] == nil {
		j.made[work] = map[types.UID]bool{}
	}
	j.made[work][job.GetUID()] = true
}

// forget begins anew.
func (j *jobs) forget() {
	j.mutex.Lock()
	defer j.mutex.Unlock()
	j.made = map[string]map[types.UID]bool{}
}

// areSingle holds that no two were made for the same inputs, and says how many there were.
func (j *jobs) areSingle(t *testing.T) int {
	t.Helper()
	j.mutex.Lock()
	defer j.mutex.Unlock()
	all := 0
	for work, made := range j.made {
		all += len(made)
		if len(made) > 1 {
			t.Fatalf("%d Jobs were made for %s", len(made), work)
		}
	}
	return all
}
