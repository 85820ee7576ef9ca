// Package e2e walks the path of `make demo` with assertions, on a cluster of its own: the same scripts, the same
// chart and sample, the real better-auth/client. Run it with `make e2e`, which builds what it needs.
//
// It owns what is only true of the whole: that the parts meet in a real Kubernetes, and that nothing of it stays
// on the machine. What one part does is tested beside that part.
//
//	TestDemo: up -> status, children, users, both replicas, helm test
//	          -> scenarios: something happens to the AuthService, under load or not, and it is Ready again
//	          -> again, on the current context -> uninstall -> down, nothing left
//
// The steps before and after the scenarios build on each other; after one has failed the others do not run. The
// scenarios share the cluster and a crowd of users. `make test` runs a few of them and names the others; `make e2e`
// runs all. What each measured is in bin/e2e-figures.txt, which both print at the end.
package e2e
