// Package sessions has the life of a session: it begins at sign-in, is extended by use, and ends by sign-out, by
// revocation or by time.
//
// It owns life times, refresh, freshness, "remember me" and the custom fields. It does not own cookies (package httpapi)
// or who may begin a session (package accounts).
//
//	accounts ──► New, Begin        cookie token ──► Find (read, extend) or Peek (read only)        sign-out ──► End
//	cookie that is the session ──► Admit (ask for its user, extend), where there is no store
//	its owner ──► Update (custom fields)
//	its user ──► List, Revoke, RevokeOthers, RevokeAll
package sessions
