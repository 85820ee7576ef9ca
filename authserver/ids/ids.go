package ids

import (
	"crypto/rand"
	"io"
)

// The alphabets of Better-Auth's identifiers.
const (
	// Alphanumeric is that of rows, sessions and most tokens.
	Alphanumeric = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
	// LowerCase is that of tokens to delete an account.
	LowerCase = "0123456789abcdefghijklmnopqrstuvwxyz"
	// URLSafe is that of the states and verifiers of OAuth.
	URLSafe = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ-_"
)

const length = 32

// Generator draws identifiers. The zero value draws from the operating system.
type Generator struct {
	// Random is the source; nil is crypto/rand.
	Random io.Reader
}

// New returns a new identifier.
func (g Generator) New() string { return g.Draw(Alphanumeric, length) }

// Draw returns a text of an alphabet with at most 256 letters. It panics when the source of randomness fails, since
// nothing can be safe then.
func (g Generator) Draw(alphabet string, length int) string {
	source := g.Random
	if source == nil {
		source = rand.Reader
	}
	// limit is the largest multiple of the alphabet's size that fits a byte; bytes from there on are thrown away,
	// otherwise the first characters would be drawn more often.
	limit := 256 - 256%len(alphabet)
	id := make([]byte, 0, length)
	var batch [48]byte
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
