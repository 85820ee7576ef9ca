package operator

import (
	"context"
	"flag"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"

	batchv1 "k8s.io/api/batch/v1"

	"github.com/gatehouse-auth/gatehouse/controllers/resources"
	"github.com/gatehouse-auth/gatehouse/hack/bench/report"
)

var (
	sizes  = flag.String("sizes", "", "comma-separated numbers of AuthServices to measure with; none by default")
	rounds = flag.Int("rounds", 5, "how often to measure each of up to 1,000; more than these are measured once")
	add    = flag.Bool("add", false, "add the rounds to those in hack/bench/results instead of replacing them")
)

// round is one measurement of the operator and of the bare client.
type round struct {
	Machine      string
	AuthServices int
	Operator     operatorFigures
	Bare         bareFigures
}

// TestFigures measures with the sizes that make bench-operator asks for; with none, it shows that this can be measured.
func TestFigures(t *testing.T) {
	if *sizes == "" {
		measuresTwo(t)
		return
	}
	all := readResults(t)
	program := build(t)
	for size := range strings.SplitSeq(*sizes, ",") {
		n, err := strconv.Atoi(size)
		must(t, err)
		times := *rounds
		if n > 1000 {
			times = 1
		}
		for i := range times {
			var r round
			t.Run(fmt.Sprintf("%d/%d", n, i+1), func(t *testing.T) { r = measure(t, program, n) })
			if t.Failed() {
				return
			}
			all = append(all, r)
			writeResults(t, all)
		}
	}
}

// measure has a control plane for each, so that none has the traces of the other.
func measure(t *testing.T, program string, n int) round {
	t.Helper()
	machine, err := report.ThisMachine()
	must(t, err)
	r := round{Machine: machine.Line(runtime.Version()), AuthServices: n}
	var objects []instance
	t.Run("operator", func(t *testing.T) {
		p := newPlane(t)
		p.addControllers(t)
		r.Operator, objects = p.measureOperator(t, program, n)
	})
	t.Run("bare", func(t *testing.T) {
		p := newPlane(t)
		p.addControllers(t)
		r.Bare = p.measureBare(t, objects)
	})
	t.Logf("%+v", r)
	return r
}

// measuresTwo has two AuthServices get as far as they can without nodes.
func measuresTwo(t *testing.T) {
	t.Helper()
	p := newPlane(t)
	const n = 2
	p.addNamespaces(t, n)
	p.addAuthServices(t, n)
	jobs := p.expect(t, batchv1.SchemeGroupVersion.WithKind("Job"), resources.LabelMigration, n)
	o := p.run(t, build(t))
	eventually(t, func(ctx context.Context) error {
		_, err := o.metrics(ctx)
		return err
	})
	select {
	case <-jobs:
	case <-o.ended:
		log, err := os.ReadFile(p.path("operator.log"))
		t.Fatalf("the operator ended: %v: %s", err, log)
	}
	o.settle(t)
	seen, err := o.metrics(t.Context())
	must(t, err)
	if reconciles := seen.sum("controller_runtime_reconcile_total"); reconciles < n {
		t.Errorf("the metrics have %g reconciles", reconciles)
	}
	requests := p.requests(t, "operator", 0)
	if writes := tally(requests, n, request.changes); writes["create jobs"] != 1 || total(writes) < 6 {
		t.Errorf("the writes of each are %v", writes)
	}
	if peak, now := o.memory(t); now < 1 || peak < now {
		t.Errorf("memory: %g MiB of %g", now, peak)
	}
}
