package conformance

import (
	"encoding/json"
	"net/http"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore/redistest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// bothWaysThroughRedis is bothWays with one Redis for the sessions of both servers.
func bothWaysThroughRedis(t *testing.T, settings servers.Settings, test func(t *testing.T, d direction, redis *redis.Client)) {
	t.Helper()
	shared := redistest.Start(t)
	settings.Redis = shared.URL
	client := shared.Client()
	t.Cleanup(func() { _ = client.Close() })
	bothWays(t, settings, func(t *testing.T, d direction) { test(t, d, client) })
}

func TestInterchangeOfAUsersLifeThroughRedis(t *testing.T) {
	t.Parallel()
	bothWaysThroughRedis(t, servers.Settings{Fields: seed, DeleteUser: true}, func(t *testing.T, d direction, redis *redis.Client) {
		aUsersLife(t, d)
		for _, key := range keys(t, redis) {
			if !strings.HasPrefix(key, servers.RedisPrefix+"revoked-sessions-before-") {
				t.Errorf("of a deleted user, %s is left", key)
			}
		}
		if err := redis.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	})
}

func keys(t *testing.T, redis *redis.Client) []string {
	t.Helper()
	all, err := redis.Keys(t.Context(), "*").Result()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// unlike are the parts of stored values that no two users have in common.
var unlike = regexp.MustCompile(`[A-Za-z0-9]{32}|\d{4}-\d\d-\d\dT[0-9:.]+Z|\b\d{13}\b|(better-auth|gatehouse)\.someone`)

// TestBothServersStoreTheSameInRedis compares the keys, the values to the byte, and how long they live.
func TestBothServersStoreTheSameInRedis(t *testing.T) {
	t.Parallel()
	fields := map[string]any{"tier": "gö\"l\\d/", "age": -31, "flag": true, "tags": []string{"a", "ü"}, "birthday": "2001-02-03T04:05:06.789Z", "secretNote": "x"}
	stored := map[string]map[string]string{}
	settings := servers.Settings{Fields: full, SessionFields: []config.CustomField{{Name: "theme", Type: "string", Default: &user}}}
	bothWaysThroughRedis(t, settings, func(t *testing.T, d direction, redis *redis.Client) {
		here := signedUp(t, d, fields)
		forgotten := &browser{t: t, server: d.maker}
		body := credentials(d)
		body["rememberMe"] = false
		forgotten.post("/sign-in/email", body).want(t, http.StatusOK)
		here.post("/update-user", map[string]any{"name": "Another", "tags": []string{}}).want(t, http.StatusOK)
		here.post("/update-session", map[string]any{"theme": "dark"}).want(t, http.StatusOK)
		ended := &browser{t: t, server: d.maker}
		ended.post("/sign-in/email", credentials(d)).want(t, http.StatusOK)
		ended.post("/sign-out", map[string]any{}).want(t, http.StatusOK)
		stored[d.name] = map[string]string{}
		for _, key := range keys(t, redis) {
			value, err := redis.Get(t.Context(), key).Result()
			if err != nil {
				t.Fatal(err)
			}
			life, err := redis.TTL(t.Context(), key).Result()
			if err != nil {
				t.Fatal(err)
			}
			// Of two sessions, the forgotten one ends first.
			name := unlike.ReplaceAllString(key, "_") + life.Round(time.Hour).String()
			stored[d.name][name] = unlike.ReplaceAllString(value, "_")
		}
		if err := redis.FlushAll(t.Context()).Err(); err != nil {
			t.Fatal(err)
		}
	})
	theirs, ours := stored["made by better-auth"], stored["made by gatehouse"]
	if len(theirs) != 3 || !reflect.DeepEqual(theirs, ours) {
		t.Errorf("better-auth stores\n%s\ngatehouse stores\n%s", pretty(theirs), pretty(ours))
	}
}

func pretty(value any) string {
	text, _ := json.MarshalIndent(value, "", "  ")
	return string(text)
}

func TestInterchangeOfSessionRefreshThroughRedis(t *testing.T) {
	t.Parallel()
	bothWaysThroughRedis(t, servers.Settings{}, func(t *testing.T, d direction, redis *redis.Client) {
		here := signedUp(t, d, nil)
		made := here.get("/get-session")
		key := servers.RedisPrefix + made.at("session.token").(string)
		value, err := redis.Get(t.Context(), key).Result()
		if err != nil {
			t.Fatal(err)
		}
		due := time.Now().Add(5 * 24 * time.Hour).UTC().Format("2006-01-02T15:04:05.000Z")
		value = strings.Replace(value, made.at("session.expiresAt").(string), due, 1)
		if err := redis.SetArgs(t.Context(), key, value, keepTTL).Err(); err != nil {
			t.Fatal(err)
		}
		there := here.at(d.taker)
		refreshed := there.get("/get-session").want(t, http.StatusOK)
		expires := moment(t, refreshed.at("session.expiresAt"))
		if life := time.Until(expires); life < week-time.Minute || life > week+time.Minute {
			t.Errorf("the refreshed session lives for %s", life)
		}
		back := there.at(d.maker).get("/get-session")
		if !reflect.DeepEqual(back.body, refreshed.body) {
			t.Errorf("refreshed to %s at %s, which %s sees as %s", refreshed.raw, d.taker.Name, d.maker.Name, back.raw)
		}
	})
}

func TestRevokedSessionsAreDeadAtBothServers(t *testing.T) {
	t.Parallel()
	bothWaysThroughRedis(t, servers.Settings{}, func(t *testing.T, d direction, redis *redis.Client) {
		here := signedUp(t, d, nil)
		token := here.get("/get-session").at("session.token").(string)
		value, err := redis.Get(t.Context(), servers.RedisPrefix+token).Result()
		if err != nil {
			t.Fatal(err)
		}
		copied := *here
		there := here.at(d.taker)
		there.post("/revoke-sessions", map[string]any{}).want(t, http.StatusOK)
		// Even when a slower request brings it back.
		if err := redis.Set(t.Context(), servers.RedisPrefix+token, value, time.Hour).Err(); err != nil {
			t.Fatal(err)
		}
		for _, server := range []servers.Server{d.maker, d.taker} {
			if found := copied.at(server).get("/get-session").want(t, http.StatusOK); found.raw != "null" {
				t.Errorf("at %s: %s", server.Name, found.raw)
			}
		}
		again := &browser{t: t, server: d.maker}
		again.post("/sign-in/email", credentials(d)).want(t, http.StatusOK)
		sameUser(t, d, again, again.at(d.taker))
	})
}

// TestInterchangeOfVerificationValues lets each server use up a value that ours has stored.
func TestInterchangeOfVerificationValues(t *testing.T) {
	t.Parallel()
	bothWaysThroughRedis(t, servers.Settings{DeleteUser: true}, func(t *testing.T, d direction, client *redis.Client) {
		here := signedUp(t, d, nil)
		store, err := redisstore.Open(redisstore.Options{
			URL:       func() (string, error) { return "unix://" + client.Options().Addr, nil },
			KeyPrefix: servers.RedisPrefix, SessionTTL: week, Now: time.Now,
		})
		if err != nil {
			t.Fatal(err)
		}
		defer store.Close()
		err = store.CreateVerification(t.Context(), authserver.Verification{
			Identifier: "delete-account-token", Value: here.get("/get-session").at("user.id").(string), CreatedAt: time.Now(), ExpiresAt: time.Now().Add(time.Hour),
		})
		if err != nil {
			t.Fatal(err)
		}
		copied := here.at(d.taker)
		here.at(d.taker).get("/delete-user/callback?token=token").want(t, http.StatusOK)
		if found := copied.at(d.maker).get("/get-session"); found.raw != "null" {
			t.Errorf("deleted at %s: %s", d.taker.Name, found.raw)
		}
	})
}

// keepTTL lets a key live as long as it would have.
var keepTTL = redis.SetArgs{KeepTTL: true}
