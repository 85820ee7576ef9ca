package e2e

import (
	"context"
	"flag"
	"testing"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
)

var scenarios = flag.String("scenarios", "few", "which scenarios run between the steps of the demo: few, within the time of the gate, or all")

// step is one subtest of TestDemo.
type step struct {
	name string
	run  func(*testing.T)
}

// scenario is something that happens to a running AuthService. Each leaves it Ready.
type scenario struct {
	step
	// few says that it also runs among the few.
	few bool
}

func TestDemo(t *testing.T) {
	if *scenarios != "few" && *scenarios != "all" {
		t.Fatalf("-scenarios=%s: it may be few or all", *scenarios)
	}
	d := newDemo(t)
	before := observeHost(t)
	if !d.walk(t, []step{
		{"comes up and signs a user up and in", d.comesUp},
		{"reports a ready status", d.statusIsReady},
		{"has the children of two replicas", d.childrenExist},
		{"runs under Pod Security restricted", d.podSecurityIsEnforced},
		{"stores what the client sent", d.userIsStored},
		{"serves the session from both replicas", d.sessionIsSharedByReplicas},
		{"passes helm test", d.helmTestPasses},
		{"lets more users sign up and in", d.usersArrive},
	}) {
		return
	}
	d.play(t, d.scenarios())
	if !d.walk(t, []step{
		{"runs on the current context", d.runsOnCurrentContext},
		{"loses its children, and not its data, with the AuthService", d.deletionKeepsData},
		{"leaves the CRD when the chart is uninstalled", d.uninstallKeepsCRD},
	}) {
		return
	}
	t.Run("leaves nothing on the machine", func(t *testing.T) { d.leavesNothing(t, before) })
}

func (d *demo) scenarios() []scenario {
	return []scenario{
		{step{"nobody notices a change of the configuration", d.configurationChanges}, true},
		{step{"nobody notices a new custom field", d.customFieldIsAdded}, true},
		{step{"nobody notices another image, or its return", d.imageChanges}, false},
		{step{"nobody notices another password of the database", d.databasePasswordRotates}, false},
		{step{"nobody notices that the keys of cookies rotate", d.keysRotate}, false},
		{step{"nobody notices other numbers of replicas", d.replicasChange}, false},
		{step{"nobody notices a restart of the operator", d.operatorRestarts}, false},
		{step{"a migration waits for its approval", d.planIsApproved}, false},
		{step{"bad versions are stopped, and the good one goes on", d.badVersionsAreStopped}, false},
		{step{"kubectl gatehouse shows and checks it", d.pluginWorks}, false},
		{step{"a server is killed", d.serverIsKilled}, true},
		{step{"the operator is killed twice during a migration", d.operatorIsKilled}, false},
		{step{"a migration is killed at its start, before a lock and at an index", d.migrationIsKilled}, false},
		{step{"a migration is killed while it fills a column", d.backFillIsKilled}, false},
		{step{"what is changed or deleted by hand comes back", d.driftIsCorrected}, true},
		{step{"namespaces with AuthServices go", d.namespacesGo}, false},
		{step{"the API server is killed", d.apiServerIsKilled}, false},
		{step{"the database is killed, and away for 30 s", d.databaseIsKilled}, false},
		{step{"the database hangs for 30 s", d.databaseHangs}, false},
		{step{"nobody notices that the chart is uninstalled and upgraded", d.chartIsReplaced}, false},
		{step{"200 are served in 20 namespaces", d.manyAreServed}, false},
	}
}

// walk takes steps that build on each other: after one has failed the others do not run.
func (d *demo) walk(t *testing.T, steps []step) bool {
	for _, step := range steps {
		if !t.Run(step.name, step.run) {
			d.explain(t)
			return false
		}
	}
	return true
}

// play runs the scenarios that were asked for, and says which were not. After one that has failed the others begin with
// the spec of before.
func (d *demo) play(t *testing.T, all []scenario) {
	d.jobs = d.watchJobs(t)
	auth, err := d.auth(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		if !s.few && *scenarios == "few" {
			d.figures.printf("left to `make e2e`: %s\n", s.name)
			continue
		}
		if !t.Run(s.name, s.run) {
			d.explain(t)
			d.restore(t, auth.Spec)
		}
	}
}

func (d *demo) restore(t *testing.T, spec v1alpha1.AuthServiceSpec) {
	t.Helper()
	eventually(t, func(ctx context.Context) error {
		auth, err := d.auth(ctx)
		if err != nil {
			return err
		}
		auth.Spec = spec
		return d.client.Update(ctx, auth)
	})
	eventually(t, func(ctx context.Context) error { return d.runs(ctx, 2) })
}
