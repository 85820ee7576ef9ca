package check_test

import (
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/check"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

func TestTheUserIsDeleted(t *testing.T) {
	t.Parallel()
	for server, start := range start {
		t.Run(server, func(t *testing.T) {
			t.Parallel()
			running := start(t, servers.Settings{Database: pgtest.Database(t), DeleteUser: true})
			options := check.Options{
				BaseURL: running.Address, Origin: running.Settings.BaseURL, Email: "gone@example.com", Password: password, DeleteUser: true,
			}
			// Each of them signs up a user who does not exist any more.
			for range 2 {
				report, text := run(t, options)
				if !report.Passed || find(t, report, "sign-up").Result != check.Passed || find(t, report, "delete-user").Result != check.Passed {
					t.Fatal(text)
				}
			}
			options.DeleteUser = false
			run(t, options)
			options.DeleteUser = true
			if report, text := run(t, options); !report.Passed || find(t, report, "delete-user").Result != check.Skipped {
				t.Errorf("a user who existed is not left alone:\n%s", text)
			}
		})
	}
}

func TestDeletionThatIsNotAllowed(t *testing.T) {
	t.Parallel()
	running := servers.Gatehouse(t, servers.Settings{Database: pgtest.Database(t)})
	report, text := run(t, check.Options{BaseURL: running.Address, Origin: running.Settings.BaseURL, DeleteUser: true})
	if report.Passed || firstFailure(report).Name != "delete-user" {
		t.Error(text)
	}
}

func TestHiddenFieldsAreSentAndNotExpected(t *testing.T) {
	t.Parallel()
	hidden := false
	running := servers.Gatehouse(t, servers.Settings{
		Database: pgtest.Database(t),
		Fields:   []config.CustomField{{Name: "taxNumber", Type: "string", Required: true, Returned: &hidden}, {Name: "tier", Type: "string"}},
	})
	options := check.Options{
		BaseURL: running.Address, Origin: running.Settings.BaseURL, CustomFields: map[string]any{"taxNumber": "1", "tier": "free"}, Hidden: []string{"taxNumber"},
	}
	if report, text := run(t, options); !report.Passed || find(t, report, "custom-fields").Detail != "tier" {
		t.Error(text)
	}
	options.Hidden = nil
	if report, text := run(t, options); report.Passed || !strings.Contains(text, "no taxNumber") {
		t.Error(text)
	}
}
