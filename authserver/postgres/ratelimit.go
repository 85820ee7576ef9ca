package postgres

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// hit counts in one statement, so that concurrent hits on one row queue up on its lock and each sees the count
// of the one before. A refused hit changes nothing. The second part reads the row as it was before.
func hit(conflictTarget, id string) string {
	return `WITH allowed AS (
			INSERT INTO "rateLimit" AS r (id, key, count, "lastRequest") VALUES (` + id + `, $1, 1, $2)
			ON CONFLICT (` + conflictTarget + `) DO UPDATE SET
				count = CASE WHEN $2 - r."lastRequest" >= $4 THEN 1 ELSE r.count + 1 END,
				"lastRequest" = greatest(r."lastRequest", $2)
			WHERE $2 - r."lastRequest" >= $4 OR r.count < $3
			RETURNING "lastRequest")
		SELECT EXISTS (SELECT FROM allowed),
			coalesce((SELECT "lastRequest" FROM allowed), (SELECT max("lastRequest") FROM "rateLimit" WHERE key = $1), $2)`
}

// counting is a statement for each kind of ids, and for each conflict target.
type counting struct{ byKey, byID map[idKind]string }

var hits = counting{
	// Not an id made of the key: two first hits would then collide on the primary key, which is not the target.
	byKey: map[idKind]string{
		idsText: hit("key", `replace(gen_random_uuid()::text, '-', '')`), idsUUID: hit("key", `gen_random_uuid()`), idsSerial: hit("key", `DEFAULT`),
	},
	// There is none for numbers: the migration refuses such a table.
	byID: map[idKind]string{
		idsText: hit("id", `left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 32)`),
		idsUUID: hit("id", `left(encode(sha256(convert_to($1, 'UTF8')), 'hex'), 32)::uuid`),
	},
}

// Hit counts a request at the time now. At most limit are allowed until there was no allowed one for window.
// lastRequest is when the last one was allowed, this one included.
func (s *Store) Hit(ctx context.Context, key string, limit int, window time.Duration, now time.Time) (
	allowed bool, lastRequest time.Time, err error,
) {
	var last int64
	err = s.count(ctx, hits, func(statement string) error {
		return s.pool.QueryRow(ctx, statement, key, now.UnixMilli(), limit, window.Milliseconds()).Scan(&allowed, &last)
	})
	if err != nil {
		return false, time.Time{}, translate("count a request", err)
	}
	lastRequest = time.UnixMilli(last).UTC()
	if !allowed && now.Sub(lastRequest) >= window {
		// Refused, so a concurrent hit has just begun a new window that the reading part could not see yet.
		lastRequest = now.UTC().Truncate(time.Millisecond)
	}
	return allowed, lastRequest, nil
}

// count runs the statement that fits the table.
func (s *Store) count(ctx context.Context, statements counting, run func(statement string) error) error {
	kind, err := s.idKind(ctx, s.pool, "rateLimit")
	if err != nil {
		return err
	}
	err = run(statements.of(kind, s.hitByID.Load()))
	// A migration may make key unique, or Better-Auth's own may, while this runs.
	var answer *pgconn.PgError
	if errors.As(err, &answer) && (answer.Code == noConflictTarget || answer.Code == uniqueViolation) {
		s.hitByID.Store(answer.Code == noConflictTarget)
		err = run(statements.of(kind, s.hitByID.Load()))
	}
	return err
}

func (c counting) of(kind idKind, byID bool) string {
	if statement, ok := c.byID[kind]; ok && byID {
		return statement
	}
	return c.byKey[max(kind, idsText)]
}

// DeleteHits forgets the keys without an allowed request since a moment. It returns how many there were. It leaves out what
// is being counted: to wait for a batch that waits for this would be a deadlock.
func (s *Store) DeleteHits(ctx context.Context, before time.Time) (int64, error) {
	const statement = `DELETE FROM "rateLimit" WHERE id IN (
		SELECT id FROM "rateLimit" WHERE "lastRequest" < $1 FOR UPDATE SKIP LOCKED)`
	tag, err := s.pool.Exec(ctx, statement, before.UnixMilli())
	return tag.RowsAffected(), translate("delete old counters", err)
}
