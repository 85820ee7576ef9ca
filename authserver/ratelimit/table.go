package ratelimit

import (
	"container/list"
	"time"
)

// maxEntries bounds a table; beyond it the counter that rested longest is forgotten.
const maxEntries = 100_000

// table holds counters by their keys, and in the order of their last requests, the oldest first.
type table struct {
	entries map[string]*entry
	order   list.List
	// window is the age from which a counter counts for nobody.
	window time.Duration
	// forgotten is told of each counter that leaves; nil is nobody.
	forgotten func(*entry)
}

// entry is the counter of a key.
type entry struct {
	key   string
	count int
	// last is the time of the last request that was allowed.
	last  time.Time
	place *list.Element
	pending
}

func (t *table) add(key string, now time.Time) *entry {
	e := &entry{key: key, last: now}
	e.place = t.order.PushBack(e)
	t.entries[key] = e
	return e
}

// touch notes a request.
func (t *table) touch(e *entry, now time.Time) {
	if now.After(e.last) {
		e.last = now
	}
	t.order.MoveToBack(e.place)
}

func (t *table) forget(e *entry) {
	t.order.Remove(e.place)
	delete(t.entries, e.key)
	if t.forgotten != nil {
		t.forgotten(e)
	}
}

// prune makes room for another counter.
func (t *table) prune(now time.Time) {
	for oldest := t.order.Front(); oldest != nil; oldest = t.order.Front() {
		e := oldest.Value.(*entry)
		if now.Sub(e.last) < t.window && len(t.entries) < maxEntries {
			return
		}
		t.forget(e)
	}
}
