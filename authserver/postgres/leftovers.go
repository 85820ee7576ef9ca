package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

// UsersLike returns at most limit addresses that match a pattern of LIKE, of users created before a moment, the oldest first. It
// reads the whole table.
func (s *Store) UsersLike(ctx context.Context, pattern string, before time.Time, limit int) ([]string, error) {
	const query = `SELECT email FROM "user" WHERE email LIKE $1 AND "createdAt" < $2 ORDER BY "createdAt" LIMIT $3`
	rows, err := s.pool.Query(ctx, query, pattern, stored(before), limit)
	if err != nil {
		return nil, translate("look for users by a pattern", err)
	}
	emails, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return emails, translate("look for users by a pattern", err)
}
