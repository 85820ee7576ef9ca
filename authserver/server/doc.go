// Package server is the running auth server: it puts the parts together as the configuration says, listens, becomes
// ready, and drains.
//
//	New ──► Listen ──► Run: serve both ports, ready when the stores answer, sweep old counters
//	context done ──► not ready ──► wait until endpoints forgot us ──► Shutdown
//
// It starts while the database, or Redis, is away and stays when it goes away. It has no rules of its own.
package server
