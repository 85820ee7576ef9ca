// Package bench measures the auth server beside the real Better-Auth and beside a bare handler, on one PostgreSQL, with the
// same requests, in turns. Run it with `make bench`; README.md says what the figures mean.
//
// It owns the scenarios, the targets and the way to measure. How figures are written down is the business of package report,
// the bare handler that of package bare. What the answers are like is tested elsewhere; here they only must not be errors.
//
//	scenario ──► database with users and sessions, one process for each contestant
//	         ──► round: for each contestant a turn: check answers ─► warm up ─► settle ─► wrk ─► figures
//	         ──► results/auth.json ──► results/auth.md, results/auth.svg
//
// `make test` runs one short round of a few scenarios, which says that all of this works, and nothing of speed.
package bench
