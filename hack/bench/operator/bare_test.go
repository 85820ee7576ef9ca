package operator

import (
	"context"
	"strings"
	"sync"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/rest"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// instance is what is written for one AuthService, in the order in which it may be.
type instance struct {
	foundation []client.Object // the migration's Job comes last
	deployment client.Object
	probe      client.Object
}

// instances are those that the operator made, as they would be written by hand.
func (p *plane) instances(t *testing.T, n int) []instance {
	t.Helper()
	byName := map[types.NamespacedName]*instance{}
	for _, list := range []client.ObjectList{
		&corev1.ServiceAccountList{}, &corev1.ConfigMapList{}, &corev1.ServiceList{}, &corev1.SecretList{},
		&policyv1.PodDisruptionBudgetList{}, &batchv1.JobList{}, &appsv1.DeploymentList{},
	} {
		must(t, p.admin.List(t.Context(), list, client.MatchingLabels{resources.LabelManagedBy: resources.ManagedBy}))
		must(t, meta.EachListItem(list, func(item runtime.Object) error {
			object := item.(client.Object)
			name := types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetLabels()[resources.LabelInstance]}
			if byName[name] == nil {
				byName[name] = &instance{}
			}
			byName[name].add(object)
			return nil
		}))
	}
	if len(byName) != n {
		t.Fatalf("there are objects of %d AuthServices, of %d", len(byName), n)
	}
	var all []instance
	for _, i := range byName {
		if i.deployment == nil || i.probe == nil || len(i.foundation) == 0 {
			t.Fatalf("an AuthService has only %v", i)
		}
		all = append(all, *i)
	}
	return all
}

func (i *instance) add(object client.Object) {
	asWritten(object)
	switch {
	case isDeployment(object):
		i.deployment = object
	case object.GetLabels()[resources.LabelProbe] != "":
		i.probe = object
	default:
		i.foundation = append(i.foundation, object)
	}
}

func isDeployment(object client.Object) bool {
	_, is := object.(*appsv1.Deployment)
	return is
}

// asWritten drops what the cluster added.
func asWritten(object client.Object) {
	object.SetUID("")
	object.SetResourceVersion("")
	object.SetCreationTimestamp(metav1.Time{})
	object.SetGeneration(0)
	object.SetManagedFields(nil)
	object.SetOwnerReferences(nil) // the owner does not exist elsewhere
	switch typed := object.(type) {
	case *corev1.Service:
		typed.Spec.ClusterIP, typed.Spec.ClusterIPs = "", nil
	case *appsv1.Deployment:
		typed.Status = appsv1.DeploymentStatus{}
	case *policyv1.PodDisruptionBudget:
		typed.Status = policyv1.PodDisruptionBudgetStatus{}
	case *batchv1.Job:
		typed.Status = batchv1.JobStatus{}
		typed.Spec.Selector = nil
		for _, labels := range []map[string]string{typed.Labels, typed.Spec.Template.Labels} {
			for key := range labels {
				if strings.HasPrefix(key, "batch.kubernetes.io/") || key == "controller-uid" || key == "job-name" {
					delete(labels, key)
				}
			}
		}
	}
}

// bareFigures are those of one round, as those of the operator.
type bareFigures struct {
	stages
	Writes map[string]float64
}

// measureBare writes the objects with a typed client of controller-runtime without a limit on requests, which sends built-in
// kinds as protobuf. Like the operator it does first what goes on with an AuthService that was begun.
func (p *plane) measureBare(t *testing.T, instances []instance) bareFigures {
	t.Helper()
	n := len(instances)
	p.addNamespaces(t, n)
	foundation := p.expect(t, batchv1.SchemeGroupVersion.WithKind("Job"), resources.LabelMigration, n)
	deployments := p.expect(t, appsv1.SchemeGroupVersion.WithKind("Deployment"), "", n)

	b := newBare(t, p.user(t, "bare").Config(), instances)
	begin := time.Now()
	b.write(t, instances)
	f := bareFigures{stages: stages{foundation.since(t, begin), deployments.since(t, begin), b.served.since(t, begin)}}
	f.Writes = tally(p.requests(t, "bare", 0), n, request.changes)
	return f
}

// bare is the client that writes what it is told and nothing else.
type bare struct {
	client client.Client
	// urgent is what goes on with something.
	urgent chan []client.Object
	all    map[types.NamespacedName]instance
	// served is when the last Job was complete.
	served arrival

	mutex                      sync.Mutex
	migrated, available, tried map[types.NamespacedName]bool
}

func newBare(t *testing.T, config *rest.Config, instances []instance) *bare {
	t.Helper()
	b := &bare{
		client: newClient(t, config), urgent: make(chan []client.Object, 2*len(instances)), served: make(arrival, 1),
		all:      map[types.NamespacedName]instance{},
		migrated: map[types.NamespacedName]bool{}, available: map[types.NamespacedName]bool{}, tried: map[types.NamespacedName]bool{},
	}
	for _, i := range instances {
		b.all[nameOf(i.deployment)] = i
	}
	follow(t, config, ours(t, ""), toolscache.ResourceEventHandlerFuncs{
		UpdateFunc: func(_, object any) { b.see(object.(client.Object)) },
	}, &batchv1.Job{}, &appsv1.Deployment{})
	return b
}

// nameOf the AuthService that an object is of.
func nameOf(object client.Object) types.NamespacedName {
	return types.NamespacedName{Namespace: object.GetNamespace(), Name: object.GetLabels()[resources.LabelInstance]}
}

// see says what may be written next.
func (b *bare) see(object client.Object) {
	b.mutex.Lock()
	defer b.mutex.Unlock()
	name := nameOf(object)
	switch typed := object.(type) {
	case *batchv1.Job:
		switch {
		case typed.Status.CompletionTime == nil:
		case typed.Labels[resources.LabelProbe] == "":
			b.next(b.migrated, name, b.all[name].deployment)
		default:
			if b.tried[name] = true; len(b.tried) == len(b.all) {
				b.served.now()
			}
		}
	case *appsv1.Deployment:
		if wanted := *typed.Spec.Replicas; typed.Status.AvailableReplicas >= wanted && typed.Status.UpdatedReplicas == wanted {
			b.next(b.available, name, b.all[name].probe)
		}
	}
}

// next has an object written, once.
func (b *bare) next(done map[types.NamespacedName]bool, name types.NamespacedName, object client.Object) {
	if !done[name] {
		done[name] = true
		b.urgent <- []client.Object{object}
	}
}

// write begins with one instance after the other. It goes on until the test ends.
func (b *bare) write(t *testing.T, instances []instance) {
	t.Helper()
	begun := make(chan []client.Object, len(instances))
	for _, i := range instances {
		begun <- i.foundation
	}
	ctx, cancel := context.WithCancel(t.Context())
	var group sync.WaitGroup
	t.Cleanup(func() { cancel(); group.Wait() })
	for range workers {
		group.Go(func() {
			for ctx.Err() == nil {
				for _, object := range b.take(ctx, begun) {
					if err := b.client.Create(ctx, object); err != nil && ctx.Err() == nil {
						t.Error(err)
					}
				}
			}
		})
	}
}

// take prefers what goes on with something.
func (b *bare) take(ctx context.Context, begun <-chan []client.Object) []client.Object {
	select {
	case objects := <-b.urgent:
		return objects
	default:
	}
	select {
	case objects := <-b.urgent:
		return objects
	case objects := <-begun:
		return objects
	case <-ctx.Done():
		return nil
	}
}
