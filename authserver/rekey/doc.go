// Package rekey encrypts with the newest key what older keys encrypted in the database, so that those may be taken away.
//
// It owns what is encrypted where, and the count of what is left. It does not own the ciphers (package tokens) or the tables
// (the store).
//
//	private keys of jwks, tokens of accounts, links of waiting mails ──► Keyring.Renew ──► compare and set
//
// It may run beside servers and beside itself, be killed and be run again at any time: each text is replaced on its own, if
// it is still the one that was read. What none of the keys decrypts is left as it is and counted. It goes over everything
// until nothing old is found, since a server that still encrypts with an older key may have written meanwhile.
//
// Not here is what ends by itself while older keys are still kept: sealed cookies, and in the database the session token in
// the state of an account that is being linked, for ten minutes.
package rekey
