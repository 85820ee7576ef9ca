package conformance

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// TestInterchangeOfStatelessSessions sends the cookies of one server to the other, which knows nothing else of the user.
func TestInterchangeOfStatelessSessions(t *testing.T) {
	t.Parallel()
	for name, secrets := range map[string]string{"one secret": "", "versioned secrets": "2:" + strings.Repeat("second", 8) + ",1:" + servers.Secret} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			bothWays(t, servers.Settings{Stateless: true, Secrets: secrets, Fields: seed}, func(t *testing.T, d direction) {
				// In memory, users have no members without a value.
				here := signedUp(t, d, map[string]any{"tier": "gö\"l\\d", "role": "admin", "image": "https://example.com/i.png"})
				there := here.at(d.taker)
				sameUser(t, d, here, there)
				if ended := there.post("/sign-out", map[string]any{}).want(t, http.StatusOK); ended.cookie(t, "session_data").MaxAge >= 0 {
					t.Errorf("sign-out at %s leaves %v", d.taker.Name, ended.cookies)
				}
				if d.taker.Name == "gatehouse" {
					// What decides about users asks for them.
					here.at(d.taker).get("/list-sessions").want(t, http.StatusUnauthorized)
				}
			})
		})
	}
}
