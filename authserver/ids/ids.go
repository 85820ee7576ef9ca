package ids

import (
	"crypto/rand"
	"io"
)

const (
	alphabet = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	length   = 32
	// limit is the largest multiple of the alphabet's size that fits a byte; bytes from there on are thrown away,
	// otherwise the first characters would be drawn more often.
	limit = 256 - 256%len(alphabet)
)

// Generator draws identifiers. The zero value draws from the operating system.
type Generator struct {
	// Random is the source; nil is crypto/rand.
	Random io.Reader
}

// New returns a new identifier. It panics when the source of randomness fails, since nothing can be safe then.
func (g Generator) New() string {
	source := g.Random
	if source == nil {
		source = rand.Reader
	}
	id := make([]byte, 0, length)
	var batch [length + 16]byte
	for {
		if _, err := io.ReadFull(source, batch[:]); err != nil {
			panic("ids: the source of randomness failed: " + err.Error())
		}
		for _, b := range batch {
			if int(b) >= limit {
				continue
			}
			id = append(id, alphabet[int(b)%len(alphabet)])
			if len(id) == length {
				return string(id)
			}
		}
	}
}
