package e2e

import "testing"

func TestDemo(t *testing.T) {
	d := newDemo(t)
	before := observeHost(t)
	for _, step := range []struct {
		name string
		run  func(*testing.T)
	}{
		{"comes up and signs a user up and in", d.comesUp},
		{"reports a ready status", d.statusIsReady},
		{"has the children of two replicas", d.childrenExist},
		{"runs under Pod Security restricted", d.podSecurityIsEnforced},
		{"stores what the client sent", d.userIsStored},
		{"serves the session from both replicas", d.sessionIsSharedByReplicas},
		{"passes helm test", d.helmTestPasses},
		{"rolls a change out without a failed request", d.changeRollsWithoutFailures},
		{"runs on the current context", d.runsOnCurrentContext},
		{"loses its children, and not its data, with the AuthService", d.deletionKeepsData},
		{"leaves the CRD when the chart is uninstalled", d.uninstallKeepsCRD},
	} {
		if !t.Run(step.name, step.run) {
			d.explain(t)
			return
		}
	}
	t.Run("leaves nothing on the machine", func(t *testing.T) { d.leavesNothing(t, before) })
}
