// Package authserver holds what an auth server is about: users, sessions, accounts, custom fields, and the
// coded errors that clients see. It knows neither HTTP nor SQL; it imports the standard library only.
//
//	httpapi ──► accounts, users, sessions, tokens, ratelimit ──► authserver ◄── postgres, redisstore, schema
//
// The rules live in the packages below, the adapters (httpapi, postgres, redisstore) depend on this package and never
// on each other; package storage joins the stores, and only server, which puts them together, knows them all. The server is wire- and data-compatible with
// Better-Auth 1.7.25, so the names of columns, cookies and codes are Better-Auth's.
package authserver
