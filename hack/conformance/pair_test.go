package conformance

import (
	"context"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/hack/conformance/servers"
)

// seed and full are the custom fields of the contract's recordings.
var (
	user, one, no = "user", "1", false

	seed = []config.CustomField{{Name: "role", Type: "string"}, {Name: "tier", Type: "string"}}
	full = []config.CustomField{
		{Name: "role", Type: "string", Default: &user},
		{Name: "tier", Type: "string", Required: true},
		{Name: "age", Type: "number"},
		{Name: "flag", Type: "boolean"},
		{Name: "tags", Type: "string[]"},
		{Name: "birthday", Type: "date"},
		{Name: "level", Type: "number", Default: &one, Input: &no},
		{Name: "internalNote", Type: "string", Input: &no},
		{Name: "secretNote", Type: "string", Returned: &no},
	}
)

// direction is who makes something and who has to take it.
type direction struct {
	name         string
	maker, taker servers.Server
	database     *pgx.Conn
}

// bothWays starts the two servers on one database and runs the test in both directions.
func bothWays(t *testing.T, settings servers.Settings, test func(t *testing.T, d direction)) {
	t.Helper()
	settings.Database = pgtest.Database(t)
	reference := servers.Reference(t, settings)
	ours := servers.Gatehouse(t, settings)
	for _, d := range []direction{
		{name: "made by better-auth", maker: reference, taker: ours},
		{name: "made by gatehouse", maker: ours, taker: reference},
	} {
		t.Run(d.name, func(t *testing.T) {
			d.database = connect(t, settings.Database)
			test(t, d)
		})
	}
}

func connect(t *testing.T, location string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), location)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close(context.Background()) })
	return conn
}

func execute(t *testing.T, conn *pgx.Conn, statement string, arguments ...any) {
	t.Helper()
	tag, err := conn.Exec(t.Context(), statement, arguments...)
	if err != nil {
		t.Fatal(err)
	}
	if tag.RowsAffected() == 0 {
		t.Fatalf("%s changed nothing", statement)
	}
}
