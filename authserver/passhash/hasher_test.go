package passhash

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"regexp"
	"testing"
	"testing/synctest"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// TestVerifyTakesTheHashesOfBetterAuth uses hashes that Better-Auth 1.7.25 made, among them of passwords whose NFKC
// form differs.
func TestVerifyTakesTheHashesOfBetterAuth(t *testing.T) {
	data, err := os.ReadFile("testdata/password.json")
	if err != nil {
		t.Fatal(err)
	}
	var vectors []struct{ Password, Hash string }
	if err := json.Unmarshal(data, &vectors); err != nil {
		t.Fatal(err)
	}
	h := New(Options{Workers: 2})
	for _, v := range vectors {
		if ok, err := h.Verify(t.Context(), v.Hash, v.Password); !ok || err != nil {
			t.Errorf("Verify(hash of %q) = %v, %v", v.Password, ok, err)
		}
	}
	if ok, err := h.Verify(t.Context(), vectors[0].Hash, "password123!"); ok || err != nil {
		t.Errorf("Verify takes another password: %v, %v", ok, err)
	}
}

func TestHashHasTheFormOfBetterAuthAndANewSalt(t *testing.T) {
	h := New(Options{})
	first, err := h.Hash(t.Context(), "Password123!")
	if err != nil {
		t.Fatal(err)
	}
	if !regexp.MustCompile(`^[0-9a-f]{32}:[0-9a-f]{128}$`).MatchString(first) {
		t.Errorf("Hash = %s", first)
	}
	second, err := h.Hash(t.Context(), "Password123!")
	if err != nil || first == second {
		t.Errorf("two hashes of one password are equal (%v)", err)
	}
	if ok, err := h.Verify(t.Context(), second, "Password123!"); !ok || err != nil {
		t.Errorf("Verify(own hash) = %v, %v", ok, err)
	}
}

func TestVerifyOfABrokenHashIsNoMatch(t *testing.T) {
	h := New(Options{})
	for _, hash := range []string{"", ":", "nocolon", "00:", "00:zz"} {
		if ok, err := h.Verify(t.Context(), hash, "x"); ok || err != nil {
			t.Errorf("Verify(%q) = %v, %v", hash, ok, err)
		}
	}
}

func TestAWaitingHashLeavesWithItsRequest(t *testing.T) {
	h := New(Options{Workers: 1})
	if err := h.queue.slots.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() {
		_, err := h.Hash(ctx, "x")
		done <- err
	}()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("Hash = %v, want the context's error", err)
	}
	if n := h.Queued(); n != 0 {
		t.Errorf("Queued() = %d after the request went away", n)
	}
}

func TestAWaitThatTakesTooLongIsRefused(t *testing.T) {
	h := New(Options{Workers: 1, MaxWait: time.Millisecond})
	if err := h.queue.slots.Acquire(t.Context(), 1); err != nil {
		t.Fatal(err)
	}
	if _, err := h.Verify(t.Context(), "", "x"); !errors.Is(err, authserver.ErrBusy) {
		t.Errorf("Verify = %v, want ErrBusy", err)
	}
	if n, refused := h.Queued(), h.Refused(); n != 0 || refused != 1 {
		t.Errorf("Queued() = %d, Refused() = %d", n, refused)
	}
}

func TestMemoryIsUsedAgainAndGivenBackAfterASpell(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h := New(Options{})
		first, second := h.cores.take(), h.cores.take()
		h.cores.put(first)
		h.cores.put(second)
		if h.cores.take() != second || h.cores.take() != first {
			t.Error("the memory that was used last is not used next")
		}
		for range 2 {
			if _, err := h.Hash(t.Context(), "Password123!"); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(h.cores.unused); n != 1 {
			t.Errorf("%d are kept after hashes, want that of both", n)
		}
		time.Sleep(spellPause)
		synctest.Wait()
		h.cores.mu.Lock()
		defer h.cores.mu.Unlock()
		if n := len(h.cores.unused); n != 0 {
			t.Errorf("%d are kept after the spell", n)
		}
	})
}
