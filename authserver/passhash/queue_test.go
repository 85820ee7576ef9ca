package passhash

import "testing"

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
