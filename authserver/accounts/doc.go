// Package accounts has the rules of sign-up and sign-in with e-mail and password.
//
// It owns the order of the checks, length limits, and that answers do not tell whether an address is known: a hash is
// computed either way. It does not own the wire (package httpapi), hashes (passhash) or sessions (sessions).
//
//	SignUp ──► checks ──► look up ──► hash ──► Store.CreateUser (user, account and session in one transaction)
//	SignIn ──► checks ──► Store.CredentialByEmail ──► verify ──► Sessions.Begin
package accounts
