package conformance

import (
	"net/http"
	"reflect"
	"testing"

	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// TestInterchangeOfAUsersLife takes a user through all that signed-in users do, from one server to the other and back.
func TestInterchangeOfAUsersLife(t *testing.T) {
	t.Parallel()
	bothWays(t, servers.Settings{Fields: seed, DeleteUser: true}, aUsersLife)
}

func aUsersLife(t *testing.T, d direction) {
	here := signedUp(t, d, map[string]any{"role": "user"})
	there := here.at(d.taker)
	there.post("/update-user", map[string]any{"name": "Another", "image": "https://example.com/i.png", "tier": "gold", "role": nil}).want(t, http.StatusOK)
	sameUser(t, d, here, there)

	there.post("/verify-password", map[string]any{"password": password}).want(t, http.StatusOK)
	changed := there.post("/change-password", map[string]any{"currentPassword": password, "newPassword": "another " + password, "revokeOtherSessions": true})
	changed.want(t, http.StatusOK)
	if old := here.get("/get-session"); old.raw != "null" {
		t.Errorf("the session of before the change: %s", old.raw)
	}
	here = there.at(d.maker)
	sameUser(t, d, here, there)
	here.post("/verify-password", map[string]any{"password": "another " + password}).want(t, http.StatusOK)

	second := &browser{t: t, server: d.maker}
	body := credentials(d)
	body["password"] = "another " + password
	second.post("/sign-in/email", body).want(t, http.StatusOK)
	for _, path := range []string{"/list-sessions", "/list-accounts"} {
		theirs, ours := here.get(path).want(t, http.StatusOK), there.get(path).want(t, http.StatusOK)
		if theirs.raw != ours.raw {
			t.Errorf("%s was %s and is %s", path, theirs.raw, ours.raw)
		}
	}
	there.post("/revoke-session", map[string]any{"token": second.get("/get-session").at("session.token")}).want(t, http.StatusOK)
	if revoked := second.get("/get-session"); revoked.raw != "null" {
		t.Errorf("a session revoked at %s: %s", d.taker.Name, revoked.raw)
	}

	there.post("/delete-user", map[string]any{"password": "another " + password}).want(t, http.StatusOK)
	if gone := here.get("/get-session"); gone.raw != "null" {
		t.Errorf("deleted at %s: %s", d.taker.Name, gone.raw)
	}
	second.post("/sign-in/email", body).want(t, http.StatusUnauthorized)
}

func sameUser(t *testing.T, d direction, here, there *browser) {
	t.Helper()
	made, found := here.get("/get-session").want(t, http.StatusOK), there.get("/get-session").want(t, http.StatusOK)
	if made.body == nil || !reflect.DeepEqual(made.body, found.body) {
		t.Errorf("at %s the session is %s, at %s %s", d.maker.Name, made.raw, d.taker.Name, found.raw)
	}
}
