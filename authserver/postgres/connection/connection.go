// Package connection says how the connections of servers to PostgreSQL begin. It is apart from package postgres, so that a
// migration can try out what the servers will do.
//
// A pooler in transaction mode hands each transaction to another backend. Through one, a connection has no prepared
// statements and no settings but those that every pooler carries along. The types of a statement are asked for once in a round
// trip of their own and kept on this side, so that values travel in the binary form of their columns, as without a pooler; to
// send text of guessed types instead (QueryExecModeExec) made get-session take 0.26 ms where it takes 0.15 ms.
package connection

import (
	"time"

	"github.com/jackc/pgx/v5"
)

const connectTimeout = 5 * time.Second

// Prepare sets what a connection of a server begins with. The schema is that of its tables; "" leaves it to the role. Through
// a pooler in transaction mode (pooled) it cannot be set, and statements have to name it.
func Prepare(options *pgx.ConnConfig, schema string, pooled bool) {
	if options.ConnectTimeout == 0 {
		options.ConnectTimeout = connectTimeout
	}
	parameters := options.RuntimeParams
	// CURRENT_TIMESTAMP must be UTC in columns without time zone. Poolers know this one as a setting of each client.
	parameters["timezone"] = "UTC"
	if parameters["application_name"] == "" {
		parameters["application_name"] = "gatehouse"
	}
	switch {
	case pooled:
		options.DefaultQueryExecMode = pgx.QueryExecModeCacheDescribe
	case schema != "":
		parameters["search_path"] = pgx.Identifier{schema}.Sanitize()
	}
}
