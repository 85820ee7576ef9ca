// Package operator measures the operator on a real control plane: kube-apiserver, etcd, kube-controller-manager and
// kube-scheduler, with nodes of KWOK on which pods only claim to run. Run it with `make bench-operator`.
//
//	control plane, new ──► AuthServices ──► the operator starts ──► all are Ready ──► it starts again, twice ──► figures
//	control plane, new ─────────────────► a bare client writes the same objects ─────────────────────────────► figures
//
// A round is one of each, so that both meet the same machine. The AuthServices exist before the operator starts, so that who
// creates them takes no time from it. The bare client is given the very objects that the operator made in the same round. What
// depends on something depends on it for both: the Deployment is written when the migration's Job is complete, and the Job
// that tries the Service out when the Deployment is available.
//
// `make test` only makes sure that it works: with two AuthServices, without nodes.
package operator
