package ratelimit

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// Ledger has the counters that replicas share.
type Ledger interface {
	// AddHits counts requests of several keys, each key at most once, whether they are too many or not. A counter begins
	// anew when its last request is a window older than that of the hits. It returns each counter as it is then.
	AddHits(ctx context.Context, hits []authserver.Hits, window time.Duration) ([]authserver.Hits, error)
}

const (
	// creditShare is the part of a limit that a replica allows before it asks the ledger.
	creditShare = 20
	// batchSize bounds how many rows one statement locks.
	batchSize = 1000
	// patience is how long requests wait for a ledger that does not answer, once in an outage.
	patience = 5 * time.Second
)

// batched counts the requests of one rule, and tells the ledger of many at a time. It is safe for concurrent use.
type batched struct {
	ledger Ledger
	rule   Rule
	credit int
	now    func() time.Time
	// turn is held by the one who talks to the ledger: those who wait for it meanwhile are told of together.
	turn chan struct{}

	mu       sync.Mutex
	counters table
	// untold are the counters with requests that the ledger does not know of, urgent those of them that a request waits for.
	untold, urgent map[*entry]struct{}
	// away is whether the ledger failed last time. Then nobody waits for it.
	away bool
}

// pending are the requests of a counter that came after its count was learned.
type pending struct {
	// untold are those that the ledger was not told of, telling those that it is being told of.
	untold, telling int
	// told is the last request that the ledger knew of when the count was learned; zero before.
	told time.Time
}

type verdict int

const (
	refused verdict = iota
	allowed
	undecided
)

func newBatched(ledger Ledger, rule Rule, now func() time.Time) *batched {
	b := &batched{
		ledger: ledger, rule: rule, credit: max(1, rule.Max/creditShare), now: now, turn: make(chan struct{}, 1),
		untold: map[*entry]struct{}{}, urgent: map[*entry]struct{}{},
	}
	b.counters = table{entries: map[string]*entry{}, window: rule.Window, forgotten: func(e *entry) {
		delete(b.untold, e)
		delete(b.urgent, e)
	}}
	return b
}

// hit is Store.Hit for the rule. Errors are those of the context.
func (b *batched) hit(ctx context.Context, key string, now time.Time) (bool, time.Time, error) {
	// The ledger counts milliseconds.
	now = now.Truncate(time.Millisecond)
	v, last := b.decide(key, now)
	if v != undecided {
		return v == allowed, last, nil
	}
	if err := b.takeTurn(ctx); err != nil {
		return false, time.Time{}, err
	}
	defer b.endTurn()
	for v, last = b.decide(key, now); v == undecided; v, last = b.decide(key, now) {
		// If it fails, what is known here decides.
		_ = b.tell(ctx, b.urgent)
	}
	return v == allowed, last, nil
}

func (b *batched) takeTurn(ctx context.Context) error {
	select {
	case b.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (b *batched) endTurn() { <-b.turn }

// decide allows a request, or refuses it, by what is known here. Where that is too little, it is undecided until the ledger
// was told.
func (b *batched) decide(key string, now time.Time) (verdict, time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	e := b.counter(key, now)
	switch {
	case e.count+e.telling+e.untold >= b.rule.Max:
		return refused, e.last
	case !b.away && b.mustTell(e, now):
		b.urgent[e] = struct{}{}
		return undecided, e.last
	}
	if e.untold == 0 {
		b.untold[e] = struct{}{}
	}
	e.untold++
	b.counters.touch(e, now)
	return allowed, e.last
}

// counter returns another counter for each window.
func (b *batched) counter(key string, now time.Time) *entry {
	b.counters.prune(now)
	e, found := b.counters.entries[key]
	if found && now.Sub(e.last) >= b.rule.Window {
		b.counters.forget(e)
		found = false
	}
	if !found {
		e = b.counters.add(key, now)
	}
	return e
}

// mustTell is whether the credit of a counter is used up, or the ledger would take its requests and this one for those of
// a new window, since it does not know of the requests in between.
func (b *batched) mustTell(e *entry, now time.Time) bool {
	unknown := e.untold + e.telling
	return unknown >= b.credit || unknown > 0 && !e.told.IsZero() && now.Sub(e.told) >= b.rule.Window
}

// settle tells the ledger of every request that it does not know of.
func (b *batched) settle(ctx context.Context) error {
	if err := b.takeTurn(ctx); err != nil {
		return err
	}
	defer b.endTurn()
	b.mu.Lock()
	b.counters.prune(b.now())
	batches := (len(b.untold) + batchSize - 1) / batchSize
	b.mu.Unlock()
	for range batches {
		if err := b.tell(ctx, b.untold); err != nil {
			return err
		}
	}
	return nil
}

// tell tells the ledger of some counters and learns what they are. The caller has the turn. A request that is given up does
// not take those with it that wait for the same answer.
func (b *batched) tell(ctx context.Context, counters map[*entry]struct{}) error {
	batch, hits := b.take(counters)
	if len(batch) == 0 {
		return nil
	}
	// Replicas that lock the same counters do not wait for each other in a circle.
	slices.SortFunc(hits, func(a, b authserver.Hits) int { return strings.Compare(a.Key, b.Key) })
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	answers, err := b.ledger.AddHits(ctx, hits, b.rule.Window)
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.away = err != nil; b.away {
		b.putBack(batch)
		return fmt.Errorf("telling of %d counters: %w", len(batch), err)
	}
	learn(batch, answers)
	return nil
}

// take marks requests of some counters as those that the ledger is being told of.
func (b *batched) take(counters map[*entry]struct{}) (map[string]*entry, []authserver.Hits) {
	b.mu.Lock()
	defer b.mu.Unlock()
	size := min(len(counters), batchSize)
	batch, hits := make(map[string]*entry, size), make([]authserver.Hits, 0, size)
	for e := range counters {
		if len(batch) == batchSize {
			break
		}
		delete(b.untold, e)
		delete(b.urgent, e)
		if e.untold > 0 {
			e.telling, e.untold = e.untold, 0
			batch[e.key], hits = e, append(hits, authserver.Hits{Key: e.key, Count: e.telling, Last: e.last})
		}
	}
	return batch, hits
}

// putBack keeps what the ledger did not take for the next time, unless it counts for nobody by then.
func (b *batched) putBack(batch map[string]*entry) {
	for key, e := range batch {
		if b.counters.entries[key] == e {
			e.untold, e.telling = e.untold+e.telling, 0
			b.untold[e] = struct{}{}
		}
	}
}

func learn(batch map[string]*entry, answers []authserver.Hits) {
	for _, answer := range answers {
		e := batch[answer.Key]
		e.count, e.telling, e.told = answer.Count, 0, answer.Last
		if answer.Last.After(e.last) {
			e.last = answer.Last
		}
	}
}
