// Package conformance holds the tests that put Gatehouse next to the real Better-Auth 1.7.25 from npm.
//
// It owns what is compared: interchange on one database (users, hashes, cookies, sessions, schema), the answers to
// generated requests (each server with a database of its own), what the unmodified client sees, and what the back ends in
// apps, which users copy, know of a user. The recorded exchanges are replayed elsewhere (authserver/httpapi); starting the
// servers is the business of package servers.
//
//	generated request ──► better-auth ──┐
//	                  ──► gatehouse  ──┴─► equal, or in the list of differences with a reason
package conformance
