package httpapi_test

import "sync"

// difference is a way in which our answers may differ from the recorded ones.
type difference string

// The allowed differences, all of them. Headers of the HTTP server itself (Date, Connection, Transfer-Encoding and
// Content-Length) are not answers of Better-Auth and are not compared.
const (
	theBrief      difference = "sign-up also answers with session{id, token, expiresAt}, and there is a GET /jwt"
	clientAddress difference = "the client's address is known without X-Forwarded-For"
	retryAfter    difference = "a 429 also has the standard Retry-After"
	bothCookies   difference = "a refresh by an endpoint that needs a session also sends session_token, not only session_data"
	ownPage       difference = "the error page is our own, with a Content-Security-Policy, and no cache keeps it"
	keysCached    difference = "GET /jwks may be cached for minutes, GET /token not at all"
	namedField    difference = "an update that the database would refuse is a 400 that names the field"
	linkOfNobody  difference = "a signed link without an address is a 401"
)

var reasons = map[difference]string{
	theBrief:      "the product's brief promises both; the clients of Better-Auth ignore them",
	clientAddress: "Better-Auth never reads the socket's address: sessions have none and all clients without the header share one rate limit",
	ownPage:       "its text comes with the request, so whoever makes a link can write on it",
	namedField:    "Better-Auth answers an empty 500, from which nobody learns what to correct",
	linkOfNobody:  "Better-Auth answers an empty 500",
	keysCached:    "without the header each verifier, and each cache before it, guesses",
	bothCookies:   "Better-Auth loses the first cookie (contract 4.5); without it the browser forgets a session that goes on",
	retryAfter:    "clients and proxies that do not know Better-Auth read only the standard header",
}

// used counts the differences that the replay met, so that the list holds none that is not needed.
var used = struct {
	sync.Mutex
	counts map[difference]int
}{counts: map[difference]int{}}

func (d difference) meet() {
	used.Lock()
	defer used.Unlock()
	used.counts[d]++
}
