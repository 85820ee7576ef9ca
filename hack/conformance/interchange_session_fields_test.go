package conformance

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

var light = "light"

var sessionFields = []config.CustomField{
	{Name: "device", Type: "string"},
	{Name: "theme", Type: "string", Default: &light, Required: true},
	{Name: "visits", Type: "number", Default: &one, Input: &no},
	{Name: "flags", Type: "string[]"},
	{Name: "seen", Type: "date"},
	{Name: "note", Type: "string", Returned: &no},
}

// TestInterchangeOfSessionFields changes a session at one server and reads it at the other, from the database and from the
// cookie cache.
func TestInterchangeOfSessionFields(t *testing.T) {
	t.Parallel()
	for name, cache := range map[string]string{"without cache": "", "with a cache": config.CookieCacheCompact} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bothWays(t, servers.Settings{SessionFields: sessionFields, CookieCache: cache}, liveWithFields)
		})
	}
}

func liveWithFields(t *testing.T, d direction) {
	here := signedUp(t, d, nil)
	there := here.at(d.taker)
	sameUser(t, d, here, there)
	for _, body := range []map[string]any{
		{"nope": 1}, {"visits": 2}, {"visits": 0}, {"token": "x", "userId": "x"},
	} {
		theirs, ours := here.post("/update-session", body), there.post("/update-session", body)
		if theirs.status != http.StatusBadRequest || ours.status != theirs.status || ours.raw != theirs.raw {
			t.Errorf("%v: %d %s and %d %s", body, theirs.status, theirs.raw, ours.status, ours.raw)
		}
	}
	body := map[string]any{"device": 5, "theme": "dark", "flags": []string{"a", "b"}, "seen": "2001-02-03", "note": "secret", "visits": 0}
	changed := there.post("/update-session", body).want(t, http.StatusOK)
	if changed.at("session.device") != "5" || changed.at("session.theme") != "dark" || changed.at("session.visits") != 1.0 || changed.at("session.note") != nil {
		t.Errorf("at %s: %s", d.taker.Name, changed.raw)
	}
	here = there.at(d.maker)
	sameUser(t, d, here, there)
	if found := here.get("/get-session?disableCookieCache=true"); !reflect.DeepEqual(found.at("session"), changed.at("session")) {
		t.Errorf("changed at %s to %s, at %s it is %s", d.taker.Name, changed.raw, d.maker.Name, found.raw)
	}
	back := here.post("/update-session", map[string]any{"flags": nil, "seen": nil, "device": nil}).want(t, http.StatusOK)
	if back.at("session.flags") != nil || back.at("session.theme") != "dark" {
		t.Errorf("at %s: %s", d.maker.Name, back.raw)
	}
	sameUser(t, d, here, here.at(d.taker))
}
