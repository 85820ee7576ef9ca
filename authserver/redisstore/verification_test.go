package redisstore_test

import (
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

func TestVerificationValuesAreStoredAsBetterAuthStoresThem(t *testing.T) {
	f := open(t)
	f.now = time.Date(2026, 11, 23, 8, 29, 49, 498e6, time.UTC)
	f.check(f.CreateVerification(t.Context(), authserver.Verification{
		ID: "x", Identifier: "reset-password:ZzUREPssMra4zF9OMdxF49tB", Value: "ZthxfZHYFhT0eSQwBoO0FjZM3Bpeckyy", CreatedAt: f.now, ExpiresAt: f.now.Add(time.Hour),
	}))
	const key = "verification:reset-password:ZzUREPssMra4zF9OMdxF49tB"
	equal(t, `{"createdAt":"2026-11-23T08:29:49.498Z","updatedAt":"2026-11-23T08:29:49.498Z","value":"ZthxfZHYFhT0eSQwBoO0FjZM3Bpeckyy",`+
		`"identifier":"reset-password:ZzUREPssMra4zF9OMdxF49tB","expiresAt":"2026-11-23T09:29:49.498Z"}`, f.get(key))
	f.lives(key, time.Hour)
}

func TestVerificationValuesAreTakenOnceAndInTime(t *testing.T) {
	f := open(t)
	create := func(identifier, value string, life time.Duration) {
		t.Helper()
		f.check(f.CreateVerification(t.Context(), authserver.Verification{Identifier: identifier, Value: value, CreatedAt: f.clock(), ExpiresAt: f.clock().Add(life)}))
	}
	want := func(value string, got string, err error) {
		t.Helper()
		if value == "" && !errors.Is(err, authserver.ErrNotFound) || value != "" && (err != nil || got != value) {
			t.Errorf("got %q, %v; want %q", got, err, value)
		}
	}
	peek := func(identifier, value string) {
		t.Helper()
		got, err := f.Verification(t.Context(), identifier, f.clock())
		want(value, got, err)
	}
	take := func(identifier, value string) {
		t.Helper()
		got, err := f.TakeVerification(t.Context(), identifier, f.clock())
		want(value, got, err)
	}
	create("a", "first", time.Hour)
	create("a", `second "ü"`, time.Hour)
	create("b", "b", time.Minute)
	create("over", "x", -time.Second)
	peek("a", `second "ü"`)
	peek("a", `second "ü"`)
	take("a", `second "ü"`)
	take("a", "")
	peek("a", "")
	take("over", "")
	f.advance(time.Minute)
	peek("b", "b")
	f.advance(time.Millisecond)
	peek("b", "")
	take("b", "")
	f.check(f.raw.Set(t.Context(), "verification:bad", "not JSON", 0).Err())
	f.check(f.raw.Set(t.Context(), "verification:array", "[]", 0).Err())
	for _, identifier := range []string{"bad", "array", "", "\x00", strings.Repeat("a", 1<<20)} {
		peek(identifier, "")
		take(identifier, "")
	}
}

func TestOneOfManyTakesAVerificationValue(t *testing.T) {
	f := open(t)
	for range 100 {
		f.check(f.CreateVerification(t.Context(), authserver.Verification{Identifier: "a", Value: "v", ExpiresAt: f.clock().Add(time.Hour)}))
		var taken atomic.Int32
		var takers sync.WaitGroup
		for range 4 {
			takers.Go(func() {
				if value, err := f.TakeVerification(t.Context(), "a", f.clock()); err == nil && value == "v" {
					taken.Add(1)
				}
			})
		}
		if takers.Wait(); taken.Load() != 1 {
			t.Fatalf("%d took the value", taken.Load())
		}
	}
}
