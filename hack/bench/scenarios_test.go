package bench

import (
	"strconv"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
)

// The names of contestants that only some scenarios have.
const (
	argon2id  = "gatehouse, argon2id"
	hashLimit = "bare scrypt"
)

// scenario is what is measured in rounds.
type scenario struct {
	// name is for the flag and the targets, title and note are for readers.
	name, title, note string
	// metric is the one that counts.
	metric string
	// longer is how many times as long as others its turns take; 0 is once.
	longer int
	// once says that more rounds than one would say the same.
	once bool
	// short says that make test runs it.
	short bool
	// contestants are started here.
	contestants func(t *testing.T, w *world) []contestant
}

// contestant takes a turn in each round.
type contestant struct {
	name string
	// against are those whose figures its own are divided by.
	against []string
	turn    func(t *testing.T, seconds int) figures
}

// loaded is a server that is driven with a load.
func (w *world) loaded(target *subject, name string, l load, against ...string) contestant {
	return contestant{name: name, against: against, turn: func(t *testing.T, seconds int) figures { return w.turn(t, target, l, seconds) }}
}

// scenarios are all, in the order of the report.
func scenarios() []scenario {
	return []scenario{
		getSession(1), getSession(32), getSession(256), cookieCache, redisSessions,
		signIn, signInCrowd, signUpScenario, jwt, mixed, storm, growth, sharedLimits, starting, images,
	}
}

// getSession asks for sessions in the database.
func getSession(connections int) scenario {
	return scenario{
		name: "get-session-" + strconv.Itoa(connections), title: "get-session, database, " + strconv.Itoa(connections) + " connections",
		metric: throughput, short: connections == 32,
		contestants: func(t *testing.T, w *world) []contestant {
			d := deployment{}
			d.database = w.database(t, small, d)
			return w.three(t, d, load{connections: connections, requests: each(small.sample(), person.getSession)})
		},
	}
}

// three are the real one, the bare handler and ours with one load, to which they answer alike.
func (w *world) three(t *testing.T, d deployment, l load) []contestant {
	t.Helper()
	reference, handler, ours := d.betterAuth(t), d.bare(t, w), d.gatehouse(t)
	_, want := send(t, reference, l.requests()[0])
	for _, other := range []*subject{handler, ours} {
		if _, body := send(t, other, l.requests()[0]); strings.TrimSpace(body) != want {
			t.Fatalf("%s answers %s, and %s answers %s", other.name, body, reference.name, want)
		}
	}
	return []contestant{w.loaded(reference, betterAuth, l), w.loaded(handler, bare, l, betterAuth), w.loaded(ours, gatehouse, l, betterAuth, bare)}
}

// two are the real one and ours with one load.
func (w *world) two(t *testing.T, d deployment, l load) []contestant {
	t.Helper()
	return []contestant{w.loaded(d.betterAuth(t), betterAuth, l), w.loaded(d.gatehouse(t), gatehouse, l, betterAuth)}
}

var cookieCache = scenario{
	name: "cookie-cache", title: "get-session, cookie cache, 32 connections",
	note:   "Sessions come from the signed cookie `session_data` (Compact). The bare handler reads the database, as above.",
	metric: throughput, short: true,
	contestants: func(t *testing.T, w *world) []contestant {
		d := deployment{cookieCache: true}
		d.database = w.database(t, small, d)
		reference, handler, ours := d.betterAuth(t), d.bare(t, w), d.gatehouse(t)
		return []contestant{
			w.loaded(reference, betterAuth, load{32, cached(t, reference)}),
			w.loaded(handler, bare, load{32, each(small.sample(), person.getSession)}, betterAuth),
			w.loaded(ours, gatehouse, load{32, cached(t, ours)}, betterAuth, bare),
		}
	},
}

// cached are requests with the copy of the session that the server itself gave.
func cached(t *testing.T, target *subject) func() []request {
	t.Helper()
	return each(small.sample(), func(p person) request {
		r := p.getSession()
		cookies, _ := send(t, target, r)
		for _, cookie := range cookies {
			if cookie.Name == "better-auth.session_data" {
				r.cookie += "; " + cookie.Name + "=" + cookie.Value
				return r
			}
		}
		t.Fatalf("%s sets no cookie better-auth.session_data", target.name)
		return r
	})
}

var signIn = scenario{
	name: "sign-in", title: "sign-in with a password, 32 connections",
	note: "Passwords are hashed by scrypt (N=16384, r=16, p=1) but for the last row. `bare scrypt` is nothing but such hashes, by " +
		"golang.org/x/crypto on all processors.",
	metric: throughput, longer: 3,
	contestants: func(t *testing.T, w *world) []contestant {
		d := deployment{}
		d.database = w.database(t, small, d)
		l := load{32, each(small.sample(), person.signIn)}
		return []contestant{
			w.loaded(d.betterAuth(t), betterAuth, l), {name: hashLimit, against: []string{betterAuth}, turn: w.hashes},
			w.loaded(d.gatehouse(t), gatehouse, l, betterAuth, hashLimit), w.loaded(w.withArgon2id(t), argon2id, l, betterAuth, hashLimit),
		}
	},
}

// signInCrowd is about memory: more ask than there are processors.
var signInCrowd = scenario{
	name: "sign-in-64", title: "memory under load: sign-in with a password, 64 connections", metric: peak, longer: 2,
	contestants: func(t *testing.T, w *world) []contestant {
		d := deployment{}
		d.database = w.database(t, small, d)
		return w.two(t, d, load{64, each(small.sample(), person.signIn)})
	},
}

var signUpScenario = scenario{
	name: "sign-up", title: "sign-up with a password, 32 connections", metric: throughput, longer: 3,
	contestants: func(t *testing.T, w *world) []contestant {
		d := deployment{}
		d.database = w.database(t, small, d)
		return w.two(t, d, load{32, signUps})
	},
}

var jwt = scenario{
	name: "jwt", title: "GET /token of the jwt plugin (EdDSA), 32 connections", metric: throughput,
	contestants: func(t *testing.T, w *world) []contestant {
		d := deployment{jwt: true}
		d.database = w.database(t, small, d)
		return w.two(t, d, load{32, each(small.sample(), person.getToken)})
	},
}

var mixed = scenario{
	name: "mixed", title: "mixed, 32 connections", note: "95 get-session, 3 sign-in, 1 sign-up and 1 update-user of each 100. Passwords are hashed by scrypt but for the last row.",
	metric: throughput, longer: 2, short: true,
	contestants: func(t *testing.T, w *world) []contestant {
		d := deployment{}
		d.database = w.database(t, small, d)
		l := load{32, mixture(small.sample())}
		other := w.withArgon2id(t)
		return append(w.two(t, d, l), w.loaded(other, argon2id, l, betterAuth))
	},
}

// withArgon2id is ours with a database whose passwords are hashed by argon2id.
func (w *world) withArgon2id(t *testing.T) *subject {
	t.Helper()
	d := deployment{hash: config.HashArgon2id}
	d.database = w.database(t, crowd{users: small.users, sessions: small.sessions, form: passhash.Argon2id}, d)
	return d.gatehouse(t)
}
