// Package users has the rules of what signed-in users do with themselves: change their name, image and custom fields,
// change or prove their password, list their accounts, and go.
//
// It owns the order of the checks and what makes a deletion legitimate: the password, a fresh session, or the token of a
// mail. It does not own how users come in (package accounts), new addresses (verifications), sessions (sessions), or the
// wire (httpapi).
//
//	session ──► Update ──► fields.Update ──► Store.UpdateUser
//	        ──► ChangePassword, VerifyPassword ──► Store.CredentialOf ──► verify ──► hash ──► Store.ChangePassword
//	        ──► Delete ──► password, token or freshness ──► Store.DeleteUser
//	                   ──► Verifications.CreateVerification (token and mail in one transaction)
package users
