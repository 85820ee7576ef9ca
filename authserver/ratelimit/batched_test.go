package ratelimit

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// sheet is a Ledger, and counts how often it is told.
type sheet struct {
	mu       sync.Mutex
	counters map[string]authserver.Hits
	told     int
	largest  int
	err      error
}

func (s *sheet) AddHits(_ context.Context, hits []authserver.Hits, window time.Duration) ([]authserver.Hits, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.told++
	s.largest = max(s.largest, len(hits))
	if s.err != nil {
		return nil, s.err
	}
	answers := make([]authserver.Hits, 0, len(hits))
	for _, h := range hits {
		if known, found := s.counters[h.Key]; found && h.Last.Sub(known.Last) < window {
			h.Count += known.Count
			if known.Last.After(h.Last) {
				h.Last = known.Last
			}
		}
		s.counters[h.Key] = h
		answers = append(answers, h)
	}
	return answers, nil
}

func newSheet() *sheet { return &sheet{counters: map[string]authserver.Hits{}} }

// replica allows 40 requests of each client in 10 seconds, and 2 of them before it asks.
func replica(c *clock, ledger Ledger) *Limiter {
	return New(Options{
		Store: brokenStore{errors.New("nobody asked for a strict rule")}, Ledger: ledger,
		Default: Rule{40, 10 * time.Second}, Now: func() time.Time { return c.now },
	})
}

func settle(t *testing.T, l *Limiter) {
	t.Helper()
	if err := l.Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// drain counts the requests of a client that are allowed until one is refused.
func drain(t *testing.T, l *Limiter, client string) (n int) {
	t.Helper()
	for allow(t, l, client, "/get-session").Allowed {
		n++
	}
	return n
}

func TestFewRequestsOfManyClientsAreToldInBatches(t *testing.T) {
	ledger := newSheet()
	l := replica(&clock{start}, ledger)
	const clients = 2*batchSize + 1
	for range 2 {
		for i := range clients {
			allow(t, l, fmt.Sprint(i), "/get-session")
		}
	}
	if ledger.told != 0 {
		t.Errorf("%d requests waited for the ledger", ledger.told)
	}
	settle(t, l)
	if ledger.told != 3 || ledger.largest != batchSize || ledger.counters["7|/get-session"] != (authserver.Hits{Key: "7|/get-session", Count: 2, Last: start}) {
		t.Errorf("told %d times of up to %d, %v", ledger.told, ledger.largest, ledger.counters["7|/get-session"])
	}
	settle(t, l)
	if ledger.told != 3 {
		t.Error("told of nothing")
	}
}

func TestARefusedClientCostsTheLedgerNothing(t *testing.T) {
	c, ledger := &clock{start}, newSheet()
	l := replica(c, ledger)
	if n := drain(t, l, "a"); n != 40 || ledger.told != 19 {
		t.Errorf("%d allowed, told %d times", n, ledger.told)
	}
	c.advance(9500 * time.Millisecond)
	for range 100 {
		if got := allow(t, l, "a", "/get-session"); got != (Decision{RetryAfter: 1}) {
			t.Fatalf("%+v", got)
		}
	}
	if ledger.told != 19 {
		t.Errorf("told %d times", ledger.told)
	}
	c.advance(500 * time.Millisecond)
	if n := drain(t, l, "a"); n != 40 {
		t.Errorf("%d allowed in the next window", n)
	}
}

func TestReplicasShareTheirCounters(t *testing.T) {
	c, ledger := &clock{start}, newSheet()
	one, two := replica(c, ledger), replica(c, ledger)
	if n := drain(t, one, "a"); n != 40 {
		t.Fatalf("%d allowed", n)
	}
	if n := drain(t, two, "a"); n != 2 {
		t.Errorf("the other replica allows %d, want its credit of 2", n)
	}
	if drain(t, one, "b"); !allow(t, replica(c, ledger), "b", "/other").Allowed {
		t.Error("two paths share a counter")
	}
}

func TestStrictRulesDoNotUseTheLedger(t *testing.T) {
	ledger := newSheet()
	l := New(Options{
		Store: NewMemory(), Ledger: ledger, Auth: Rule{3, time.Minute}, Default: Rule{1, time.Minute}, Now: func() time.Time { return start },
		Paths: []PathRule{{Path: "/mine", Rule: Rule{2, time.Minute}}},
	})
	for path, want := range map[string]int{"/sign-in/email": 3, "/mine": 2} {
		n := 0
		for allow(t, l, "a", path).Allowed {
			n++
		}
		if n != want {
			t.Errorf("%s: %d", path, n)
		}
	}
	settle(t, l)
	if ledger.told != 0 {
		t.Error("the ledger was told of a strict rule")
	}
}

// A window begins when there was no request for 10 seconds, and here there are never more than 8 in between.
func TestRequestsThatTheLedgerDoesNotKnowOfKeepAWindowOpen(t *testing.T) {
	c, ledger := &clock{start}, newSheet()
	l := replica(c, ledger)
	allow(t, l, "a", "/get-session")
	settle(t, l)
	for range 3 {
		c.advance(8 * time.Second)
		allow(t, l, "a", "/get-session")
	}
	settle(t, l)
	if got := ledger.counters["a|/get-session"].Count; got != 4 {
		t.Errorf("%d requests are counted, want 4", got)
	}
}

func TestAnOutageLeavesEachReplicaItsOwnLimit(t *testing.T) {
	c, ledger := &clock{start}, newSheet()
	l := replica(c, ledger)
	for range 3 {
		allow(t, l, "a", "/get-session")
	}
	ledger.err = errors.New("away")
	if n := drain(t, l, "a"); n != 37 {
		t.Errorf("%d more are allowed, want 37", n)
	}
	if n := drain(t, l, "b"); n != 40 {
		t.Errorf("%d are allowed, want 40", n)
	}
	if err := l.Settle(t.Context()); !errors.Is(err, ledger.err) {
		t.Errorf("settling: %v", err)
	}
	told := ledger.told
	drain(t, l, "c")
	if ledger.told != told {
		t.Error("requests wait for a ledger that is away")
	}
	ledger.err = nil
	settle(t, l)
	for _, client := range []string{"a", "b", "c"} {
		if got := ledger.counters[client+"|/get-session"].Count; got != 40 {
			t.Errorf("%s: %d are counted after the outage, want 40", client, got)
		}
	}
	ledger.err = errors.New("away again")
	allow(t, l, "d", "/get-session")
	l.Settle(t.Context())
	c.advance(10 * time.Second)
	ledger.err = nil
	settle(t, l)
	if _, found := ledger.counters["d|/get-session"]; found {
		t.Error("the ledger is told of what counts for nobody")
	}
}

// hung is a ledger that answers when it is too late.
type hung struct{ told atomic.Int32 }

func (h *hung) AddHits(ctx context.Context, _ []authserver.Hits, _ time.Duration) ([]authserver.Hits, error) {
	h.told.Add(1)
	<-ctx.Done()
	return nil, ctx.Err()
}

func TestRequestsWaitOnceForALedgerThatHangs(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ledger := &hung{}
		l := replica(&clock{time.Now()}, ledger)
		begin := time.Now()
		var group sync.WaitGroup
		var allowed atomic.Int32
		for range 100 {
			group.Go(func() {
				if allow(t, l, "a", "/get-session").Allowed {
					allowed.Add(1)
				}
			})
		}
		// The client of one of those that wait goes away.
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		group.Go(func() {
			synctest.Wait()
			if _, err := l.Allow(ctx, "a", "/get-session"); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("given up: %v", err)
			}
		})
		group.Wait()
		if took := time.Since(begin); took != patience || ledger.told.Load() != 1 || allowed.Load() != 40 {
			t.Errorf("%d allowed after %s and %d attempts", allowed.Load(), took, ledger.told.Load())
		}
	})
}

func TestHostileKeysAreCounted(t *testing.T) {
	ledger := newSheet()
	l := replica(&clock{start}, ledger)
	for _, path := range []string{"/\x00", "/\xff", "/é", "/ ", "/\n"} {
		allow(t, l, "a", path)
	}
	settle(t, l)
	for key := range ledger.counters {
		if key != "a|/?" {
			t.Errorf("key %q", key)
		}
	}
}

func TestBatchedForgetsWhatCountsForNobody(t *testing.T) {
	c, ledger := &clock{start}, newSheet()
	ledger.err = errors.New("away")
	l := replica(c, ledger)
	for i := range maxEntries + 10 {
		allow(t, l, fmt.Sprint(i), "/")
	}
	b := l.batched
	if len(b.counters.entries) > maxEntries || len(b.untold) != len(b.counters.entries) {
		t.Errorf("%d counters, %d untold", len(b.counters.entries), len(b.untold))
	}
	c.advance(10 * time.Second)
	l.Settle(t.Context())
	if len(b.counters.entries)+len(b.untold)+len(b.urgent)+b.counters.order.Len() != 0 {
		t.Errorf("%d counters, %d untold after every window has passed", len(b.counters.entries), len(b.untold))
	}
}

func TestAnAllowedRequestAllocatesLittle(t *testing.T) {
	for name, l := range hotLimiters() {
		if n := testing.AllocsPerRun(1000, func() { allow(t, l, "203.0.113.7", "/get-session") }); n > 2 {
			t.Errorf("%s: %v allocations", name, n)
		}
	}
}

func hotLimiters() map[string]*Limiter {
	limitless := Options{Store: NewMemory(), Default: Rule{1 << 50, time.Minute}, Now: func() time.Time { return start }}
	shared := limitless
	shared.Ledger = newSheet()
	return map[string]*Limiter{"memory": New(limitless), "batched": New(shared)}
}

func BenchmarkAllow(b *testing.B) {
	for name, l := range hotLimiters() {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(p *testing.PB) {
				for p.Next() {
					if _, err := l.Allow(b.Context(), "203.0.113.7", "/get-session"); err != nil {
						b.Fatal(err)
					}
				}
			})
		})
	}
}
