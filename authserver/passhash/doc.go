// Package passhash hashes passwords: as Better-Auth does, or with argon2id. It takes the NFKC form of a password for both,
// as Better-Auth does.
//
//	Scrypt     <salt>:<key>, both in hex, of the hex text of the salt; 33 MB
//	Argon2id   $argon2id$v=19$m=19456,t=2,p=1$<salt>$<tag>, the PHC string format; 20 MB
//
// New hashes have the configured form. Verification knows both, whatever is configured, so a change of the form locks
// nobody out; Outdated tells which hashes to make anew.
//
// It owns the hash and bounds on how many run at once and how many wait: each takes its memory and tens of milliseconds of
// a core, so a burst of sign-ins queues here instead of exhausting memory; a request that goes away leaves the queue, and
// one that finds it full is refused.
// It also owns the bounds of a password's length. It does not own what a wrong password means (packages accounts, users).
//
//	accounts, users ──► Lengths ──► Hash, Verify ──► queue ──► scrypt, argon2id
package passhash
