package conformance

import (
	"strings"
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
	for name, settings := range map[string]servers.Settings{
		"no fields": {}, "seed": {Fields: seed}, "full": {Fields: full}, "constrained": {Fields: constrained},
		"rate limit in the database": {RateLimitInDatabase: true}, "session fields": {SessionFields: append(sessionFields, constrained[:4]...)},
		"jwt": {Features: config.Features{JWT: &config.JWTFeature{}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			t.Run("made by gatehouse", func(t *testing.T) {
				settings.Database = pgtest.Database(t)
				servers.Gatehouse(t, settings)
				if opinion := servers.ReferenceOpinion(t, settings); !opinion.Content() {
					t.Errorf("of our schema, better-auth thinks %+v", opinion)
				}
			})
			t.Run("made by better-auth", func(t *testing.T) {
				settings.Database = pgtest.Database(t)
				servers.Reference(t, settings)
				if plan := servers.Plan(t, settings); len(statements(plan)) > 0 {
					t.Errorf("of better-auth's schema, gatehouse would change\n%s", plan)
				}
			})
		})
	}
}

// statements are the lines of SQL that are not comments.
func statements(sql string) []string {
	var lines []string
	for line := range strings.Lines(sql) {
		if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "--") {
			lines = append(lines, line)
		}
	}
	return lines
}

func TestPlansOfAnEmptyDatabaseHaveStatements(t *testing.T) {
	t.Parallel()
	settings := servers.Settings{Database: pgtest.Database(t)}
	if plan := servers.Plan(t, settings); len(statements(plan)) == 0 {
		t.Errorf("for an empty database, gatehouse plans\n%s", plan)
	}
}
