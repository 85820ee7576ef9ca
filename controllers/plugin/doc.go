// Package plugin is what `kubectl gatehouse` does: it shows AuthServices to people and does for them what takes more than
// one kubectl command. It owns the words on the screen, and every request that the commands make; the flags, the terminal
// and exit codes are in cmd/kubectl-gatehouse.
//
//	Cluster ──► Get, Observe ──► Instance ──► WriteStatus, WritePlan (pure: text of a width)
//	        ──► Approve, Rotate, Revoke: one annotation, if nothing changed since it was shown
//	        ──► Wait: a watch until something is so
//	        ──► Logs, Forward: streams of pods
//	Setup   ──► WriteManifest (pure) ──► Cluster.Apply
//
// It never reads the content of a secret: of Secrets it asks for the metadata only. It knows the API and the names and labels
// of resources, not the operator and not the auth server.
package plugin
