package passhash

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/scrypt"
)

// queue bounds how many hashes run at once, how much memory they take together, and how many wait.
type queue struct {
	slots, memory *semaphore.Weighted
	// bytes is all of memory.
	bytes   int64
	maxWait time.Duration
	// most is how many may be in the queue, those that run included.
	most             int64
	present, refused atomic.Int64
}

// waitingPerWorker is how many hashes a worker gets through in the longest wait, 10 seconds, if each takes 75 ms, as scrypt
// does without vector instructions. One more would wait in vain.
const waitingPerWorker = 128

// memoryOf is a third of the process's memory; another third is for the garbage that hashes leave.
func memoryOf(workers int, memoryLimit int64) int64 {
	bytes := int64(max(workers, 1)) * scrypt.Memory
	if memoryLimit > 0 {
		bytes = min(bytes, max(memoryLimit/3, 1))
	}
	return bytes
}

func newQueue(workers int, memoryLimit int64, maxWait time.Duration) *queue {
	bytes := memoryOf(workers, memoryLimit)
	atOnce := max(bytes/scrypt.Memory, 1)
	return &queue{
		slots: semaphore.NewWeighted(int64(max(workers, 1))), memory: semaphore.NewWeighted(bytes), bytes: bytes, maxWait: maxWait,
		most: atOnce * (1 + waitingPerWorker),
	}
}

// do does work that takes so many bytes when its turn comes. The error is the context's, or authserver.ErrBusy.
func (q *queue) do(ctx context.Context, bytes int64, work func()) error {
	defer q.present.Add(-1)
	if q.present.Add(1) > q.most {
		q.refused.Add(1)
		return authserver.ErrBusy
	}
	leave, err := q.enter(ctx, bytes)
	if errors.Is(err, authserver.ErrBusy) {
		q.refused.Add(1)
	}
	if err != nil {
		return err
	}
	defer leave()
	work()
	return nil
}

// enter waits for a turn. One that takes more bytes than there are has them all.
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
