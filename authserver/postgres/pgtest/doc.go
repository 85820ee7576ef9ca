// Package pgtest gives tests a real PostgreSQL: Database returns the URL of a fresh, empty database.
//
// It owns a throw-away server, one per test process, on a random loopback port with its data in a temporary
// directory; or, when DATABASE_URL is set, databases of its own on that server. It knows no tables.
//
//	Database ──► shared server (once): initdb'ed template from the user's cache ──► copy ──► postgres
//	         ──► CREATE DATABASE ──► URL; dropped when the test ends
//	Secured  ──► a server of its own, which takes connections by TLS only
//	Pooled   ──► a PgBouncer in front of a database
//	Durable  ──► a server of its own with the defaults of PostgreSQL, for measurements
//
// The server's keeper is a shell that reads a pipe from the test process. However that process ends, the
// pipe closes, and the keeper stops the server and removes its data; so nothing needs a TestMain, and a
// killed test leaves nothing running.
package pgtest
