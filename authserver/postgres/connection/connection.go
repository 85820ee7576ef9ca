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
