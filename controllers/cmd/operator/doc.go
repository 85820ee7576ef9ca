// Command operator watches AuthServices and runs an auth server for each. It owns flags, logging, and the wiring of the
// controller to a manager (leader election, caches, probes, metrics); what is done about an AuthService is in controllers.
//
//	main ──► run(ctx, args) ──► options ──► manager ──► controllers.Reconciler
package main
