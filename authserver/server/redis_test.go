package server_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore/redistest"
	"github.com/gatehouse-auth/gatehouse/authserver/server"
)

func withRedis(redis *redistest.Server) func(*server.Options) {
	return func(o *server.Options) {
		o.Config.Session.Storage, o.Config.RateLimit.Storage = config.SessionRedis, config.RateLimitRedis
		o.RedisURL = func() (config.Redacted, error) { return config.Redacted(redis.URL), nil }
	}
}

func TestTheServerWaitsForItsRedis(t *testing.T) {
	redis := redistest.Start(t)
	redis.Kill()
	r := start(t, true, withRedis(redis))
	deadline := time.Now().Add(20 * time.Second)
	for _, body := r.get(r.ops + "/readyz"); !strings.Contains(body, "Redis does not answer"); _, body = r.get(r.ops + "/readyz") {
		if time.Now().After(deadline) {
			t.Fatalf("/readyz says %q", body)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if status, _ := r.get(r.ops + "/livez"); status != 200 {
		t.Errorf("/livez is %d", status)
	}
	redis.Restart()
	r.eventually(r.ops+"/readyz", 200)
	if status, body := r.do(http.MethodPost, r.public+"/api/auth/sign-up/email", signUp); status != 200 {
		t.Errorf("sign-up: %d %s", status, body)
	}
	_, metrics := r.get(r.ops + "/metrics")
	for _, name := range []string{`gatehouse_redis_connections{state="idle"}`, `gatehouse_redis_connections{state="in_use"}`, "gatehouse_redis_timeouts_total"} {
		if !strings.Contains(metrics, "\n"+name+" ") {
			t.Errorf("there is no metric %s", name)
		}
	}
}

func TestTheServerSurvivesItsRedis(t *testing.T) {
	redis := redistest.Start(t)
	r := start(t, true, withRedis(redis))
	r.eventually(r.ops+"/readyz", 200)
	redis.Kill()
	if status, body := r.do(http.MethodPost, r.public+"/api/auth/sign-up/email", signUp); status != 503 || !strings.Contains(body, "SERVICE_UNAVAILABLE") {
		t.Errorf("sign-up without Redis: %d %s", status, body)
	}
	// As without a database, readiness does not flap: no other replica has a Redis either.
	for location, want := range map[string]int{r.public + "/api/auth/ok": 200, r.public + "/health": 200, r.ops + "/livez": 200, r.ops + "/readyz": 200} {
		if status, body := r.get(location); status != want {
			t.Errorf("%s without Redis: %d %s", location, status, body)
		}
	}
	redis.Lose()
	deadline := time.Now().Add(20 * time.Second)
	for status := 0; status != 200; {
		var body string
		if status, body = r.do(http.MethodPost, r.public+"/api/auth/sign-up/email", signUp); time.Now().After(deadline) {
			t.Fatalf("sign-up with Redis back: %d %s", status, body)
		}
		time.Sleep(10 * time.Millisecond)
	}
	r.stop()
	if err := <-r.done; err != nil {
		t.Error(err)
	}
}

func TestAServerThatNeedsRedisMustKnowWhere(t *testing.T) {
	r := start(t, true, nil)
	for name, url := range map[string]func() (config.Redacted, error){
		"opening Redis: its URL is not known": nil,
		"opening Redis: the Redis URL cannot be parsed; the form is redis://user:password@host:6379/0": func() (config.Redacted, error) {
			return "redis://:hunter2%@h", nil
		},
	} {
		options := server.Options{
			Config: r.cfg, DatabaseURL: config.Redacted(r.database), RedisURL: url,
			Secrets: config.Secrets{Keys: []config.SigningKey{{Value: config.Redacted(strings.Repeat("s", 32))}}},
		}
		options.Config.RateLimit.Storage = config.RateLimitRedis
		if _, err := server.New(t.Context(), options); err == nil || err.Error() != name {
			t.Errorf("%v, want %s", err, name)
		}
	}
}
