// Package accounts has the rules of sign-up and sign-in with e-mail and password.
//
// It owns the order of the checks, length limits, whether an address must be verified first, and that answers do not tell
// whether an address is known: a hash is computed either way, for an unknown one in the form of new hashes. It does not own the wire (package httpapi), hashes
// (passhash), sessions (sessions) or the links of mails (links).
//
//	SignUp ──► checks ──► look up ──► hash ──► Store.CreateUser (user, account, session and mail in one transaction)
//	SignIn ──► checks ──► Store.CredentialByEmail ──► verify ──► Sessions.Begin ──► hash anew, when the form is another
package accounts
