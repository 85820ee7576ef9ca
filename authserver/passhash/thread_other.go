//go:build !linux

package passhash

// aside does work.
func aside(work func()) { work() }
