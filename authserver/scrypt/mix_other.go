//go:build !amd64

package scrypt

// mixBlocks is nil: x/crypto does the work.
var mixBlocks func(out, in, other *uint32, r int)
