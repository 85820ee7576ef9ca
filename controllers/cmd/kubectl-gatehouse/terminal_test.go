package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// screen is a terminal that can be read while it is written.
type screen struct {
	mu      sync.Mutex
	changed chan struct{}
	written bytes.Buffer
}

func (s *screen) Write(data []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.changed != nil {
		close(s.changed)
		s.changed = nil
	}
	return s.written.Write(data)
}

func (s *screen) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.written.String()
}

// shows waits for texts.
func (s *screen) shows(t *testing.T, texts ...string) {
	t.Helper()
	deadline := time.After(30 * time.Second)
	for {
		s.mu.Lock()
		missing := ""
		for _, text := range texts {
			if !strings.Contains(s.written.String(), text) {
				missing = text
			}
		}
		if missing == "" {
			s.mu.Unlock()
			return
		}
		if s.changed == nil {
			s.changed = make(chan struct{})
		}
		changed := s.changed
		s.mu.Unlock()
		select {
		case <-changed:
		case <-deadline:
			t.Fatalf("does not show %q:\n%s", missing, s)
		}
	}
}

// onScreen lets a command write both of its outputs to a screen.
func onScreen() (*screen, at) {
	s := &screen{}
	return s, func(p *process) { p.stdout, p.stderr = s, s }
}

// inReadme compares what README.md shows of a command with what it prints.
func inReadme(t *testing.T, command, output string) {
	t.Helper()
	begin := "```\n$ kubectl gatehouse " + command + "\n"
	before, rest, found := strings.Cut(readme(t), begin)
	if !found {
		t.Fatalf("README.md does not show %q", command)
	}
	shown, after, _ := strings.Cut(rest, "```\n")
	if shown == output {
		return
	}
	if !*update {
		t.Errorf("README.md shows another output of kubectl gatehouse %s; rewrite it with -update", command)
		return
	}
	must(t, os.WriteFile(filepath.Join("..", "..", "..", "README.md"), []byte(before+begin+output+"```\n"+after), 0o600))
}
