// Command kubectl-gatehouse is the kubectl plugin `kubectl gatehouse`: init, status, plan, approve, rotate, check and logs. It
// owns flags, questions, files and exit codes; what is done and shown is in controllers/plugin. It is the one program that has
// both halves: check runs the visit of the auth server (authserver/check) through a port-forward.
//
//	main ──► run(ctx, args) ──► a command ──► flags ──► plugin.Cluster ──► plugin
//
// Exit codes: 0 for yes or done; 1 for no: not Ready, in time if it waits, or a check that failed; 2 for what could not be done.
package main
