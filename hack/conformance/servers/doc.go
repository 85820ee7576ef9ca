// Package servers starts, for tests, the two servers that are compared: the real Better-Auth from npm and ours.
//
// It owns their processes: one Settings value is translated for both, each listens on a free loopback port, and is
// stopped when its test ends, however that test ends. It owns no database (pgtest does) and compares nothing.
//
//	Settings ──► environment of reference/server.mjs ──► node
//	         ──► config.yaml and environment         ──► authserver migrate, authserver serve
//
// It also starts the back ends of apps, which ask one of the two.
//
// Both migrate the database first, so they may share one: the second finds nothing to do.
package servers
