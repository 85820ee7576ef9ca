// Package resources holds the builders of every Kubernetes object of an AuthService: one file per kind, pure functions
// from (AuthService, Inputs) to objects, with goldens in testdata/<kind>/<case>.yaml (go test -update rewrites them).
// It also renders the configuration of the auth server and reads the report of a migration, so that it is the one place
// where the operator meets authserver/config.
//
//	Build ──► Foundation: ServiceAccount, ConfigMap, Service, and what sections of the spec add
//	      ──► Migration:  Job, named by its inputs
//	      ──► Deployment: for when the migration is complete
//	      ──► Rekey:      Job, while a key waits for what the database keeps
//
// Ring is the generated secret: its keys, the notes about them, and the step of a rotation that is due.
//
// It does not own clients, clocks or randomness, and knows nothing of the state of the cluster but what Inputs tells.
package resources
