package ratelimit

import (
	"context"
	"sync"
	"time"
)

// Memory is a Store of one process. It is safe for concurrent use.
type Memory struct {
	mu       sync.Mutex
	counters table
}

// NewMemory returns an empty Memory.
func NewMemory() *Memory {
	return &Memory{counters: table{entries: map[string]*entry{}}}
}

// Hit implements Store. It returns no error.
func (m *Memory) Hit(_ context.Context, key string, maxRequests int, window time.Duration, now time.Time) (bool, time.Time, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.counters.window = max(m.counters.window, window)
	m.counters.prune(now)
	e, found := m.counters.entries[key]
	switch {
	case !found:
		e = m.counters.add(key, now)
		e.count = 1
		return true, now, nil
	case now.Sub(e.last) >= window:
		e.count = 1
	case e.count >= maxRequests:
		return false, e.last, nil
	default:
		e.count++
	}
	m.counters.touch(e, now)
	return true, e.last, nil
}
