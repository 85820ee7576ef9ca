package redisstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

const rounds = 1000

// race runs functions at the same time, round after round, and checks what is left of each.
func (f *fixture) race(before, after func(), racers ...func(ctx context.Context) error) {
	f.t.Helper()
	for round := range rounds {
		before()
		var group sync.WaitGroup
		for _, racer := range racers {
			group.Go(func() {
				if err := racer(f.t.Context()); err != nil && !errors.Is(err, authserver.ErrNotFound) && !errors.Is(err, authserver.ErrRejected) {
					f.t.Error(err)
				}
			})
		}
		group.Wait()
		if after(); f.t.Failed() {
			f.t.Fatalf("in round %d", round)
		}
	}
}

// TestARevokedSessionDoesNotComeBack lets two servers extend a session, write its user anew, and end it.
func TestARevokedSessionDoesNotComeBack(t *testing.T) {
	for name, revoke := range map[string]func(ctx context.Context, f *fixture) error{
		"one":        func(ctx context.Context, f *fixture) error { return f.DeleteUserSession(ctx, "user1", "tokenAAAA") },
		"all":        func(ctx context.Context, f *fixture) error { return f.DeleteUserSessions(ctx, "user1", "") },
		"all others": func(ctx context.Context, f *fixture) error { return f.DeleteUserSessions(ctx, "user1", "tokenBBBB") },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := open(t)
			other := f.another()
			f.race(
				func() {
					// Each round begins after the revocation of the one before.
					f.advance(1)
					f.advance(999_999)
					f.begin("tokenAAAA", "user1", day)
					f.begin("tokenBBBB", "user1", 2*day)
				},
				func() {
					if value := f.get("tokenAAAA"); value != "" {
						t.Errorf("the session is back: %s", value)
					}
					if list := f.get("active-sessions-user1"); strings.Contains(list, "tokenAAAA") {
						t.Errorf("the session is in the list: %s", list)
					}
				},
				func(ctx context.Context) error { return revoke(ctx, f) },
				func(ctx context.Context) error {
					return other.ExtendSession(ctx, "tokenAAAA", f.clock().Add(7*day), f.clock())
				},
				func(ctx context.Context) error { return f.ReplaceUser(ctx, f.user("user1")) },
			)
		})
	}
}

// TestConcurrentChangesAreNotLost lets extensions, new users and sign-ins of one user happen at the same time.
func TestConcurrentChangesAreNotLost(t *testing.T) {
	f := open(t)
	other := f.another()
	round := 0
	f.race(
		func() {
			round++
			f.begin("tokenAAAA", "user1", day)
			f.check(f.DeleteSession(t.Context(), "tokenBBBB"))
		},
		func() {
			session, user, err := f.SessionByToken(t.Context(), "tokenAAAA")
			f.check(err)
			if !session.ExpiresAt.Equal(f.clock().Add(7 * day)) {
				t.Errorf("the extension is lost: %v", session.ExpiresAt)
			}
			if want := fmt.Sprint("name", round); user.Name != want {
				t.Errorf("the user is %s, want %s", user.Name, want)
			}
			equal(t, "tokenAAAA tokenBBBB", f.list("user1"))
		},
		func(ctx context.Context) error {
			return f.ExtendSession(ctx, "tokenAAAA", f.clock().Add(7*day), f.clock())
		},
		func(ctx context.Context) error {
			user := f.user("user1")
			user.Name = fmt.Sprint("name", round)
			return other.ReplaceUser(ctx, user)
		},
		func(ctx context.Context) error {
			return other.CreateSession(ctx, f.session("tokenBBBB", "user1", 8*day), f.user("user1"))
		},
	)
}
