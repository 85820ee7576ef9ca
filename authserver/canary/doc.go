// Package canary tries whether a running server of a configuration lets users in: sign-up, sign-in, get-session and deletion
// of a reserved user. It works with every configuration that package config accepts.
//
// It owns the order of the steps, what is waited for, and that nothing stays behind. It does not own the client (package
// check) or how users are made and deleted where the HTTP surface does not let it (Users; package server).
//
//	GET /ok ──► get-session: null ──► sign-up ──► sign-in ──► get-session: the user ──► deletion, whatever happened
//
// The user is gatehouse-canary-<random>@canary.invalid, a name that no mail server has. No mail is ever sent to it: where
// sign-up is closed or sends mail, the user is made by the rules of package accounts in the server's store, as anybody with
// the server's secrets could. Sign-in and get-session are always over HTTP, and nothing there treats a canary differently
// from other clients. Where trusted proxies allow it, each request has an address of its own in the header that they use
// (2001:db8::/32, which nobody has), so that no rate limit is used up; where they do not, a refusal is waited for.
//
// A canary that was killed leaves its user behind; a later one deletes it when it is an hour old.
//
// Probe asks through the public URL how the server finds the addresses of clients. Only who has the server's secrets gets an
// answer (package clientip).
package canary
