package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
)

func TestClientsOfAPoolerShareABackend(t *testing.T) {
	t.Parallel()
	location := pgtest.Database(t)
	for mode, shared := range map[string]bool{"transaction": true, "session": false} {
		pooled := pgtest.Pooled(t, mode, location)
		pids := map[uint32]bool{}
		for _, conn := range []*pgx.Conn{connect(t, pooled), connect(t, pooled)} {
			var pid uint32
			if err := conn.QueryRow(t.Context(), "SELECT pg_backend_pid()", pgx.QueryExecModeSimpleProtocol).Scan(&pid); err != nil {
				t.Fatal(err)
			}
			pids[pid] = true
		}
		if (len(pids) == 1) != shared {
			t.Errorf("%s mode: two clients have %d backends", mode, len(pids))
		}
	}
}
