package scrypt

import (
	"crypto/pbkdf2"
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"golang.org/x/crypto/scrypt"
)

// The parameters of Better-Auth since 1.0.
const (
	costN     = 16384
	blockSize = 16
	keyBytes  = 64
)

// Memory is what one hash takes, in bytes.
const Memory = 128 * costN * blockSize

// Core computes one key at a time. Its zero value is ready; it takes its memory with the first key and keeps it.
type Core struct {
	// table are the blocks that a key goes through.
	table region
}

// Key derives 64 bytes from a password and a salt.
func (c *Core) Key(password, salt []byte) ([]byte, error) {
	if mixBlocks == nil {
		return scrypt.Key(password, salt, costN, blockSize, 1, keyBytes)
	}
	if err := c.table.take(Memory); err != nil {
		return nil, fmt.Errorf("taking %d MiB for a hash: %w", Memory>>20, err)
	}
	return key(password, salt, costN, blockSize, keyBytes, c.table.words)
}

// Release gives the memory back to the system, and with it what it tells of the last password.
func (c *Core) Release() { c.table.release() }

// key is scrypt with p = 1. The table has 32*n*r words.
func key(password, salt []byte, n, r, length int, table []uint32) ([]byte, error) {
	block, err := pbkdf2.Key(sha256.New, string(password), salt, 1, 128*r)
	if err != nil {
		return nil, err
	}
	mix(block, n, r, table)
	return pbkdf2.Key(sha256.New, string(password), block, 1, length)
}

// stepsOfATurn take less than a millisecond. Requests that do not hash thus wait for the processor as long as that, and not for
// the slices of several milliseconds that the kernel gives to threads which compute.
const stepsOfATurn = 256

// mix is scryptROMix of RFC 7914, in place.
func mix(block []byte, n, r int, table []uint32) {
	words := 32 * r
	x, y, zero := make([]uint32, words), make([]uint32, words), make([]uint32, words)
	row := func(i int) *uint32 { return &table[i*words] }

	arrange(table[:words], block)
	for i := range n - 1 {
		if i%stepsOfATurn == 0 {
			endTurn()
		}
		step(row(i+1), row(i), &zero[0], r)
	}
	step(&x[0], row(n-1), &zero[0], r)

	last := words - 16
	for i := range n / 2 {
		if i%(stepsOfATurn/2) == 0 {
			endTurn()
		}
		step(&y[0], &x[0], row(int(x[last])&(n-1)), r)
		step(&x[0], &y[0], row(int(y[last])&(n-1)), r)
	}
	restore(block, x)
}

// step is mixBlocks where Go can stop the goroutine: when a function is entered that is written in Go. Assembly cannot be
// stopped, and the collector stops everybody else until the last goroutine has stopped.
//
//go:noinline
func step(out, in, other *uint32, r int) { mixBlocks(out, in, other, r) }

// diagonal is the place in a block of 16 words of the word that is kept at i.
func diagonal(i int) int { return i&^15 | i*5&15 }

// arrange brings bytes into the order in which blocks are kept.
func arrange(kept []uint32, block []byte) {
	for i := range kept {
		kept[i] = binary.LittleEndian.Uint32(block[4*diagonal(i):])
	}
}

// restore undoes arrange.
func restore(block []byte, kept []uint32) {
	for i, word := range kept {
		binary.LittleEndian.PutUint32(block[4*diagonal(i):], word)
	}
}
