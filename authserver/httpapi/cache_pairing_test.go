package httpapi_test

import (
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/cookiecache"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// strategies are those of the recorded server.
var strategies = map[string]cookiecache.Strategy{"compact": cookiecache.Compact, "jwt": cookiecache.JWT, "jwe": cookiecache.JWE}

const cacheCookie = ".session_data"

// cacheAt is a cookie cache of the recording's form whose clock stands still.
func (r *replayer) cacheAt(now time.Time) *cookiecache.Cache {
	r.t.Helper()
	cache, err := cookiecache.New(cookiecache.Options{
		Strategy: strategies[r.recording.ServerEnv["COOKIE_CACHE"]], MaxAge: 5 * time.Minute, Version: "1", Keys: r.pairs.keys,
		Now: func() time.Time { return now },
	})
	if err != nil {
		r.t.Fatal(err)
	}
	return cache
}

// compareCaches compares what is in the recorded cookie cache with what is in ours.
func (r *replayer) compareCaches(e exchange, got answer) {
	r.t.Helper()
	recorded, ours := cacheIn(e.setCookies()), cacheIn(got.headers["Set-Cookie"])
	if recorded == "" && ours == "" {
		return
	}
	want, ok := r.cacheAt(e.at(r.t)).Open(recorded)
	if !ok {
		r.t.Fatalf("the recorded cache %s is not accepted", recorded)
	}
	have, ok := r.cacheAt(r.clock.Now()).Open(ours)
	if !ok {
		r.t.Fatalf("the cache %s is not accepted", ours)
	}
	if err := r.pairs.body(r.cacheContent(want), r.cacheContent(have)); err != nil {
		r.t.Errorf("cache: %v", err)
	}
	if w, h := cacheLife(want), cacheLife(have); w != h {
		r.t.Errorf("the cache lives %v, recorded is %v", h, w)
	}
}

// cacheIn is the value of the cache that Set-Cookie headers set, "" without one.
func cacheIn(cookies []string) (value string) {
	for _, cookie := range cookies {
		name, piece, _ := splitCookie(cookie)
		if strings.Contains(name, cacheCookie) {
			value += piece
		}
	}
	return value
}

// cacheContent has the members in one order: in a cache that Better-Auth made of an older cache they have another one,
// which nobody sees.
func (r *replayer) cacheContent(payload ecma.Value) string {
	r.t.Helper()
	text := fmt.Sprintf(`{"session":%s,"user":%s,"version":%s}`,
		ecma.Append(nil, payload.Get("session")), ecma.Append(nil, payload.Get("user")), ecma.Append(nil, payload.Get("version")))
	var members any
	if err := json.Unmarshal([]byte(text), &members); err != nil {
		r.t.Fatal(err)
	}
	sorted, err := json.Marshal(members)
	if err != nil {
		r.t.Fatal(err)
	}
	return string(sorted)
}

func cacheLife(payload ecma.Value) time.Duration {
	if exp := payload.Get("exp"); exp.Kind() == ecma.Number {
		return time.Duration(exp.Float()-payload.Get("iat").Float()) * time.Second
	}
	// The reference looked at its clock twice.
	life := time.Duration(payload.Get("expiresAt").Float()-payload.Get("updatedAt").Float()) * time.Millisecond
	return life.Round(100 * time.Millisecond)
}

// renewCaches puts our own in the place of caches that the recorder got without an exchange.
func (r *replayer) renewCaches(e exchange, header string) string {
	r.t.Helper()
	for pair := range strings.SplitSeq(header, "; ") {
		name, value, _ := strings.Cut(pair, "=")
		if !strings.HasSuffix(name, cacheCookie) || r.pairs.oursAre[value] {
			continue
		}
		payload, ok := r.cacheAt(e.at(r.t)).Open(value)
		if !ok {
			continue
		}
		// The user is seeded as it was recorded.
		session := r.shift(e, string(ecma.Append(nil, payload.Get("session"))))
		members := fmt.Sprintf(`"session":%s,"user":%s`, session, ecma.Append(nil, payload.Get("user")))
		ours, err := r.cacheAt(r.clock.Now()).Seal([]byte(members), true)
		if err != nil {
			r.t.Fatal(err)
		}
		header = strings.Replace(header, value, ours, 1)
	}
	return header
}

var momentForm = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z`)

// shift moves the moments in a recorded text to our time.
func (r *replayer) shift(e exchange, text string) string {
	shift := r.clock.Now().Sub(e.at(r.t))
	return momentForm.ReplaceAllStringFunc(text, func(recorded string) string {
		moment, err := time.Parse(time.RFC3339Nano, recorded)
		if err != nil {
			r.t.Fatal(err)
		}
		return moment.Add(shift).UTC().Format("2006-01-02T15:04:05.000Z")
	})
}
