// Package jwks has the keys of the plugin jwt, which sign tokens that anybody can verify, and their rotation. It shares the
// keys with the real Better-Auth: the rows, and how their private keys are encrypted, are the same.
//
// It owns which key signs, when the next one is made, which are published, and the form of the tokens. It does not own
// the HS256 tokens of GET /jwt (package tokens) or the lock between replicas (the store).
//
//	created ──publish ahead──► signs ──rotation interval──► expired ──grace period──► unpublished
//	rows ──► snapshot (read anew every minute by use, by Publish always) ──► Sign, Publish
//
// A key whose private half none of the secrets decrypts neither signs nor is published; another one is made and signs at once.
// So who takes a secret away that has leaked revokes the tokens that were, or could be, signed with what it encrypted.
//
// What is in a snapshot decides alone, so nothing has to run in the background: a key signs until its successor has been
// published for long enough, however late that is made.
package jwks
