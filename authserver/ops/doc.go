// Package ops answers what operators and Kubernetes ask, on a port of its own: /livez, /readyz and /metrics.
//
// Liveness says only that the process answers; it never depends on the database or Redis, since a restart would not bring
// those back. Readiness begins once both have answered and ends with the drain; in between it stays, because taking every
// replica out of service at once does not help while one of them is away.
package ops
