package redisstore_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore/redistest"
)

const day = 24 * time.Hour

var fields = []authserver.Field{
	{Name: "role", Type: authserver.FieldString}, {Name: "level", Type: authserver.FieldNumber}, {Name: "flag", Type: authserver.FieldBoolean},
	{Name: "birthday", Type: authserver.FieldDate}, {Name: "tags", Type: authserver.FieldStringArray}, {Name: "secret", Type: authserver.FieldString},
}

// fixture is a store with a Redis and a clock of its own.
type fixture struct {
	*redisstore.Store
	t      *testing.T
	server *redistest.Server
	// raw sees what is stored.
	raw *redis.Client
	mu  sync.Mutex
	now time.Time
}

func open(t *testing.T, change ...func(*redisstore.Options)) *fixture {
	t.Helper()
	f := &fixture{t: t, server: redistest.Start(t), now: time.Now().UTC().Truncate(time.Millisecond)}
	f.raw = f.server.Client()
	t.Cleanup(func() { f.raw.Close() })
	f.Store = f.another(change...)
	return f
}

// another is a further server with the same Redis.
func (f *fixture) another(change ...func(*redisstore.Options)) *redisstore.Store {
	f.t.Helper()
	options := redisstore.Options{
		URL: func() (string, error) { return f.server.URL, nil }, Fields: fields, SessionTTL: 7 * day, Now: f.clock,
	}
	for _, c := range change {
		c(&options)
	}
	store, err := redisstore.Open(options)
	if err != nil {
		f.t.Fatal(err)
	}
	f.t.Cleanup(func() { store.Close() })
	return store
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

func (f *fixture) user(id string) authserver.User {
	image := "https://example.com/ü.png"
	return authserver.User{
		ID: id, Name: `A "quoted" näme`, Email: id + "@example.com", EmailVerified: true, Image: &image, CreatedAt: f.clock(), UpdatedAt: f.clock(),
		Fields: []any{"admin", int64(-7), true, time.Date(2001, 2, 3, 4, 5, 6, 789e6, time.UTC), json.RawMessage(`["a","ü/"]`), nil},
	}
}

func (f *fixture) session(token, userID string, life time.Duration) authserver.Session {
	return authserver.Session{
		ID: "id" + token, Token: token, UserID: userID, ExpiresAt: f.clock().Add(life), CreatedAt: f.clock(), UpdatedAt: f.clock(),
		IPAddress: "203.0.113.7", UserAgent: `agent "x" ` + token, Fields: []any{},
	}
}

// begin stores a session of a user.
func (f *fixture) begin(token, userID string, life time.Duration) authserver.Session {
	f.t.Helper()
	session := f.session(token, userID, life)
	if err := f.CreateSession(f.t.Context(), session, f.user(userID)); err != nil {
		f.t.Fatal(err)
	}
	return session
}

func (f *fixture) get(key string) string {
	f.t.Helper()
	value, err := f.raw.Get(f.t.Context(), key).Result()
	if err != nil && !errors.Is(err, redis.Nil) {
		f.t.Fatal(err)
	}
	return value
}

func (f *fixture) set(key, value string) {
	f.t.Helper()
	if err := f.raw.Set(f.t.Context(), key, value, redis.KeepTTL).Err(); err != nil {
		f.t.Fatal(err)
	}
}

// life is how long a key lives by the clock of Redis.
func (f *fixture) life(key string) time.Duration {
	f.t.Helper()
	life, err := f.raw.PTTL(f.t.Context(), key).Result()
	if err != nil {
		f.t.Fatal(err)
	}
	return life
}

// lives fails unless a key lives as long as it should, give or take what a slow machine takes.
func (f *fixture) lives(key string, want time.Duration) {
	f.t.Helper()
	if got := f.life(key); got > want || got < want-time.Minute {
		f.t.Errorf("%s lives %v, want %v", key, got, want)
	}
}

// alive fails unless just these of the tokens are those of sessions.
func (f *fixture) alive(tokens ...string) {
	f.t.Helper()
	want := " " + strings.Join(tokens, " ") + " "
	for _, token := range []string{"tokenAAAA", "tokenBBBB", "tokenCCCC", "tokenOther"} {
		_, _, err := f.SessionByToken(f.t.Context(), token)
		if err != nil && !errors.Is(err, authserver.ErrNotFound) {
			f.t.Fatal(err)
		}
		if expected := strings.Contains(want, " "+token+" "); (err == nil) != expected {
			f.t.Errorf("the session %s: %v, alive should be%s", token, err, want)
		}
	}
}

func (f *fixture) list(userID string) string {
	f.t.Helper()
	sessions, err := f.UserSessions(f.t.Context(), userID, f.clock())
	if err != nil {
		f.t.Fatal(err)
	}
	tokens := make([]string, len(sessions))
	for i, session := range sessions {
		tokens[i] = session.Token
	}
	return strings.Join(tokens, " ")
}

func (f *fixture) check(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func equal(t *testing.T, want, got any) {
	t.Helper()
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestSessionsAreStoredAsBetterAuthStoresThem(t *testing.T) {
	f := open(t)
	f.now = time.Date(2026, 11, 23, 8, 29, 49, 478e6, time.UTC)
	session := f.begin("NVaCruXYxki8TjUsidirWPCh2jizNEpx", "user1", 7*day)
	equal(t, `{"session":{"id":"idNVaCruXYxki8TjUsidirWPCh2jizNEpx","ipAddress":"203.0.113.7","userAgent":"agent \"x\" NVaCruXYxki8TjUsidirWPCh2jizNEpx",`+
		`"expiresAt":"2026-11-30T08:29:49.478Z","userId":"user1","token":"NVaCruXYxki8TjUsidirWPCh2jizNEpx","createdAt":"2026-11-23T08:29:49.478Z",`+
		`"updatedAt":"2026-11-23T08:29:49.478Z"},"user":{"name":"A \"quoted\" näme","email":"user1@example.com","emailVerified":true,`+
		`"image":"https://example.com/ü.png","createdAt":"2026-11-23T08:29:49.478Z","updatedAt":"2026-11-23T08:29:49.478Z","role":"admin","level":-7,"flag":true,`+
		`"birthday":"2001-02-03T04:05:06.789Z","tags":["a","ü/"],"secret":null,"id":"user1"}}`, f.get(session.Token))
	equal(t, `[{"token":"NVaCruXYxki8TjUsidirWPCh2jizNEpx","expiresAt":1796027389478}]`, f.get("active-sessions-user1"))
	f.lives(session.Token, 7*day)
	f.lives("active-sessions-user1", 7*day)

	got, user, err := f.SessionByToken(t.Context(), session.Token)
	f.check(err)
	equal(t, session, got)
	equal(t, f.user("user1"), user)
}

func TestListsAreSortedByEndAndLiveAsLongAsTheLast(t *testing.T) {
	f := open(t)
	f.begin("tokenBBBB", "user1", 3*day)
	f.begin("tokenCCCC", "user1", 7*day)
	f.begin("tokenAAAA", "user1", time.Hour)
	f.begin("tokenOther", "user2", 9*day)
	equal(t, "tokenAAAA tokenBBBB tokenCCCC", f.list("user1"))
	f.lives("active-sessions-user1", 7*day)
	f.advance(2 * time.Hour)
	equal(t, "tokenBBBB tokenCCCC", f.list("user1"))
	// What has ended leaves the list with the next change.
	f.check(f.DeleteSession(t.Context(), "tokenCCCC"))
	f.lives("active-sessions-user1", 3*day-2*time.Hour)
	if list := f.get("active-sessions-user1"); strings.Contains(list, "tokenAAAA") || !strings.Contains(list, "tokenBBBB") {
		t.Error(list)
	}
	f.check(f.DeleteSession(t.Context(), "tokenBBBB"))
	equal(t, "", f.get("active-sessions-user1"))
	equal(t, "", f.list("nobody"))
}

func TestSessionsEndForWhoMayEndThem(t *testing.T) {
	f := open(t)
	restart := func() {
		f.raw.FlushAll(t.Context())
		f.advance(time.Second)
		for _, token := range []string{"tokenAAAA", "tokenBBBB", "tokenCCCC"} {
			f.begin(token, "user1", 7*day)
		}
		f.begin("tokenOther", "user2", 7*day)
	}
	restart()
	f.alive("tokenAAAA", "tokenBBBB", "tokenCCCC", "tokenOther")

	f.check(f.DeleteUserSession(t.Context(), "user1", "tokenOther"))
	f.check(f.DeleteUserSession(t.Context(), "user1", "tokenNobody"))
	f.check(f.DeleteUserSession(t.Context(), "user1", "active-sessions-user2"))
	f.alive("tokenAAAA", "tokenBBBB", "tokenCCCC", "tokenOther")
	f.check(f.DeleteUserSession(t.Context(), "user1", "tokenBBBB"))
	f.alive("tokenAAAA", "tokenCCCC", "tokenOther")
	equal(t, "tokenAAAA tokenCCCC", f.list("user1"))

	restart()
	f.check(f.DeleteUserSessions(t.Context(), "user1", "tokenBBBB"))
	f.alive("tokenBBBB", "tokenOther")
	equal(t, "tokenBBBB", f.list("user1"))
	equal(t, "", f.get("revoked-sessions-before-user1"))

	restart()
	f.advance(time.Millisecond)
	f.check(f.DeleteUserSessions(t.Context(), "user1", ""))
	f.alive("tokenOther")
	equal(t, "", f.get("active-sessions-user1"))
	equal(t, fmt.Sprint(f.clock().UnixMilli()), f.get("revoked-sessions-before-user1"))
	f.lives("revoked-sessions-before-user1", 7*day)
}

func TestWhatWasRevokedBeforeIsDead(t *testing.T) {
	f := open(t)
	session := f.begin("tokenAAAA", "user1", 7*day)
	value := f.get("tokenAAAA")
	f.advance(time.Millisecond)
	f.check(f.DeleteUserSessions(t.Context(), "user1", ""))
	// Better-Auth, which reads and writes in two steps, may bring back a value and its reference.
	f.check(f.raw.Set(t.Context(), "tokenAAAA", value, time.Hour).Err())
	f.check(f.raw.Set(t.Context(), "active-sessions-user1", fmt.Sprintf(`[{"token":"tokenAAAA","expiresAt":%d}]`, session.ExpiresAt.UnixMilli()), time.Hour).Err())
	f.alive()
	equal(t, "", f.list("user1"))
	if err := f.ExtendSession(t.Context(), "tokenAAAA", f.clock().Add(day), f.clock()); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("extending it: %v", err)
	}
	if err := f.CreateSession(t.Context(), session, f.user("user1")); !errors.Is(err, authserver.ErrRejected) {
		t.Errorf("creating one from before: %v", err)
	}
	f.begin("tokenBBBB", "user1", day)
	f.alive("tokenBBBB")
	// The moment never moves back.
	f.check(f.DeleteSessionsBefore(t.Context(), "user1", f.clock().Add(-time.Hour)))
	equal(t, fmt.Sprint(f.clock().UnixMilli()), f.get("revoked-sessions-before-user1"))
}

func TestTheBuriedHaveNoSessions(t *testing.T) {
	f := open(t)
	f.begin("tokenAAAA", "user1", 7*day)
	f.check(f.Bury(t.Context(), "user1", time.Minute))
	f.alive()
	f.lives("revoked-sessions-before-user1", time.Minute)
	f.advance(time.Hour)
	if err := f.CreateSession(t.Context(), f.session("tokenBBBB", "user1", day), f.user("user1")); !errors.Is(err, authserver.ErrRejected) {
		t.Errorf("a session of the buried: %v", err)
	}
	f.check(f.Unbury(t.Context(), "user1"))
	f.begin("tokenCCCC", "user1", day)
	f.alive("tokenCCCC")
}

func TestExtensionKeepsWhatIsNotOurs(t *testing.T) {
	f := open(t)
	f.begin("tokenAAAA", "user1", day)
	f.begin("tokenBBBB", "user1", 2*day)
	foreign := strings.NewReplacer(`"token":`, `"activeOrganizationId":"ü","numbers":[1.50,{}],"token":`, `"secret":null`, `"secret":null,"other":{"b":1,"a":[]}`)
	f.set("tokenAAAA", foreign.Replace(f.get("tokenAAAA")))
	before := f.get("tokenAAAA")
	f.advance(time.Hour)
	f.check(f.ExtendSession(t.Context(), "tokenAAAA", f.clock().Add(7*day), f.clock()))
	moments := strings.NewReplacer(
		f.clock().Add(day-time.Hour).Format(`"expiresAt":"2006-01-02T15:04:05.000Z"`), f.clock().Add(7*day).Format(`"expiresAt":"2006-01-02T15:04:05.000Z"`),
		f.clock().Add(-time.Hour).Format(`"updatedAt":"2006-01-02T15:04:05.000Z"},`), f.clock().Format(`"updatedAt":"2006-01-02T15:04:05.000Z"},`), "1.50", "1.5")
	equal(t, moments.Replace(before), f.get("tokenAAAA"))
	f.lives("tokenAAAA", 7*day)
	f.lives("active-sessions-user1", 7*day)
	equal(t, "tokenBBBB tokenAAAA", f.list("user1"))
	if err := f.ExtendSession(t.Context(), "tokenCCCC", f.clock(), f.clock()); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("extending no session: %v", err)
	}
}

func TestEveryLiveSessionGetsTheNewUser(t *testing.T) {
	f := open(t)
	f.begin("tokenAAAA", "user1", day)
	f.begin("tokenBBBB", "user1", 2*day)
	f.begin("tokenOther", "user2", day)
	other := f.get("tokenOther")
	// More than one script takes.
	for i := range 210 {
		f.begin(fmt.Sprintf("more%06d", i), "user1", day)
	}
	user := f.user("user1")
	user.Name, user.Image, user.Fields[0] = "New", nil, nil
	f.check(f.ReplaceUser(t.Context(), user))
	for _, token := range []string{"tokenAAAA", "tokenBBBB", "more000000", "more000209"} {
		_, got, err := f.SessionByToken(t.Context(), token)
		f.check(err)
		equal(t, user, got)
	}
	equal(t, other, f.get("tokenOther"))
	f.lives("tokenAAAA", day)
}

func TestASessionWhoseUserHasOtherFieldsIsOutdated(t *testing.T) {
	f := open(t)
	session := f.begin("tokenAAAA", "user1", day)
	f.set("tokenAAAA", strings.Replace(f.get("tokenAAAA"), `"role":"admin",`, "", 1))
	got, _, err := f.SessionByToken(t.Context(), "tokenAAAA")
	if !errors.Is(err, redisstore.ErrOutdated) {
		t.Fatal(err)
	}
	equal(t, session, got)
}

func TestSessionsHaveFieldsToo(t *testing.T) {
	f := open(t)
	f.begin("tokenOther", "user1", day)
	custom := []authserver.Field{
		{Name: "theme", Type: authserver.FieldString, Default: "light"}, {Name: "size", Type: authserver.FieldNumber}, {Name: "extra", Type: authserver.FieldJSON},
	}
	store := f.another(func(o *redisstore.Options) { o.SessionFields = custom })
	session := f.session("tokenAAAA", "user1", day)
	session.Fields = []any{"dark", int64(7), json.RawMessage(`{"a":[1]}`)}
	f.check(store.CreateSession(t.Context(), session, f.user("user1")))
	if value := f.get("tokenAAAA"); !strings.Contains(value, `Z","theme":"dark","size":7,"extra":{"a":[1]}},"user":`) {
		t.Error(value)
	}
	f.advance(time.Minute)
	session.Fields, session.UpdatedAt = []any{nil, int64(7), json.RawMessage(`["ü"]`)}, f.clock()
	got, err := store.UpdateSession(t.Context(), "tokenAAAA", []authserver.Change{{Field: "theme"}, {Field: "extra", Value: json.RawMessage(`[ "ü" ]`)}}, f.clock())
	f.check(err)
	equal(t, session, got)
	got, _, err = store.SessionByToken(t.Context(), "tokenAAAA")
	f.check(err)
	equal(t, session, got)
	f.lives("tokenAAAA", day-time.Minute)
	// A session from before has the defaults, as a row of the database would.
	got, _, err = store.SessionByToken(t.Context(), "tokenOther")
	f.check(err)
	equal(t, []any{"light", nil, nil}, got.Fields)
	if _, err := store.UpdateSession(t.Context(), "tokenCCCC", nil, f.clock()); !errors.Is(err, authserver.ErrNotFound) {
		t.Errorf("updating no session: %v", err)
	}
}

// TestOtherKeysAreNoSessions asks for keys of all kinds, as a client may with revoke-session.
func TestOtherKeysAreNoSessions(t *testing.T) {
	f := open(t)
	f.begin("tokenAAAA", "user1", day)
	value := f.get("tokenAAAA")
	for key, text := range map[string]string{
		"not-json-not-json": "not JSON", "empty-empty": "", "null-null": "null", "array-array": "[]", "no-session": `{"session":null,"user":null}`,
		"session-no-object": `{"session":"x"}`, "userless-userless": `{"session":{"userId":null}}`, "other-token": value,
		"no-moments": `{"session":{"userId":"user1","token":"no-moments","id":"x","expiresAt":"soon"},"user":{}}`,
		"deep-deep":  `{"session":` + strings.Repeat("[", 2000) + strings.Repeat("]", 2000) + "}",
	} {
		f.check(f.raw.Set(t.Context(), key, text, 0).Err())
	}
	f.check(f.raw.HSet(t.Context(), "hash-hash", "field", "value").Err())
	f.check(f.raw.HSet(t.Context(), "revoked-sessions-before-user2", "field", "value").Err())
	f.check(f.raw.HSet(t.Context(), "active-sessions-user2", "field", "value").Err())
	for _, token := range []string{
		"", "x", "not-json-not-json", "empty-empty", "null-null", "array-array", "no-session", "session-no-object", "userless-userless", "other-token",
		"no-moments", "deep-deep", "hash-hash", "active-sessions-user1", "verification:x", "token\x00AAAA", "tokenAAAA ", strings.Repeat("a", 1<<20),
	} {
		if _, _, err := f.SessionByToken(t.Context(), token); !errors.Is(err, authserver.ErrNotFound) {
			t.Errorf("the session %.40q: %v", token, err)
		}
		if err := f.ExtendSession(t.Context(), token, f.clock().Add(day), f.clock()); !errors.Is(err, authserver.ErrNotFound) {
			t.Errorf("extending %.40q: %v", token, err)
		}
		f.check(f.DeleteUserSession(t.Context(), "user1", token))
	}
	f.alive("tokenAAAA")
	equal(t, "", f.list("user2"))
	f.check(f.DeleteUserSessions(t.Context(), "user2", "spared"))
}

func TestKeysHaveThePrefix(t *testing.T) {
	f := open(t, func(o *redisstore.Options) { o.KeyPrefix = "shop:" })
	f.begin("tokenAAAA", "user1", day)
	f.begin("tokenBBBB", "user1", day)
	f.begin("tokenCCCC", "user1", day)
	f.check(f.DeleteSession(t.Context(), "tokenCCCC"))
	equal(t, "tokenAAAA tokenBBBB", f.list("user1"))
	f.check(f.ReplaceUser(t.Context(), f.user("user1")))
	f.check(f.DeleteUserSessions(t.Context(), "user1", "tokenAAAA"))
	f.alive("tokenAAAA")
	f.check(f.DeleteUserSessions(t.Context(), "user1", ""))
	f.begin("tokenBBBB", "user1", day)
	f.alive("tokenBBBB")
	f.check(f.CreateVerification(t.Context(), authserver.Verification{Identifier: "x", ExpiresAt: f.clock().Add(day)}))
	if _, _, err := f.Hit(t.Context(), "1.2.3.4|/path", 1, time.Minute, f.clock()); err != nil {
		t.Fatal(err)
	}
	keys, err := f.raw.Keys(t.Context(), "*").Result()
	f.check(err)
	for _, key := range keys {
		if !strings.HasPrefix(key, "shop:") {
			t.Errorf("the key %s", key)
		}
	}
	if len(keys) != 5 {
		t.Errorf("the keys %q", keys)
	}
}
