// Package ratelimit bounds how often one client may call one path.
//
// It owns the rules (which limit a path has) and the algorithm of Better-Auth: a counter per client and path that
// starts anew when there was no allowed request for a window (in Redis, as with Better-Auth, a window after the first one). It does not find out who the client is (package
// clientip) and does not answer requests (package httpapi).
//
//	client, path ──► Limiter.Allow ──► Store.Hit (Memory; postgres or redisstore, shared by the replicas)
package ratelimit
