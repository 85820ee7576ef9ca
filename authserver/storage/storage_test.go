package storage_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore/redistest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
	"github.com/gatehouse-auth/gatehouse/authserver/storage"
)

const day = 24 * time.Hour

// fixture is a store with a PostgreSQL, a Redis and a clock of its own.
type fixture struct {
	storage.Redis
	t        *testing.T
	location string
	server   *redistest.Server
	redis    *redisstore.Store
	db       *pgx.Conn
	mu       sync.Mutex
	now      time.Time
}

func open(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, location: pgtest.Database(t), server: redistest.Start(t), now: time.Now().UTC().Truncate(time.Millisecond)}
	f.migrate("session: {storage: Redis}")
	var err error
	if f.db, err = pgx.Connect(t.Context(), f.location); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.db.Close(context.WithoutCancel(t.Context())) })
	f.Redis, f.redis = f.another()
	return f
}

func (f *fixture) migrate(yaml string) {
	f.t.Helper()
	file := filepath.Join(f.t.TempDir(), "config.yaml")
	f.check(os.WriteFile(file, []byte(yaml), 0o600))
	cfg, err := config.Load(file, func(string) string { return "" })
	f.check(err)
	f.check(schema.Migrate(f.t.Context(), f.location, cfg))
}

// another is the store of a further server, perhaps with custom fields of users.
func (f *fixture) another(fields ...authserver.Field) (storage.Redis, *redisstore.Store) {
	f.t.Helper()
	return f.join(f.server.URL, fields)
}

func (f *fixture) join(redisURL string, fields []authserver.Field) (storage.Redis, *redisstore.Store) {
	f.t.Helper()
	database, err := postgres.Open(f.t.Context(), postgres.Options{URL: f.location, Fields: fields, SessionsElsewhere: true})
	f.check(err)
	f.t.Cleanup(database.Close)
	redis, err := redisstore.Open(redisstore.Options{
		URL: func() (string, error) { return redisURL, nil }, Fields: fields, SessionTTL: 7 * day, Now: f.clock,
	})
	f.check(err)
	f.t.Cleanup(func() { redis.Close() })
	return storage.NewRedis(database, redis), redis
}

func (f *fixture) clock() time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.now
}

func (f *fixture) advance(d time.Duration) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now = f.now.Add(d)
}

func (f *fixture) check(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) exec(sql string, arguments ...any) {
	f.t.Helper()
	_, err := f.db.Exec(f.t.Context(), sql, arguments...)
	f.check(err)
}

func (f *fixture) count(sql string, arguments ...any) (n int) {
	f.t.Helper()
	f.check(f.db.QueryRow(f.t.Context(), sql, arguments...).Scan(&n))
	return n
}

func (f *fixture) user(id string) (authserver.User, authserver.Account) {
	now := f.clock()
	return authserver.User{ID: id, Name: "A", Email: id + "@example.com", CreatedAt: now, UpdatedAt: now, Fields: []any{}},
		authserver.Account{ID: "account" + id, AccountID: id, ProviderID: "credential", UserID: id, Password: "old", CreatedAt: now, UpdatedAt: now}
}

func (f *fixture) session(token, userID string) authserver.Session {
	now := f.clock()
	return authserver.Session{ID: "id" + token, Token: token, UserID: userID, ExpiresAt: now.Add(7 * day), CreatedAt: now, UpdatedAt: now, Fields: []any{}}
}

// signUp makes a user with a first session.
func (f *fixture) signUp(id, token string) authserver.User {
	f.t.Helper()
	user, account := f.user(id)
	session := f.session(token, id)
	f.check(f.CreateUser(f.t.Context(), user, account, &session))
	return user
}

// alive fails unless a session lives, or does not.
func (f *fixture) alive(token string, want bool) {
	f.t.Helper()
	_, _, err := f.SessionByToken(f.t.Context(), token)
	if err != nil && !errors.Is(err, authserver.ErrNotFound) {
		f.t.Fatal(err)
	}
	if (err == nil) != want {
		f.t.Errorf("the session %s: %v, alive should be %v", token, err, want)
	}
}

func equal(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestUsersAreInOneStoreAndSessionsInTheOther(t *testing.T) {
	f := open(t)
	user := f.signUp("user1", "tokenAAAA")
	got, gotUser, err := f.SessionByToken(t.Context(), "tokenAAAA")
	f.check(err)
	equal(t, f.session("tokenAAAA", "user1"), got)
	equal(t, user, gotUser)
	f.check(f.CreateSession(t.Context(), new(f.session("tokenBBBB", "user1"))))
	f.check(f.ExtendSession(t.Context(), "tokenBBBB", f.clock().Add(8*day), f.clock()))
	sessions, err := f.UserSessions(t.Context(), "user1", f.clock())
	if f.check(err); len(sessions) != 2 || sessions[1].Token != "tokenBBBB" {
		t.Errorf("the sessions are %v", sessions)
	}
	if n := f.count(`select count(*) from pg_tables where tablename in ('session', 'verification')`); n != 0 {
		t.Errorf("%d tables that are not needed", n)
	}

	f.advance(time.Second)
	f.check(f.UpdateUser(t.Context(), "user1", []authserver.Change{{Field: "name", Value: "New"}}, f.clock()))
	user.Name, user.UpdatedAt = "New", f.clock()
	for _, token := range []string{"tokenAAAA", "tokenBBBB"} {
		_, gotUser, err := f.SessionByToken(t.Context(), token)
		f.check(err)
		equal(t, user, gotUser)
	}
	f.check(f.DeleteSession(t.Context(), "tokenAAAA"))
	f.alive("tokenAAAA", false)
	f.check(f.DeleteUserSessions(t.Context(), "user1", "tokenBBBB"))
	f.alive("tokenBBBB", true)
	f.check(f.DeleteUserSession(t.Context(), "user1", "tokenBBBB"))
	f.alive("tokenBBBB", false)

	f.check(f.CreateVerification(t.Context(), authserver.Verification{Identifier: "a", Value: "v", ExpiresAt: f.clock().Add(day)}))
	if value, err := f.Verification(t.Context(), "a", f.clock()); err != nil || value != "v" {
		t.Errorf("the value is %q, %v", value, err)
	}
	if value, err := f.TakeVerification(t.Context(), "a", f.clock()); err != nil || value != "v" {
		t.Errorf("the value is %q, %v", value, err)
	}
}

func TestANewPasswordEndsSessionsWithoutATornState(t *testing.T) {
	f := open(t)
	f.signUp("user1", "tokenAAAA")
	change := authserver.PasswordChange{Old: "old", New: "new", At: f.clock()}
	f.check(f.ChangePassword(t.Context(), "user1", change))
	f.alive("tokenAAAA", true)

	f.advance(time.Second)
	session := f.session("tokenBBBB", "user1")
	change = authserver.PasswordChange{Old: "new", New: "newer", At: f.clock(), Session: &session}
	f.advance(time.Second)
	f.check(f.ChangePassword(t.Context(), "user1", change))
	f.alive("tokenAAAA", false)
	f.alive("tokenBBBB", true)

	// A change that fails has ended the sessions and nothing else.
	session = f.session("tokenCCCC", "user1")
	if err := f.ChangePassword(t.Context(), "user1", authserver.PasswordChange{Old: "wrong", New: "x", At: f.clock(), Session: &session}); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("with a wrong hash: %v", err)
	}
	f.alive("tokenBBBB", false)
	f.alive("tokenCCCC", false)
	if hash, err := f.CredentialOf(t.Context(), "user1"); err != nil || hash != "newer" {
		t.Errorf("the hash is %s, %v", hash, err)
	}
}

func TestADeletedUserHasNoSessions(t *testing.T) {
	f := open(t)
	f.signUp("user1", "tokenAAAA")
	f.advance(time.Second)
	// PostgreSQL refuses: the user is still there, signed out, and signs in again.
	f.exec(`create table clinging ("userId" text references "user" (id))`)
	f.exec(`insert into clinging values ('user1')`)
	if err := f.DeleteUser(t.Context(), "user1"); err == nil {
		t.Error("a user that cannot be deleted was")
	}
	f.alive("tokenAAAA", false)
	f.check(f.CreateSession(t.Context(), new(f.session("tokenBBBB", "user1"))))
	f.alive("tokenBBBB", true)

	f.exec(`drop table clinging`)
	f.check(f.DeleteUser(t.Context(), "user1"))
	f.alive("tokenBBBB", false)
	if n := f.count(`select (select count(*) from "user") + (select count(*) from account)`); n != 0 {
		t.Errorf("%d rows of the user are left", n)
	}
	if err := f.CreateSession(t.Context(), new(f.session("tokenCCCC", "user1"))); !errors.Is(err, authserver.ErrRejected) {
		t.Errorf("a session of nobody: %v", err)
	}
	// Better-Auth does not ask before it stores a session.
	user, _ := f.user("user1")
	if err := f.redis.CreateSession(t.Context(), f.session("tokenDDDD", "user1"), user); !errors.Is(err, authserver.ErrRejected) {
		t.Errorf("a session of nobody: %v", err)
	}
	f.check(f.DeleteUser(t.Context(), "user1"))
}

func TestRowsOfSessionsFromBeforeDoNotKeepAUser(t *testing.T) {
	f := open(t)
	f.signUp("user1", "tokenAAAA")
	// As Better-Auth 1.0 makes them, without a cascade.
	f.exec(`create table session (id text primary key, "userId" text references "user" (id))`)
	f.exec(`insert into session values ('x', 'user1')`)
	f.check(f.DeleteUser(t.Context(), "user1"))
	if n := f.count(`select (select count(*) from "user") + (select count(*) from session)`); n != 0 {
		t.Errorf("%d rows are left", n)
	}
}

func TestWithoutRedisNothingIsTorn(t *testing.T) {
	f := open(t)
	f.signUp("user1", "tokenAAAA")
	f.server.Kill()
	user, account := f.user("user2")
	session := f.session("tokenBBBB", "user2")
	for action, err := range map[string]error{
		"CreateUser": f.CreateUser(t.Context(), user, account, &session),
		"DeleteUser": f.DeleteUser(t.Context(), "user1"),
		"ChangePassword": f.ChangePassword(t.Context(), "user1", authserver.PasswordChange{
			Old: "old", New: "new", At: f.clock(), Session: &session,
		}),
		"CreateSession": f.CreateSession(t.Context(), new(f.session("tokenCCCC", "user1"))),
		"UpdateUser":    f.UpdateUser(t.Context(), "user1", []authserver.Change{{Field: "name", Value: "New"}}, f.clock()),
	} {
		if !errors.Is(err, authserver.ErrUnavailable) {
			t.Errorf("%s: %v", action, err)
		}
	}
	if n := f.count(`select count(*) from "user"`); n != 1 {
		t.Errorf("%d users", n)
	}
	if hash, err := f.CredentialOf(t.Context(), "user1"); err != nil || hash != "old" {
		t.Errorf("the hash is %s, %v", hash, err)
	}
	f.server.Restart()
	deadline := time.Now().Add(20 * time.Second)
	for f.redis.Ping(t.Context()) != nil && time.Now().Before(deadline) {
		time.Sleep(10 * time.Millisecond)
	}
	f.alive("tokenAAAA", true)
	// Trying again completes what was begun.
	f.check(f.UpdateUser(t.Context(), "user1", []authserver.Change{{Field: "name", Value: "New"}}, f.clock()))
	if _, user, err := f.SessionByToken(t.Context(), "tokenAAAA"); err != nil || user.Name != "New" {
		t.Errorf("the user is %s, %v", user.Name, err)
	}
}

func TestSessionsGetFieldsThatAreNew(t *testing.T) {
	f := open(t)
	f.signUp("user1", "tokenAAAA")
	f.migrate("{session: {storage: Redis}, customFields: [{name: role, type: string, required: true, default: user}]}")
	next, _ := f.another(authserver.Field{Name: "role", Type: authserver.FieldString})
	for range 2 {
		_, user, err := next.SessionByToken(t.Context(), "tokenAAAA")
		f.check(err)
		equal(t, []any{"user"}, user.Fields)
	}
	// The old server still runs.
	f.alive("tokenAAAA", true)
	f.exec(`delete from account`)
	f.exec(`delete from "user"`)
	f.check(f.server.Client().Set(t.Context(), "tokenAAAA", strings.Replace(f.value("tokenAAAA"), `"role"`, `"other"`, 1), time.Hour).Err())
	if _, _, err := next.SessionByToken(t.Context(), "tokenAAAA"); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("a session of nobody: %v", err)
	}
}

func (f *fixture) value(key string) string {
	f.t.Helper()
	client := f.server.Client()
	defer client.Close()
	value, err := client.Get(f.t.Context(), key).Result()
	f.check(err)
	return value
}
