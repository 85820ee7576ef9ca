package redisstore_test

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

func TestCountersHaveAFixedWindow(t *testing.T) {
	f := open(t)
	hit := func(window time.Duration) bool {
		t.Helper()
		allowed, last, err := f.Hit(t.Context(), "203.0.113.7|/sign-in/email", 3, window, f.clock())
		f.check(err)
		if !last.Equal(f.clock()) {
			t.Errorf("the last request is %v, want now: clients wait for the whole window", last)
		}
		return allowed
	}
	for i, want := range []bool{true, true, true, false, false} {
		if got := hit(10 * time.Second); got != want {
			t.Errorf("request %d is allowed: %v", i+1, got)
		}
	}
	equal(t, "5", f.get("203.0.113.7|/sign-in/email"))
	if life := f.life("203.0.113.7|/sign-in/email"); life <= 0 || life > 10*time.Second {
		t.Errorf("the counter lives %v", life)
	}
	// Later requests, refused ones too, do not begin the window anew: it ends by the clock of Redis.
	f.check(f.raw.PExpire(t.Context(), "203.0.113.7|/sign-in/email", 50*time.Millisecond).Err())
	hit(10 * time.Second)
	deadline := time.Now().Add(10 * time.Second)
	for !hit(10 * time.Second) {
		if time.Now().After(deadline) {
			t.Fatal("the window does not end")
		}
	}
	if n := f.get("203.0.113.7|/sign-in/email"); n != "1" {
		t.Errorf("the new window begins with %s", n)
	}
}

func TestConcurrentHitsAreAllCounted(t *testing.T) {
	f := open(t)
	other := f.another()
	var allowed atomic.Int32
	var clients sync.WaitGroup
	for i := range 8 {
		store := f.Store
		if i%2 == 1 {
			store = other
		}
		clients.Go(func() {
			for range 50 {
				ok, _, err := store.Hit(t.Context(), "k|/p", 123, time.Minute, f.clock())
				if err != nil {
					t.Error(err)
				}
				if ok {
					allowed.Add(1)
				}
			}
		})
	}
	if clients.Wait(); allowed.Load() != 123 {
		t.Errorf("%d were allowed, want 123", allowed.Load())
	}
	equal(t, "400", f.get("k|/p"))
}
