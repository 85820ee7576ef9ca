// Package redisstore keeps sessions, verification values and rate limit counters in Redis, under the keys and in the form
// of Better-Auth 1.7.25 with secondaryStorage, so that both servers may use one Redis (6.2 or later) at the same time.
//
// It owns those keys, the connection, and what of a change must not be torn: each of its changes is one Lua script. It owns
// no rule, and neither users nor accounts, which stay in PostgreSQL (package storage joins the two).
//
//	<token>                             {"session":{…},"user":{…}}           until the session ends
//	active-sessions-<user id>           [{"token","expiresAt"}], by end      until the last one ends
//	revoked-sessions-before-<user id>   milliseconds: older ones are dead    the life of a session, a day at least
//	verification:<identifier>           {"value","expiresAt",…}              until it expires
//	<client>|<path>                     a counter                            a window, from its first request
//
// A session that was revoked does not come back: whoever extends it, or writes its user anew, replaces only the very
// value that was read. Redis Cluster is not supported, because the keys of one user are in different slots there.
package redisstore
