package conformance

import (
	"net/http"
	"reflect"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

func TestInterchangeOfCookieCaches(t *testing.T) {
	t.Parallel()
	for _, strategy := range []string{config.CookieCacheCompact, config.CookieCacheJWT, config.CookieCacheJWE} {
		for name, secrets := range map[string]string{"one secret": "", "versioned secrets": "2:" + strings.Repeat("second", 8) + ",1:" + servers.Secret} {
			t.Run(strategy+" with "+name, func(t *testing.T) {
				t.Parallel()
				settings := servers.Settings{CookieCache: strategy, Secrets: secrets, Fields: full}
				bothWaysTapped(t, settings, interchangeOfCaches)
			})
		}
	}
}

// bothWaysTapped is bothWays with a tap before the database of the taker.
func bothWaysTapped(t *testing.T, settings servers.Settings, test func(t *testing.T, d direction, taker *tap)) {
	t.Helper()
	location := pgtest.Database(t)
	before := map[string]*tap{"better-auth": tapped(t, location), "gatehouse": tapped(t, location)}
	settings.Database = before["better-auth"].url
	reference := servers.Reference(t, settings)
	settings.Database = before["gatehouse"].url
	ours := servers.Gatehouse(t, settings)
	for _, d := range []direction{
		{name: "made by better-auth", maker: reference, taker: ours},
		{name: "made by gatehouse", maker: ours, taker: reference},
	} {
		t.Run(d.name, func(t *testing.T) {
			d.database = connect(t, location)
			test(t, d, before[d.taker.Name])
		})
	}
}

func interchangeOfCaches(t *testing.T, d direction, taker *tap) {
	// Together they are larger than one cookie may be.
	fields := map[string]any{"tier": strings.Repeat("gö\"l\\d ", 400), "age": -31, "flag": true, "tags": []string{"a", "ü"}, "birthday": "2001-02-03T04:05:06.789Z", "secretNote": "not returned"}
	here := signedUp(t, d, fields)
	there := here.at(d.taker)
	made := here.get("/get-session").want(t, http.StatusOK)
	if made.body == nil || len(made.cookies) > 0 || !strings.HasSuffix(there.cookies[len(there.cookies)-1].Name, ".session_data.1") {
		t.Fatalf("%s made %s with %v", d.maker.Name, made.raw, there.cookies)
	}
	start := taker.asked.Load()
	for range 5 {
		found := there.get("/get-session").want(t, http.StatusOK)
		if !reflect.DeepEqual(found.body, made.body) || len(found.cookies) > 0 {
			t.Fatalf("the session was %s and is %s with %v", made.raw, found.raw, found.cookies)
		}
	}
	if asked := taker.asked.Load() - start; asked != 0 {
		t.Errorf("%s asked the database %d times though the cache is fresh", d.taker.Name, asked)
	}

	execute(t, d.database, `UPDATE "user" SET name = 'Renamed', tier = 'short' WHERE email = $1`, strings.ToLower(address(d)))
	if still := there.get("/get-session"); !reflect.DeepEqual(still.body, made.body) {
		t.Errorf("a fresh cache is %s", still.raw)
	}
	renewed := there.get("/get-session?disableCookieCache=true").want(t, http.StatusOK)
	if renewed.at("user.name") != "Renamed" || taker.asked.Load() == start {
		t.Errorf("disableCookieCache: %s", renewed.raw)
	}
	back := there.at(d.maker).get("/get-session").want(t, http.StatusOK)
	if !reflect.DeepEqual(back.body, renewed.body) || len(back.cookies) > 0 {
		t.Errorf("%s renewed the cache to %s, which %s sees as %s with %v", d.taker.Name, renewed.raw, d.maker.Name, back.raw, back.cookies)
	}
	tampered(t, there, renewed)
}

// tampered changes one character of the cache: it must be replaced from the database.
func tampered(t *testing.T, there *browser, want reply) {
	t.Helper()
	for _, cookie := range there.cookies {
		if strings.HasSuffix(cookie.Name, ".session_data") {
			middle := len(cookie.Value) / 2
			other := "A"
			if cookie.Value[middle:middle+1] == other {
				other = "B"
			}
			cookie.Value = cookie.Value[:middle] + other + cookie.Value[middle+1:]
		}
	}
	got := there.get("/get-session").want(t, http.StatusOK)
	if !reflect.DeepEqual(got.body, want.body) || len(got.cookies) != 2 || got.cookies[0].MaxAge >= 0 || got.cookies[1].MaxAge <= 0 {
		t.Errorf("with a changed cache: %s with %v", got.raw, got.cookies)
	}
}
