package operator

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os/exec"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	"k8s.io/apimachinery/pkg/api/meta"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/controllers/resources"
)

// operator is the program as it is shipped, as a process.
type operator struct {
	*process
	address string
	client  *http.Client
}

// build is the path of the operator's program, made from the tree as it is.
func build(t *testing.T) string {
	t.Helper()
	path := t.TempDir() + "/operator"
	output, err := exec.CommandContext(t.Context(), "go", "build", "-trimpath", "-o", path, root+"/controllers/cmd/operator").CombinedOutput()
	if err != nil {
		t.Fatalf("build the operator: %v: %s", err, output)
	}
	return path
}

// run starts an operator that does not wait for a lease of its predecessor's.
func (p *plane) run(t *testing.T, program string) *operator {
	t.Helper()
	o := &operator{address: freeAddress(t), client: p.asAdmin(t)}
	o.process = start(t, p.path("operator.log"), program,
		"--kubeconfig="+p.kubeconfig(t, "operator.kubeconfig", p.user(t, "operator")), "--authserver-image=docker.io/gatehouse/authserver:bench",
		"--metrics-bind-address="+o.address, "--metrics-client-ca="+p.clientCA(), "--health-probe-bind-address=0")
	return o
}

// stages are how many seconds it took until all was written that needs no Job, until each had its Deployment, and until each
// was Ready.
type stages struct{ Foundation, Deployments, Ready float64 }

// operatorFigures are those of one round. What is counted is for each AuthService.
type operatorFigures struct {
	stages
	Writes, Reads map[string]float64
	// Peak and Settled memory in MiB.
	Peak, Settled float64
	// QueueP50 and QueueP99 are for how many seconds an AuthService waited for a worker.
	QueueP50, QueueP99 float64
	// Processor is what the operator used of the processors, in seconds.
	Processor float64
	// Resyncs is how often all were reconciled again, and ResyncWrites how many writes, events included, that took in all.
	Resyncs      int
	ResyncWrites int
	// ResyncMemory is the memory of the operator that only resynced.
	ResyncMemory float64
}

// measureOperator gives the objects too that it made.
func (p *plane) measureOperator(t *testing.T, program string, n int) (operatorFigures, []instance) {
	t.Helper()
	p.addNamespaces(t, n)
	p.addAuthServices(t, n)
	foundation := p.expect(t, batchv1.SchemeGroupVersion.WithKind("Job"), resources.LabelMigration, n)
	deployments := p.expect(t, appsv1.SchemeGroupVersion.WithKind("Deployment"), "", n)

	begin := time.Now()
	o := p.run(t, program)
	f := operatorFigures{stages: stages{Foundation: foundation.since(t, begin), Deployments: deployments.since(t, begin)}}
	eventually(t, func(ctx context.Context) error { return o.allReady(ctx, n) })
	f.Ready = time.Since(begin).Seconds()
	f.addSettled(t, o)
	p.areReady(t, n)

	requests := p.requests(t, "operator", 0)
	f.Writes, f.Reads = tally(requests, n, request.changes), tally(requests, n, request.reads)
	o.terminate()
	f.addResyncs(t, p, program, n)
	return f, p.instances(t, n)
}

// addSettled waits until the operator has nothing left to do.
func (f *operatorFigures) addSettled(t *testing.T, o *operator) {
	t.Helper()
	o.settle(t)
	seen, err := o.metrics(t.Context())
	must(t, err)
	f.QueueP50, f.QueueP99 = seen.quantile("workqueue_queue_duration_seconds", 0.5), seen.quantile("workqueue_queue_duration_seconds", 0.99)
	f.Peak, f.Settled = o.memory(t)
	f.Processor = o.processorSeconds(t)
}

// addResyncs starts the operator again, each time to reconcile all: more often than the hour would bring it, in which the cache
// of controller-runtime, whose period is 10 hours, does so a tenth of a time.
func (f *operatorFigures) addResyncs(t *testing.T, p *plane, program string, n int) {
	t.Helper()
	before := len(p.requests(t, "operator", 0))
	for f.Resyncs = range 2 {
		o := p.run(t, program)
		eventually(t, func(ctx context.Context) error { return o.allReady(ctx, n) })
		o.settle(t)
		_, f.ResyncMemory = o.memory(t)
		o.terminate()
	}
	f.Resyncs++
	for _, r := range p.requests(t, "operator", before) {
		if r.changes() || r.ObjectRef.Resource == "events" {
			f.ResyncWrites++
		}
	}
}

// allReady asks the operator, which has an answer sooner and for less than the API server would.
func (o *operator) allReady(ctx context.Context, n int) error {
	seen, err := o.metrics(ctx)
	if err != nil {
		return err
	}
	if ready := seen.sum("gatehouse_authservice_ready"); ready != float64(n) {
		return fmt.Errorf("%.0f of %d AuthServices are Ready", ready, n)
	}
	return nil
}

// settle waits until the operator has finished no reconcile for a while.
func (o *operator) settle(t *testing.T) {
	t.Helper()
	const asks = 15
	last, same := -1.0, 0
	eventually(t, func(ctx context.Context) error {
		seen, err := o.metrics(ctx)
		if err != nil {
			return err
		}
		if now := seen.sum("controller_runtime_reconcile_total"); now != last {
			last, same = now, 0
		}
		if same++; same < asks {
			return errors.New("the operator is at work")
		}
		return nil
	})
}

// areReady asks the API server.
func (p *plane) areReady(t *testing.T, n int) {
	t.Helper()
	list := &v1alpha1.AuthServiceList{}
	must(t, p.admin.List(t.Context(), list))
	ready := 0
	for i := range list.Items {
		if meta.IsStatusConditionTrue(list.Items[i].Status.Conditions, v1alpha1.ConditionReady) {
			ready++
		}
	}
	if ready != n {
		t.Fatalf("%d of %d AuthServices are Ready", ready, n)
	}
}
