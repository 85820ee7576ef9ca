package ratelimit

import (
	"container/list"
	"context"
	"sync"
	"time"
)

// maxEntries bounds a Memory; beyond it the counter that rested longest is forgotten.
const maxEntries = 100_000

// Memory is a Store of one process. It is safe for concurrent use.
type Memory struct {
	mu      sync.Mutex
	entries map[string]*list.Element
	// order holds the entries by their last request, the oldest first.
	order *list.List
	// longest is the longest window seen: older entries count for nobody.
	longest time.Duration
}

type entry struct {
	key   string
	count int
	last  time.Time
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	return &Memory{entries: map[string]*list.Element{}, order: list.New()}
}

// Hit implements Store. It returns no error.
func (m *Memory) Hit(_ context.Context, key string, maxRequests int, window time.Duration, now time.Time) (bool, time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.longest = max(m.longest, window)
	m.prune(now)
	element, found := m.entries[key]
	if !found {
		m.entries[key] = m.order.PushBack(&entry{key: key, count: 1, last: now})
		return true, now, nil
	}
	e := element.Value.(*entry)
	switch {
	case now.Sub(e.last) >= window:
		e.count = 1
	case e.count >= maxRequests:
		return false, e.last, nil
	default:
		e.count++
	}
	e.last = now
	m.order.MoveToBack(element)
	return true, now, nil
}

func (m *Memory) prune(now time.Time) {
	for oldest := m.order.Front(); oldest != nil; oldest = m.order.Front() {
		e := oldest.Value.(*entry)
		if now.Sub(e.last) < m.longest && len(m.entries) < maxEntries {
			return
		}
		m.order.Remove(oldest)
		delete(m.entries, e.key)
	}
}
