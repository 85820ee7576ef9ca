package ratelimit

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

var start = time.UnixMilli(1_800_000_000_000)

type clock struct{ now time.Time }

func (c *clock) advance(d time.Duration) { c.now = c.now.Add(d) }

func limiter(c *clock, store Store) *Limiter {
	return New(Options{
		Store: store, Auth: Rule{3, 10 * time.Second}, Default: Rule{2, time.Minute}, Now: func() time.Time { return c.now },
		Paths: []PathRule{
			{Path: "/get-session", Disabled: true},
			{Path: "/sign-up/*", Rule: Rule{1, time.Hour}},
			{Path: "/sign-up/email", Rule: Rule{9, time.Hour}},
		},
	})
}

func allow(t *testing.T, l *Limiter, client, path string) Decision {
	t.Helper()
	decision, err := l.Allow(t.Context(), client, path)
	if err != nil {
		t.Fatal(err)
	}
	return decision
}

func TestTheWindowBeginsAnewAtEachAllowedRequest(t *testing.T) {
	c := &clock{start}
	l := limiter(c, NewMemory())
	for range 3 {
		if !allow(t, l, "a", "/sign-in/email").Allowed {
			t.Fatal("refused below the limit")
		}
		c.advance(9 * time.Second)
	}
	if got := allow(t, l, "a", "/sign-in/email"); got != (Decision{RetryAfter: 1}) {
		t.Errorf("fourth request: %+v", got)
	}
	c.advance(500 * time.Millisecond)
	if got := allow(t, l, "a", "/sign-in/email/"); got != (Decision{RetryAfter: 1}) {
		t.Errorf("a refused request moves the window, or a trailing slash escapes it: %+v", got)
	}
	c.advance(500 * time.Millisecond)
	if !allow(t, l, "a", "/sign-in/email").Allowed {
		t.Error("refused after the window")
	}
}

func TestEveryClientAndPathHasItsOwnCounter(t *testing.T) {
	l := limiter(&clock{start}, NewMemory())
	for range 3 {
		allow(t, l, "a", "/sign-in/email")
	}
	for _, other := range [][2]string{{"b", "/sign-in/email"}, {"a", "/sign-in/social"}, {"a", "/nope"}} {
		if !allow(t, l, other[0], other[1]).Allowed {
			t.Errorf("%s shares the counter", other)
		}
	}
}

func TestPathsThatTakePasswordsOrSendMailsAreGuarded(t *testing.T) {
	l := limiter(&clock{start}, NewMemory())
	for _, path := range []string{
		"/sign-in/email", "/change-password", "/change-email", "/verify-password", "/delete-user", "/delete-user/callback",
		"/request-password-reset", "/send-verification-email",
	} {
		for range l.Auth.Max {
			allow(t, l, "a", path)
		}
		if allow(t, l, "a", path).Allowed {
			t.Errorf("%s has the limit of other paths", path)
		}
	}
}

func TestTheFirstMatchingPathRuleCounts(t *testing.T) {
	l := limiter(&clock{start}, NewMemory())
	for range 200 {
		if !allow(t, l, "a", "/get-session").Allowed {
			t.Fatal("a disabled path is limited")
		}
	}
	allow(t, l, "a", "/sign-up/email")
	if got := allow(t, l, "a", "/sign-up/email"); got != (Decision{RetryAfter: 3600}) {
		t.Errorf("second sign-up: %+v, want the limit of /sign-up/*", got)
	}
}

func TestLongPathsHaveAKeyOfBoundedLength(t *testing.T) {
	store := &recorder{}
	l := limiter(&clock{start}, store)
	allow(t, l, "a", "/"+strings.Repeat("x", 10_000))
	if len(store.key) > 200 {
		t.Errorf("a key of %d bytes", len(store.key))
	}
}

type recorder struct{ key string }

func (r *recorder) Hit(_ context.Context, key string, _ int, _ time.Duration, now time.Time) (bool, time.Time, error) {
	r.key = key
	return true, now, nil
}

type brokenStore struct{ err error }

func (b brokenStore) Hit(context.Context, string, int, time.Duration, time.Time) (bool, time.Time, error) {
	return false, time.Time{}, b.err
}

func TestAnUnavailableStoreDoesNotLiftTheLimits(t *testing.T) {
	l := limiter(&clock{start}, brokenStore{fmt.Errorf("dial: %w", authserver.ErrUnavailable)})
	for range 3 {
		allow(t, l, "a", "/sign-in/email")
	}
	if allow(t, l, "a", "/sign-in/email").Allowed {
		t.Error("the limit is lifted while the store is away")
	}
	if _, err := limiter(&clock{start}, brokenStore{context.Canceled}).Allow(t.Context(), "a", "/x"); err == nil {
		t.Error("another error of the store is lost")
	}
}

func TestMemoryIsExactUnderConcurrency(t *testing.T) {
	m := NewMemory()
	var allowed atomic.Int64
	var wg sync.WaitGroup
	for range 50 {
		wg.Go(func() {
			if ok, _, _ := m.Hit(t.Context(), "k", 7, time.Minute, start); ok {
				allowed.Add(1)
			}
		})
	}
	wg.Wait()
	if got := allowed.Load(); got != 7 {
		t.Errorf("%d requests allowed, want 7", got)
	}
}

func TestMemoryForgetsWhatCountsForNobody(t *testing.T) {
	m := NewMemory()
	for i := range maxEntries + 10 {
		m.Hit(t.Context(), fmt.Sprint(i), 1, time.Minute, start)
	}
	if got := len(m.counters.entries); got > maxEntries {
		t.Errorf("%d entries", got)
	}
	m.Hit(t.Context(), "late", 1, time.Minute, start.Add(time.Minute))
	if len(m.counters.entries) != 1 || m.counters.order.Len() != 1 {
		t.Errorf("%d entries after every window has passed, want 1", len(m.counters.entries))
	}
}
