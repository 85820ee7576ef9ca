package bench

import (
	"context"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"github.com/gatehouse-auth/gatehouse/authserver/redisstore/redistest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

var redisSessions = scenario{
	name: "redis", title: "get-session, Redis, 32 connections",
	note:   "Sessions are in Redis, in the form of Better-Auth's secondary storage.",
	metric: throughput,
	contestants: func(t *testing.T, w *world) []contestant {
		store := redistest.Start(t)
		d := deployment{redis: store.URL}
		d.database = w.database(t, small, d)
		reference, ours := d.betterAuth(t), d.gatehouse(t)
		client := store.Client()
		defer client.Close()
		copySessions(t, client, reference)
		l := load{32, each(small.sample(), person.getSession)}
		return []contestant{w.loaded(reference, betterAuth, l), w.loaded(ours, gatehouse, l, betterAuth)}
	},
}

// copySessions signs one user in and stores what Better-Auth wrote then for all others: a thousand sign-ins take a minute.
func copySessions(t *testing.T, client *redis.Client, reference *subject) {
	t.Helper()
	ctx := context.WithoutCancel(t.Context())
	people := small.sample()
	_, body := send(t, reference, people[0].signIn())
	var answer struct{ Token string }
	if err := json.Unmarshal([]byte(body), &answer); err != nil {
		t.Fatal(err)
	}
	stored, err := client.Get(ctx, servers.RedisPrefix+answer.Token).Result()
	if err != nil {
		t.Fatalf("the session of %s: %v", body, err)
	}
	for _, p := range people {
		of := strings.NewReplacer(answer.Token, p.token(), people[0].id(), p.id(), people[0].email(), p.email())
		if err := client.Set(ctx, servers.RedisPrefix+p.token(), of.Replace(stored), 24*time.Hour).Err(); err != nil {
			t.Fatal(err)
		}
	}
}
