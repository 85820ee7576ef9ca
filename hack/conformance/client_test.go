package conformance

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// step is what the client did and what it told its caller.
type step struct {
	Name            string
	Requests        []map[string]any
	Result          any
	CreatedAtIsDate bool
}

func TestClientSeesTheSame(t *testing.T) {
	t.Parallel()
	reference := clientRun(t, servers.Reference)
	ours := clientRun(t, servers.Gatehouse)
	for i, step := range reference {
		t.Run(step.Name, func(t *testing.T) {
			if difference := cmp.Diff(step, ours[i]); difference != "" {
				t.Errorf("better-auth (-), gatehouse (+):\n%s", difference)
			}
		})
	}
	expectResults(t, ours)
}

// expectResults makes sure that the run is about something: two servers that refuse everything are also equal.
func expectResults(t *testing.T, steps []step) {
	t.Helper()
	wanted := map[string]string{
		"getSession":                            `"email":"client@example.com"`,
		"signUp.email without a required field": `"code":"MISSING_FIELD"`,
		"signUp.email":                          `"tags":["a","b"]`,
		"signUp.email again":                    `"status":422`,
		"signOut":                               `"success":true`,
		"getSession signed out":                 `{"data":null,"error":null}`,
		"signIn.email with a wrong password":    `"code":"INVALID_EMAIL_OR_PASSWORD","message":"Invalid email or password","status":401,"statusText":"Unauthorized"`,
		"signIn.email":                          `"role":"admin"`,
		"updateUser":                            `"data":{"status":true}`,
		"listAccounts":                          `"providerId":"credential"`,
		"listSessions with one":                 `{"data":[{`,
		"changePassword":                        `"name":"Updated"`,
		"deleteUser with a wrong password":      `"code":"INVALID_PASSWORD"`,
		"deleteUser":                            `"message":"User deleted"`,
		"getSession deleted":                    `{"data":null,"error":null}`,
		"revokeSessions signed out":             `"code":"UNAUTHORIZED"`,
		"signOut from another origin":           `"code":"INVALID_ORIGIN"`,
		"getSession in the end":                 `"birthday":"2001-02-03T04:05:06.789Z"`,
	}
	for _, step := range steps {
		result, err := json.Marshal(step.Result)
		if err != nil {
			t.Fatal(err)
		}
		want, asked := wanted[step.Name]
		if asked && !strings.Contains(string(result), want) {
			t.Errorf("%s: want %s in %s", step.Name, want, result)
		}
		delete(wanted, step.Name)
	}
	for name := range wanted {
		t.Errorf("there was no step %s", name)
	}
}

func clientRun(t *testing.T, start func(testing.TB, servers.Settings) servers.Server) []step {
	t.Helper()
	server := start(t, servers.Settings{Database: pgtest.Database(t), Fields: full, DeleteUser: true})
	command := servers.Node(t, "client/session.mjs", "TARGET="+server.Address, "ORIGIN="+server.Settings.BaseURL)
	var stderr strings.Builder
	command.Stderr = &stderr
	output, err := command.Output()
	if err != nil {
		t.Fatalf("the client at %s: %v\n%s", server.Name, err, stderr.String())
	}
	var steps []step
	if err := json.Unmarshal(output, &steps); err != nil {
		t.Fatalf("%v in %s", err, output)
	}
	for i := range steps {
		steps[i].Result = mask(steps[i].Result)
		if signUp, ok := steps[i].Result.(map[string]any)["data"].(map[string]any); ok && strings.HasPrefix(steps[i].Name, "signUp") {
			// The first of the wanted differences.
			delete(signUp, "session")
		}
	}
	return steps
}
