package passhash

import (
	"context"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// queue bounds how many hashes run at once, and how much memory they take together.
type queue struct {
	slots, memory *semaphore.Weighted
	// bytes is all of memory.
	bytes   int64
	maxWait time.Duration
}

// newQueue shares a third of the process's memory among hashes; another third is for the garbage that they leave.
func newQueue(workers int, memoryLimit int64, maxWait time.Duration) *queue {
	workers = max(workers, 1)
	bytes := int64(workers) * scryptMemory
	if memoryLimit > 0 {
		bytes = min(bytes, max(memoryLimit/3, 1))
	}
	return &queue{
		slots: semaphore.NewWeighted(int64(workers)), memory: semaphore.NewWeighted(bytes), bytes: bytes, maxWait: maxWait,
	}
}

// enter waits for a turn of a hash that takes so many bytes. One that takes more than there is runs alone. The error is
// the context's, or authserver.ErrBusy.
func (q *queue) enter(ctx context.Context, bytes int64) (leave func(), err error) {
	waiting, cancel := context.WithTimeoutCause(ctx, q.maxWait, authserver.ErrBusy)
	defer cancel()
	bytes = min(bytes, q.bytes)
	if q.slots.Acquire(waiting, 1) != nil {
		return nil, context.Cause(waiting)
	}
	if q.memory.Acquire(waiting, bytes) != nil {
		q.slots.Release(1)
		return nil, context.Cause(waiting)
	}
	return func() {
		q.memory.Release(bytes)
		q.slots.Release(1)
	}, nil
}
