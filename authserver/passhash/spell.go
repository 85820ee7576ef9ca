package passhash

import (
	"sync"
	"time"
)

// spellPause is how long after the last hash a spell ends.
const spellPause = 2 * time.Second

// spell is a time in which passwords are hashed.
type spell struct {
	mu      sync.Mutex
	running int
	on      bool
	end     *time.Timer
	// changed is told of the beginning and the end.
	changed func(on bool)
}

func (s *spell) enter() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.running++
	s.set(true)
}

func (s *spell) leave() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running--; s.running > 0 {
		return
	}
	if s.end == nil {
		s.end = time.AfterFunc(spellPause, s.expire)
	} else {
		s.end.Reset(spellPause)
	}
}

func (s *spell) expire() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.running == 0 {
		s.set(false)
	}
}

func (s *spell) set(on bool) {
	if s.on != on {
		s.on = on
		s.changed(on)
	}
}
