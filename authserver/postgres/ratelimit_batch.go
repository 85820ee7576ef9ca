package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// add counts requests of many keys in one statement, which locks their rows in the order of the keys. A column of which
// nothing is said has its default.
func add(conflictTarget, idColumn, id string) string {
	return `INSERT INTO "rateLimit" AS r (` + idColumn + `key, count, "lastRequest")
		SELECT ` + id + `key, count, last FROM unnest($1::text[], $2::bigint[], $3::bigint[]) AS told (key, count, last)
		ORDER BY key COLLATE "C"
		ON CONFLICT (` + conflictTarget + `) DO UPDATE SET
			count = CASE WHEN excluded."lastRequest" - r."lastRequest" >= $4 THEN excluded.count
				ELSE least(r.count::bigint + excluded.count, 2147483647) END,
			"lastRequest" = greatest(r."lastRequest", excluded."lastRequest")
		RETURNING key, count, "lastRequest"`
}

// The ids are those of hits.
var manyHits = counting{
	byKey: map[idKind]string{
		idsText: add("key", `id, `, `replace(gen_random_uuid()::text, '-', ''), `), idsUUID: add("key", `id, `, `gen_random_uuid(), `),
		idsSerial: add("key", ``, ``),
	},
	byID: map[idKind]string{
		idsText: add("id", `id, `, `left(encode(sha256(convert_to(key, 'UTF8')), 'hex'), 32), `),
		idsUUID: add("id", `id, `, `left(encode(sha256(convert_to(key, 'UTF8')), 'hex'), 32)::uuid, `),
	},
}

// AddHits counts requests of several keys, each key at most once, whether they are too many or not. A counter begins anew
// when its last request is a window older than that of the hits. It returns each counter as it is then.
func (s *Store) AddHits(ctx context.Context, added []authserver.Hits, window time.Duration) (counters []authserver.Hits, err error) {
	keys, counts, lasts := make([]string, len(added)), make([]int, len(added)), make([]int64, len(added))
	for i, h := range added {
		keys[i], counts[i], lasts[i] = h.Key, h.Count, h.Last.UnixMilli()
	}
	err = s.count(ctx, manyHits, func(statement string) error {
		rows, err := s.pool.Query(ctx, statement, keys, counts, lasts, window.Milliseconds())
		if err != nil {
			return err
		}
		counters, err = pgx.CollectRows(rows, scanHits)
		return err
	})
	if err == nil && len(counters) != len(added) {
		err = fmt.Errorf("%d of %d counters came back", len(counters), len(added))
	}
	return counters, translate("count requests", err)
}

func scanHits(row pgx.CollectableRow) (h authserver.Hits, err error) {
	var last int64
	err = row.Scan(&h.Key, &h.Count, &last)
	h.Last = time.UnixMilli(last).UTC()
	return h, err
}
