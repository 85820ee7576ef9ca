// Package check walks through an auth server as a browser would: health, sign-up, sign-in, session, custom fields,
// JWT, sign-out and, if it is told so, deletion. It works against any base URL, ours or a Better-Auth server, and knows nothing but HTTP.
//
// It owns the order of the steps and what to do about each failure. It does not own the output's destination or exit
// codes (cmd/authserver does), and never shows a password, a token or a cookie.
//
//	Options ──► Run ──► steps, in order ──► client (origin, cookies, limits) ──► server
//	                ──► Step, as it ends ──► observe
//	                ──► Report
//
// A step that everything else needs (health to session) ends the run when it fails; the others do not.
//
// Client is also the one of package canary.
package check
