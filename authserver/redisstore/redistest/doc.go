// Package redistest gives tests a real Redis: Start runs an empty one that ends with the test, and that the test may kill
// and start again.
//
// It owns the processes and their data, in a temporary directory; it knows no keys.
//
//	Start ──► keeper ──► redis-server on a Unix socket (WithTLS: also on a loopback port) ──► URL
//	Kill ──► nobody answers ──► Restart ──► the same data, or none
//
// As with package pgtest, the server's keeper is a shell that reads a pipe from the test process: however that ends,
// nothing is left running.
package redistest
