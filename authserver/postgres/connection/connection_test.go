package connection_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/postgres/connection"
)

func TestPrepare(t *testing.T) {
	t.Parallel()
	const cached, described = pgx.QueryExecModeCacheStatement, pgx.QueryExecModeCacheDescribe
	for name, test := range map[string]struct {
		url, schema string
		pooled      bool
		want        map[string]string
		mode        pgx.QueryExecMode
		timeout     time.Duration
	}{
		"plain":  {"postgres://h/d", "", false, map[string]string{"timezone": "UTC", "application_name": "gatehouse"}, cached, 5 * time.Second},
		"schema": {"postgres://h/d", `a"b`, false, map[string]string{"timezone": "UTC", "application_name": "gatehouse", "search_path": `"a""b"`}, cached, 5 * time.Second},
		"pooled": {"postgres://h/d", "tenant", true, map[string]string{"timezone": "UTC", "application_name": "gatehouse"}, described, 5 * time.Second},
		"what the URL says": {"postgres://h/d?application_name=mine&connect_timeout=2&timezone=CET", "", false,
			map[string]string{"timezone": "UTC", "application_name": "mine"}, cached, 2 * time.Second},
	} {
		options, err := pgx.ParseConfig(test.url)
		if err != nil {
			t.Fatal(err)
		}
		connection.Prepare(options, test.schema, test.pooled)
		if diff := cmp.Diff(test.want, options.RuntimeParams); diff != "" || options.DefaultQueryExecMode != test.mode || options.ConnectTimeout != test.timeout {
			t.Errorf("%s: %s, %s %s", name, options.DefaultQueryExecMode, options.ConnectTimeout, diff)
		}
	}
}
