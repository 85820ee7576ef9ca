package passhash

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

func TestHashesFitMemoryAndProcessors(t *testing.T) {
	for _, c := range []struct {
		workers          int
		limit            int64
		scrypt, argon2id int
	}{{4, 0, 4, 4}, {64, 256 << 20, 2, 4}, {1, 256 << 20, 1, 1}, {8, 1, 1, 1}, {2, 4 << 30, 2, 2}, {0, 0, 1, 1}, {8, 95 << 20, 1, 1}, {8, 96 << 20, 1, 1}, {8, 192 << 20, 2, 3}} {
		for s, want := range map[scheme]int{scryptScheme{}: c.scrypt, newArgon2id: c.argon2id} {
			if got := together(newQueue(c.workers, c.limit, 0), s.memory()); got != want {
				t.Errorf("%d workers under %d: %d times %T, want %d", c.workers, c.limit, got, s, want)
			}
		}
	}
}

// together is how many hashes of so many bytes a queue lets in.
func together(q *queue, bytes int64) (n int) {
	for q.slots.TryAcquire(1) && q.memory.TryAcquire(min(bytes, q.bytes)) {
		n++
	}
	return n
}

func TestOnlyAsMuchMemoryAsThereIsIsTaken(t *testing.T) {
	q := newQueue(8, 256<<20, defaultMaxWait)
	largest := argon2idScheme{kibibytes: 64 << 10}.memory()
	leave, err := q.enter(t.Context(), largest)
	if err != nil {
		t.Fatal(err)
	}
	if n := together(q, newArgon2id.memory()); n != 1 {
		t.Errorf("%d hashes fit beside the largest, want one", n)
	}
	leave()
	if !q.memory.TryAcquire(largest) {
		t.Error("a hash that is done keeps its memory")
	}
}

func TestAFullQueueRefusesAtOnce(t *testing.T) {
	for limit, atOnce := range map[int64]int64{0: 2, 96 << 20: 1} {
		synctest.Test(t, func(t *testing.T) {
			h := New(Options{Workers: 2, MemoryLimit: limit})
			end := make(chan struct{})
			answers := make(chan error)
			enter := func() {
				answers <- h.queue.do(t.Context(), scryptScheme{}.memory(), func() { <-end })
			}
			room := atOnce * (1 + waitingPerWorker)
			for range room {
				go enter()
			}
			synctest.Wait()
			if n := h.Queued(); n != room {
				t.Fatalf("%d are in the queue, want %d", n, room)
			}
			go enter()
			if err := <-answers; !errors.Is(err, authserver.ErrBusy) || h.Queued() != room || h.Refused() != 1 {
				t.Errorf("one more: %v with %d in the queue and %d refused, want ErrBusy", err, h.Queued(), h.Refused())
			}
			close(end)
			for range room {
				if err := <-answers; err != nil {
					t.Error(err)
				}
			}
			if h.Queued() != 0 {
				t.Errorf("%d are left in the queue", h.Queued())
			}
		})
	}
}

// TestTheLastInTheQueueHasItsTurnInTime with hashes that take as long as the slowest scrypt.
func TestTheLastInTheQueueHasItsTurnInTime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{Workers: 3})
		answers := make(chan error)
		room := 3 * (1 + waitingPerWorker)
		for range room {
			go func() {
				answers <- h.queue.do(t.Context(), scryptScheme{}.memory(), func() { time.Sleep(75 * time.Millisecond) })
			}()
		}
		for range room {
			if err := <-answers; err != nil {
				t.Error(err)
			}
		}
	})
}
