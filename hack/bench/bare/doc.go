// Command bare does the least that an answer takes, as the limit that servers are held against: it is no auth server.
//
// It owns two modes, and shares no code with what is measured.
//
//	bare serve   GET /api/auth/get-session ──► cookie, unverified ──► one joined query ──► encoding/json
//	             on what net/http and pgx offer, with the pool of the server (DATABASE_URL, PORT); no log, no metrics, no limits
//	bare scrypt  hashes with Better-Auth's parameters on all processors for some time ──► {"hashesPerSecond":…}
package main
