package httpapi_test

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/redis/go-redis/v9"
)

// dumpPath is where the recorder read the secondary storage; we have a Redis in its place.
const dumpPath = "/__reference/secondary"

// compareDump compares what the recorded server kept in secondary storage with what ours keeps in Redis: each key, each
// value, and that nothing else is there.
func (r *replayer) compareDump(e exchange) {
	r.t.Helper()
	var recorded map[string]string
	if err := json.Unmarshal([]byte(e.responseBody()), &recorded); err != nil {
		r.t.Fatal(err)
	}
	ours := r.dump()
	if len(ours) != len(recorded) {
		r.t.Errorf("%d keys, recorded are %d: %v", len(ours), len(recorded), ours)
	}
	for key, want := range recorded {
		got, found := ours[r.translateKey(key)]
		if !found {
			r.t.Errorf("there is no key like %s in %v", key, ours)
			continue
		}
		if err := r.compareValue(key, want, got); err != nil {
			r.t.Errorf("%s: %v", key, err)
		}
	}
}

func (r *replayer) client() *redis.Client {
	client := r.redis.Client()
	r.t.Cleanup(func() { client.Close() })
	return client
}

func (r *replayer) dump() map[string]string {
	r.t.Helper()
	client, values := r.client(), map[string]string{}
	keys, err := client.Keys(r.t.Context(), "*").Result()
	if err != nil {
		r.t.Fatal(err)
	}
	for _, key := range keys {
		if values[key], err = client.Get(r.t.Context(), key).Result(); err != nil {
			r.t.Fatal(err)
		}
		if life, err := client.PTTL(r.t.Context(), key).Result(); err != nil || life <= 0 {
			r.t.Errorf("%s lives %v, %v", key, life, err)
		}
	}
	return values
}

// translateKey puts our ids and tokens in the place of recorded ones.
func (r *replayer) translateKey(key string) string {
	return r.replace(key, func(recorded string) bool { return !timeForm.MatchString(recorded) })
}

// replace puts our texts in the place of some recorded ones.
func (r *replayer) replace(text string, some func(recorded string) bool) string {
	for recorded, ours := range r.pairs.ours {
		if some(recorded) {
			text = strings.ReplaceAll(text, recorded, ours)
		}
	}
	return text
}

func (r *replayer) compareValue(key, recorded, ours string) error {
	switch {
	case strings.HasPrefix(key, "active-sessions-"):
		return r.compareReferences(recorded, ours)
	case strings.HasPrefix(key, "revoked-sessions-before-"):
		moment, err := strconv.ParseInt(ours, 10, 64)
		if age := r.clock.Now().Sub(time.UnixMilli(moment)); err == nil && (age < 0 || age > time.Second) {
			return fmt.Errorf("%s is not just now", ours)
		}
		return err
	case strings.HasPrefix(recorded, "{"):
		// Tokens of links stand within identifiers; ids are compared as such.
		link := func(recorded string) bool { return !timeForm.MatchString(recorded) && !idForm.MatchString(recorded) }
		return r.pairs.body(r.replace(recorded, link), ours)
	case recorded != ours:
		return fmt.Errorf("%s, recorded is %s", ours, recorded)
	}
	return nil
}

// compareReferences takes the ends from the sessions themselves.
func (r *replayer) compareReferences(recorded, ours string) error {
	var references []struct {
		Token     string `json:"token"`
		ExpiresAt int64  `json:"expiresAt"`
	}
	if err := json.Unmarshal([]byte(recorded), &references); err != nil {
		return err
	}
	values := r.dump()
	for i := range references {
		references[i].Token = r.pairs.ours[references[i].Token]
		var record struct{ Session struct{ ExpiresAt time.Time } }
		if err := json.Unmarshal([]byte(values[references[i].Token]), &record); err != nil {
			return err
		}
		references[i].ExpiresAt = record.Session.ExpiresAt.UnixMilli()
	}
	want, err := json.Marshal(references)
	if err != nil {
		return err
	}
	if string(want) != ours {
		return fmt.Errorf("%s, want %s", ours, want)
	}
	return nil
}
