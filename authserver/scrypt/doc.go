// Package scrypt computes the one scrypt that Better-Auth uses, N = 16384, r = 16, p = 1, in less than two thirds of the time of
// x/crypto and in memory that is used again for the next hash.
//
// It owns the mixing of blocks with vector instructions, on amd64 with AVX, and the memory for it. Everywhere
// else it is x/crypto, which leaves the memory of each hash to the garbage collector. It does not own the form of stored
// hashes or how many are computed at once (package passhash does).
//
//	Key ──► PBKDF2 ──► 2 KiB ──► mix: fill 32 MiB, then read them in an order that the content decides ──► PBKDF2
//
// A block of 16 words is kept in the order of the diagonals of its 4x4 square, so that one instruction does the same step of
// four columns, or of four rows after a rotation of three of the vectors (as Colin Percival's own code for SSE2 does).
package scrypt
