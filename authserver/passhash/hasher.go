package passhash

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/text/unicode/norm"

	"github.com/gatehouse-auth/gatehouse/authserver/scrypt"
)

// Form is the form of new hashes.
type Form string

// The forms of hashes.
const (
	// Scrypt is the form of Better-Auth since 1.0, the only one that it verifies by itself.
	Scrypt Form = "Scrypt"
	// Argon2id is the form that RFC 9106 describes, with parameters that take less memory than scrypt's.
	Argon2id Form = "Argon2id"
)

const saltBytes = 16

// scheme is one form with one set of parameters. Schemes can be compared.
type scheme interface {
	// memory is what one hash takes, in bytes.
	memory() int64
	// salt returns the salt of random bytes.
	salt(drawn []byte) []byte
	// hash returns what is stored.
	hash(cores *cores, password, salt []byte) (string, error)
}

// parse returns the scheme and the salt of a hash; ok is false when it is a hash of neither form.
func parse(hash string) (s scheme, salt []byte, ok bool) {
	if text, _, found := strings.Cut(hash, ":"); found {
		return scryptScheme{}, []byte(text), text != ""
	}
	return parseArgon2id(hash)
}

// Hasher hashes and verifies passwords, a bounded number at a time. It is safe for concurrent use.
type Hasher struct {
	// current is the scheme of new hashes.
	current scheme
	queue   *queue
	cores   cores
	spell   spell
	random  io.Reader
}

// Workers is how many hashes New lets run at a time, at most, with so many processors and bytes of memory: argon2id takes less
// than scrypt.
func Workers(processors int, memoryLimit int64) int {
	return max(min(processors, int(memoryOf(processors, memoryLimit)/newArgon2id.memory())), 1)
}

// Memory is what those hashes take outside the heap, at most, in bytes.
func Memory(processors int, memoryLimit int64) int64 {
	return max(memoryOf(processors, memoryLimit)/scrypt.Memory, 1) * scrypt.Memory
}

// Options configure a Hasher.
type Options struct {
	// Form is that of new hashes; "" is Scrypt.
	Form Form
	// Workers is the number of hashes at a time; below 1 it is 1.
	Workers int
	// MemoryLimit is that of the process in bytes: hashes and the garbage they leave take at most two thirds of it, except
	// that one hash may always run. 0 or less is none.
	MemoryLimit int64
	// MaxWait is how long a call waits for its turn before it is refused; 0 is 10 seconds.
	MaxWait time.Duration
	// Hashing is told of the beginning of a time in which passwords are hashed, and of its end; nil is nobody.
	Hashing func(on bool)
	// Random is the source of salts; nil is crypto/rand.
	Random io.Reader
}

// defaultMaxWait is about as long as people wait for a sign-in.
const defaultMaxWait = 10 * time.Second

// New returns a Hasher.
func New(o Options) *Hasher {
	if o.Random == nil {
		o.Random = rand.Reader
	}
	if o.MaxWait == 0 {
		o.MaxWait = defaultMaxWait
	}
	h := &Hasher{current: scryptScheme{}, queue: newQueue(o.Workers, o.MemoryLimit, o.MaxWait), random: o.Random}
	h.spell.changed = func(on bool) {
		if !on {
			h.cores.release()
		}
		if o.Hashing != nil {
			o.Hashing(on)
		}
	}
	if o.Form == Argon2id {
		h.current = newArgon2id
	}
	return h
}

// Queued is the number of calls that run or wait for their turn.
func (h *Hasher) Queued() int64 { return h.queue.present.Load() }

// Refused is the number of calls that found the queue full or waited too long.
func (h *Hasher) Refused() int64 { return h.queue.refused.Load() }

// Hash returns the hash of a password with a new salt. The error is the context's, the random source's, or
// authserver.ErrBusy.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	drawn := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.random, drawn); err != nil {
		return "", fmt.Errorf("drawing a salt: %w", err)
	}
	return h.hash(ctx, h.current, password, h.current.salt(drawn))
}

// Verify says whether the hash is one of the password. A hash of neither form matches no password, after the time that
// one of the configured form takes.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	s, salt, ok := parse(hash)
	if !ok {
		s, salt = h.current, nil
	}
	got, err := h.hash(ctx, s, password, salt)
	if err != nil {
		return false, err
	}
	return ok && subtle.ConstantTimeCompare([]byte(got), []byte(hash)) == 1, nil
}

// Outdated says whether a hash has another form, or other parameters, than a new one would have.
func (h *Hasher) Outdated(hash string) bool {
	s, _, ok := parse(hash)
	return !ok || s != h.current
}

// hash waits for a turn.
func (h *Hasher) hash(ctx context.Context, s scheme, password string, salt []byte) (string, error) {
	var hash string
	var failure error
	work := func() {
		h.spell.enter()
		defer h.spell.leave()
		hash, failure = s.hash(&h.cores, []byte(norm.NFKC.String(password)), salt)
	}
	if err := h.queue.do(ctx, s.memory(), work); err != nil {
		return "", fmt.Errorf("waiting for a turn to hash: %w", err)
	}
	return hash, failure
}
