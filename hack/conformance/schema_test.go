package conformance

import (
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

func TestInterchangeOfSchemas(t *testing.T) {
	t.Parallel()
	constrained := []config.CustomField{
		{Name: "handle", Type: "string", Unique: true},
		{Name: "companyId", Type: "string", Index: true},
		{Name: "scores", Type: "number[]"},
		{Name: "profile", Type: "json"},
		{Name: "plan", Type: "enum", Values: []string{"free", "pro"}, Required: true},
	}
	for name, fields := range map[string][]config.CustomField{"none": nil, "seed": seed, "full": full, "constrained": constrained} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Run("made by gatehouse", func(t *testing.T) {
				settings := servers.Settings{Database: pgtest.Database(t), Fields: fields}
				servers.Gatehouse(t, settings)
				if opinion := servers.ReferenceOpinion(t, settings); !opinion.Content() {
					t.Errorf("of our schema, better-auth thinks %+v", opinion)
				}
			})
			t.Run("made by better-auth", func(t *testing.T) {
				settings := servers.Settings{Database: pgtest.Database(t), Fields: fields}
				servers.Reference(t, settings)
				if plan := servers.Plan(t, settings); plan != "" {
					t.Errorf("of better-auth's schema, gatehouse would change\n%s", plan)
				}
			})
		})
	}
}
