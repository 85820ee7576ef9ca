// Package passhash hashes passwords as Better-Auth does: "<salt>:<key>", both in hex, with scrypt over the NFKC form
// of the password and the hex text of the salt.
//
// It owns the hash and a bound on how many run at once: each takes 33 MB and tens of milliseconds of a core, so
// a burst of sign-ins queues here instead of exhausting memory; a request that goes away leaves the queue.
// It also owns the bounds of a password's length. It does not own what a wrong password means (packages accounts, users).
//
//	accounts, users ──► Lengths ──► Hash, Verify ──► queue ──► scrypt
package passhash
