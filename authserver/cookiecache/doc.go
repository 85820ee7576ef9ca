// Package cookiecache seals what a session is into the value of the session_data cookie, and opens it again, so that
// get-session need not ask the database each time. The values are those of Better-Auth 1.7.25, byte for byte.
//
// It owns the three forms (Compact, JWT, JWE), the life of a value and its version. It does not own the cookies and their
// chunks, or what the members of a value mean (package httpapi), or sessions (package sessions).
//
//	"session":{…},"user":{…} ──► Seal ──► cookie value ──► Open ──► {session, user}, or nothing
package cookiecache
