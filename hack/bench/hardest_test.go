package bench

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// storm is about whom hashing starves.
var storm = scenario{
	name: "storm", title: "get-session during a storm of sign-ins",
	note:   "16 connections ask for sessions; in the storm, 16 more sign in (scrypt).",
	metric: p99, longer: 2,
	contestants: func(t *testing.T, w *world) []contestant {
		d := deployment{}
		d.database = w.database(t, small, d)
		var all []contestant
		for _, target := range []*subject{d.betterAuth(t), d.gatehouse(t)} {
			calm := target.name + ", quiet"
			l := load{16, each(small.sample(), person.getSession)}
			all = append(all, w.loaded(target, calm, l), contestant{
				name: target.name + ", storm", against: []string{calm},
				turn: func(t *testing.T, seconds int) figures { return w.stormy(t, target, l, seconds) },
			})
		}
		return all
	},
}

// stormy is a turn, beside which others sign in from before it begins until after it ends.
func (w *world) stormy(t *testing.T, target *subject, l load, seconds int) figures {
	t.Helper()
	w.settle(t, target)
	before, _ := w.cpu(t, target)
	type ended struct {
		outcome
		err error
	}
	hashing := make(chan ended, 1)
	file := script(t, each(small.sample(), person.signIn)())
	go func() {
		o, err := wrk(t.Context(), target, 16, seconds+2, file)
		hashing <- ended{o, err}
	}()
	for now := before; now < before+0.3; now, _ = w.cpu(t, target) {
		time.Sleep(10 * time.Millisecond)
	}
	o := drive(t, target, l, seconds)
	storm := <-hashing
	if storm.err != nil {
		t.Fatal(storm.err)
	}
	return figures{throughput: o.Requests / o.Seconds, p50: o.P50, p99: o.P99, signIns: storm.Requests / storm.Seconds}
}

var large = crowd{users: 1_000_000, sessions: 3_000_000}

var growth = scenario{
	name: "growth", title: "get-session, database, 32 connections, as the database grows",
	note:   "1,000 users with as many sessions, and 1,000,000 users with 3,000,000 sessions; 1,000 of them are asked for.",
	metric: throughput,
	contestants: func(t *testing.T, w *world) []contestant {
		few, many := deployment{}, deployment{}
		few.database, many.database = w.database(t, small, few), w.database(t, large, many)
		some, spread := load{32, each(small.sample(), person.getSession)}, load{32, each(large.sample(), person.getSession)}
		return []contestant{
			w.loaded(few.bare(t, w), "bare, 1,000", some), w.loaded(many.bare(t, w), "bare, 3,000,000", spread, "bare, 1,000"),
			w.loaded(few.gatehouse(t), "gatehouse, 1,000", some), w.loaded(many.gatehouse(t), "gatehouse, 3,000,000", spread, "gatehouse, 1,000"),
		}
	},
}

var sharedLimits = scenario{
	name: "shared-limits", title: "get-session, database, 32 connections, with the rate limit that replicas share",
	note:   "`rateLimit.storage` Database against Memory, with requests from one address and from 1,000.",
	metric: throughput,
	contestants: func(t *testing.T, w *world) []contestant {
		d := deployment{limits: config.RateLimitDatabase}
		d.database = w.database(t, small, d)
		shared := d.gatehouse(t)
		d.limits = config.RateLimitMemory
		alone := d.gatehouse(t)
		one := load{32, each(small.sample(), func(p person) request {
			r := p.getSession()
			r.client = "198.51.100.1"
			return r
		})}
		many := load{32, each(small.sample(), person.getSession)}
		return []contestant{
			w.loaded(alone, "Memory, 1 address", one), w.loaded(shared, "Database, 1 address", one, "Memory, 1 address"),
			w.loaded(alone, "Memory, 1,000 addresses", many), w.loaded(shared, "Database, 1,000 addresses", many, "Memory, 1,000 addresses"),
		}
	},
}

// rest is how long a server does nothing before its memory is read.
const rest = 5 * time.Second

var starting = scenario{
	name: "start", title: "cold start, and memory at rest",
	note:   "From the start of the process to the first good answer (ours: of `/readyz`, which asks the database). Memory is VmRSS 5 s after that.",
	metric: coldStart,
	contestants: func(t *testing.T, w *world) []contestant {
		d := deployment{}
		d.database = w.database(t, small, d)
		begin := func(server func(*testing.T) *subject) func(*testing.T, int) figures {
			return func(t *testing.T, _ int) figures {
				s := server(t)
				time.Sleep(rest)
				idle := s.memory(t, "VmRSS")
				s.stop(t)
				return figures{coldStart: float64(s.took.Microseconds()) / 1000, idleMemory: idle}
			}
		}
		return []contestant{
			{name: betterAuth, turn: begin(d.betterAuth)}, {name: gatehouse, against: []string{betterAuth}, turn: begin(d.gatehouse)},
		}
	},
}

var images = scenario{
	name: "images", title: "size of the images, not compressed", metric: imageSize, once: true,
	contestants: func(*testing.T, *world) []contestant {
		var all []contestant
		for _, name := range []string{"authserver", "operator"} {
			all = append(all, contestant{name: name, turn: func(t *testing.T, _ int) figures {
				t.Helper()
				file, err := os.Stat(filepath.Join(moduleRoot(t), "bin", "images", name+".tar"))
				if err != nil {
					t.Fatalf("%v; `make images` makes it", err)
				}
				return figures{imageSize: float64(file.Size()) / 1e6}
			}})
		}
		return all
	},
}

// hashes is the turn of nothing but hashing.
func (w *world) hashes(t *testing.T, seconds int) figures {
	t.Helper()
	output, err := exec.Command(w.bare, "scrypt", fmt.Sprintf("%ds", seconds)).Output()
	if err != nil {
		t.Fatal(err)
	}
	var limit struct{ HashesPerSecond float64 }
	if err := json.Unmarshal(output, &limit); err != nil {
		t.Fatal(err)
	}
	return figures{throughput: limit.HashesPerSecond}
}
