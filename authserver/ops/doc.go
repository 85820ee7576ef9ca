// Package ops answers what operators and Kubernetes ask, on a port of its own: /livez, /readyz and /metrics.
//
// Liveness says only that the process answers; it never depends on the database, since a restart would not bring that
// back. Readiness begins once the database has answered and ends with the drain; in between it stays, because
// taking every replica out of service at once does not help while the database is away.
package ops
