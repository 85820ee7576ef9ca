// Package ratelimit bounds how often one client may call one path.
//
// It owns the rules (which limit a path has) and the algorithm of Better-Auth: a counter per client and path that
// starts anew when there was no allowed request for a window (in Redis, as with Better-Auth, a window after the first one). It does not find out who the client is (package
// clientip) and does not answer requests (package httpapi).
//
//	client, path ──► Limiter.Allow ──┬► strict rules ──► Store.Hit (Memory; postgres or redisstore, shared by the replicas)
//	                                 └► Default ───────► batched ┄ each second, or when a credit is used up ┄► Ledger.AddHits
//
// # What is exact
//
// The rules for passwords and mails (Auth) and those of the configuration (Paths) ask the store about each request. So they
// are exact, however many replicas there are. So is every rule in a Memory, for its replica, and in Redis.
//
// # What is counted in batches
//
// With a Ledger, that is with counters in PostgreSQL, the rule Default does not ask about each request. A replica adds what
// it has allowed itself to what the ledger said last, and decides by the sum. It tells the ledger of many counters in one
// statement each second; and of one counter, before it allows another request, when the ledger does not know of credit
// requests of it. The credit is a twentieth of Max, and at least 1.
//
// In any time shorter than the window, R replicas together allow a client at most Max + (R-1) × credit requests of a path.
//
// Proof. Take such a time, I, and call the requests in it that were allowed its requests. A replica admits no request while
// the ledger does not know of credit others, or is just being told of them; so at any moment the ledger does not know of more
// than credit requests of I of each replica. Among the answers of the ledger, in the order in which it gives them, take the
// last after which a replica J allows a request of I before its next answer. No other replica gets a later answer and allows
// a request of I after it, so of its requests the ledger did not know of at most credit when it answered J; together these
// are × credit. All others are J's or known to the ledger then, and at most Max:
//
//   - J adds its own to the answer, and stops at Max. The answer has all requests of I that the ledger knows of: where it
//     began the counter anew, the requests that it left out were a window older than one that it knew of when it answered,
//     so older than I, which has a request from after the answer.
//   - Or J has begun a window of its own, since its last request and the last one in the answer are a window old. Then these
//     are not in I, and J allows credit requests at most, which is not more than Max.
//
// Where there was no such answer, each replica allows at most credit requests. One replica alone decides as Memory does.
//
// The clocks of the replicas may differ: by as much the time must be shorter than the window. R counts each process that
// served in the time, also one that was replaced in it; and a replica once more that forgot the counter, because it had
// 100,000 younger ones. A replica that stops tells everything first; one that crashes takes at most credit requests with it.
// While the ledger is away each replica counts for itself, as with Memory, and tells the ledger of it later. A batch whose
// answer was lost may count twice: that is the strict side.
package ratelimit
