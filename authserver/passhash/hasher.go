package passhash

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"time"

	"golang.org/x/crypto/scrypt"
	"golang.org/x/sync/semaphore"
	"golang.org/x/text/unicode/norm"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// The parameters of Better-Auth since 1.0.
const (
	costN     = 16384
	blockSize = 16
	parallel  = 1
	keyBytes  = 64
	saltBytes = 16
)

// MemoryPerHash is what one running hash takes, in bytes.
const MemoryPerHash = 128 * costN * blockSize

// Hasher hashes and verifies passwords, a bounded number at a time. It is safe for concurrent use.
type Hasher struct {
	slots   *semaphore.Weighted
	random  io.Reader
	maxWait time.Duration
	queued  atomic.Int64
}

// Options configure a Hasher.
type Options struct {
	// Workers is the number of hashes at a time; below 1 it is 1.
	Workers int
	// MaxWait is how long a call waits for its turn before it is refused; 0 is 10 seconds.
	MaxWait time.Duration
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
	return &Hasher{slots: semaphore.NewWeighted(int64(max(o.Workers, 1))), random: o.Random, maxWait: o.MaxWait}
}

// Workers is the number of hashes that should run at a time on so many processors under a memory limit in bytes
// (0 or less: none): one per processor, as long as hashes and the garbage they leave take at most two thirds of it.
func Workers(processors int, memoryLimit int64) int {
	workers := int64(processors)
	if memoryLimit > 0 {
		workers = min(workers, memoryLimit/(3*MemoryPerHash))
	}
	return int(max(workers, 1))
}

// Queued is the number of calls that run or wait for their turn.
func (h *Hasher) Queued() int64 { return h.queued.Load() }

// Hash returns the hash of a password with a new salt. The error is the context's, the random source's, or
// authserver.ErrBusy.
func (h *Hasher) Hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, saltBytes)
	if _, err := io.ReadFull(h.random, salt); err != nil {
		return "", fmt.Errorf("drawing a salt: %w", err)
	}
	text := hex.EncodeToString(salt)
	key, err := h.key(ctx, password, text)
	if err != nil {
		return "", err
	}
	return text + ":" + hex.EncodeToString(key), nil
}

// Verify says whether the hash is one of the password. A hash of another form matches no password.
func (h *Hasher) Verify(ctx context.Context, hash, password string) (bool, error) {
	salt, want, found := strings.Cut(hash, ":")
	if !found {
		salt, want = "", ""
	}
	key, err := h.key(ctx, password, salt)
	if err != nil {
		return false, err
	}
	got := hex.EncodeToString(key)
	return salt != "" && subtle.ConstantTimeCompare([]byte(got), []byte(want)) == 1, nil
}

func (h *Hasher) key(ctx context.Context, password, salt string) ([]byte, error) {
	h.queued.Add(1)
	defer h.queued.Add(-1)
	waiting, cancel := context.WithTimeoutCause(ctx, h.maxWait, authserver.ErrBusy)
	defer cancel()
	if h.slots.Acquire(waiting, 1) != nil {
		return nil, fmt.Errorf("waiting for a turn to hash: %w", context.Cause(waiting))
	}
	defer h.slots.Release(1)
	return scrypt.Key([]byte(norm.NFKC.String(password)), []byte(salt), costN, blockSize, parallel, keyBytes)
}
