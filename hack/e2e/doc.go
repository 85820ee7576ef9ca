// Package e2e walks the path of `make demo` with assertions, on a cluster of its own: the same scripts, the same
// chart and sample, the real better-auth/client. Run it with `make e2e`, which builds what it needs.
//
// It owns what is only true of the whole: that the parts meet in a real Kubernetes, and that nothing of it stays
// on the machine. What one part does is tested beside that part.
//
//	TestDemo: up -> status, children, users, both replicas, helm test -> a change under traffic
//	          -> again, on the current context -> uninstall -> down, nothing left
//
// The steps of TestDemo build on each other; after one has failed the others do not run.
package e2e
