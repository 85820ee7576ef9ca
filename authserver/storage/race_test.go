package storage_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

const rounds = 200

// together runs functions at the same time.
func (f *fixture) together(functions ...func() error) {
	f.t.Helper()
	var group sync.WaitGroup
	for _, function := range functions {
		group.Go(func() {
			if err := function(); err != nil && !errors.Is(err, authserver.ErrRejected) && !errors.Is(err, authserver.ErrNotFound) {
				f.t.Error(err)
			}
		})
	}
	group.Wait()
}

func TestSessionsShowTheLastChange(t *testing.T) {
	f := open(t)
	other, _ := f.another()
	f.signUp("user1", "tokenAAAA")
	update := func(store updater, name string) func() error {
		return func() error {
			return store.UpdateUser(t.Context(), "user1", []authserver.Change{{Field: "name", Value: name}}, f.clock())
		}
	}
	for round := range rounds {
		f.check(f.DeleteSession(t.Context(), "tokenBBBB"))
		f.together(
			update(f, fmt.Sprint("one", round)), update(other, fmt.Sprint("two", round)),
			func() error { return other.CreateSession(t.Context(), new(f.session("tokenBBBB", "user1"))) },
		)
		want, err := f.UserByID(t.Context(), "user1")
		f.check(err)
		for _, token := range []string{"tokenAAAA", "tokenBBBB"} {
			_, user, err := f.SessionByToken(t.Context(), token)
			f.check(err)
			equal(t, want, user)
		}
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
}

type updater interface {
	UpdateUser(ctx context.Context, userID string, changes []authserver.Change, now time.Time) error
}

func TestNobodySignsInWhileBeingDeleted(t *testing.T) {
	f := open(t)
	other, _ := f.another()
	for round := range rounds {
		id := fmt.Sprint("user", round)
		f.signUp(id, "tokenAAAA")
		f.together(
			func() error { return f.DeleteUser(t.Context(), id) },
			func() error { return other.CreateSession(t.Context(), new(f.session("tokenBBBB", id))) },
			func() error { return other.ExtendSession(t.Context(), "tokenAAAA", f.clock().Add(8*day), f.clock()) },
			func() error {
				return other.UpdateUser(t.Context(), id, []authserver.Change{{Field: "name", Value: "New"}}, f.clock())
			},
		)
		f.alive("tokenAAAA", false)
		f.alive("tokenBBBB", false)
		if t.Failed() {
			t.Fatalf("in round %d", round)
		}
	}
}

// TestTheLastToWriteHasSeenTheLastChange holds one server between its change and its writing, until another has done both.
func TestTheLastToWriteHasSeenTheLastChange(t *testing.T) {
	f := open(t)
	f.signUp("user1", "tokenAAAA")
	gate := newGate(t, f.server.URL)
	slow, _ := f.join(gate.url, nil)
	done := make(chan error)
	go func() {
		done <- slow.UpdateUser(t.Context(), "user1", []authserver.Change{{Field: "name", Value: "first"}}, f.clock())
	}()
	<-gate.waiting
	f.check(f.UpdateUser(t.Context(), "user1", []authserver.Change{{Field: "name", Value: "last"}}, f.clock()))
	close(gate.open)
	f.check(<-done)
	if _, user, err := f.SessionByToken(t.Context(), "tokenAAAA"); err != nil || user.Name != "last" {
		t.Errorf("the session shows %s, %v", user.Name, err)
	}
}

// gate stands before a Redis and lets nobody through until it is open.
type gate struct {
	url           string
	waiting, open chan struct{}
}

func newGate(t *testing.T, target string) *gate {
	t.Helper()
	socket, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { socket.Close() })
	g := &gate{url: "redis://" + socket.Addr().String(), waiting: make(chan struct{}), open: make(chan struct{})}
	announce := sync.OnceFunc(func() { close(g.waiting) })
	go func() {
		for {
			client, err := socket.Accept()
			if err != nil {
				return
			}
			announce()
			<-g.open
			upstream, err := net.Dial("unix", strings.TrimPrefix(target, "unix://"))
			if err != nil {
				client.Close()
				continue
			}
			go func() { io.Copy(upstream, client); upstream.Close() }()
			go func() { io.Copy(client, upstream); client.Close() }()
		}
	}()
	return g
}
