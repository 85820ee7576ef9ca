package passhash

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestSpellsBeginWithAHashAndEndAfterAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var told []bool
		s := spell{changed: func(on bool) { told = append(told, on) }}
		expect := func(want ...bool) {
			t.Helper()
			synctest.Wait()
			s.mu.Lock()
			defer s.mu.Unlock()
			if !slices.Equal(told, want) {
				t.Errorf("told %v, want %v", told, want)
			}
		}
		s.enter()
		s.enter()
		s.leave()
		time.Sleep(2 * spellPause)
		expect(true)
		s.leave()
		time.Sleep(spellPause - time.Nanosecond)
		s.enter()
		time.Sleep(spellPause)
		expect(true)
		s.leave()
		time.Sleep(spellPause)
		expect(true, false)
		s.enter()
		s.leave()
		expect(true, false, true)
		time.Sleep(spellPause)
		expect(true, false, true, false)
	})
}
