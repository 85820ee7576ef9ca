package servers_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

func TestReferenceIsReadyAndMigrated(t *testing.T) {
	t.Parallel()
	settings := servers.Settings{Database: pgtest.Database(t), Fields: []config.CustomField{{Name: "role", Type: "string"}}}
	if before := servers.ReferenceOpinion(t, settings); !strings.Contains(before.SQL, `create table "user"`) {
		t.Errorf("on an empty database, the real server would run %q", before.SQL)
	}
	server := servers.Reference(t, settings)
	response, err := http.Get(server.Endpoint("/ok"))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		t.Errorf("GET /ok: %s", response.Status)
	}
	if after := servers.ReferenceOpinion(t, settings); !after.Content() {
		t.Errorf("on its own database, the real server has the opinion %+v", after)
	}
}
