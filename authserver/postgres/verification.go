package postgres

import (
	"context"
	"time"
)

// TakeVerification deletes all values of an identifier and returns the newest, or authserver.ErrNotFound when there is none
// or it has expired.
func (s *Store) TakeVerification(ctx context.Context, identifier string, now time.Time) (value string, err error) {
	const statement = `
		WITH taken AS (DELETE FROM verification WHERE identifier = $1 RETURNING value, "expiresAt", "createdAt"),
			newest AS (SELECT value, "expiresAt" FROM taken ORDER BY "createdAt" DESC NULLS LAST LIMIT 1)
		SELECT value FROM newest WHERE "expiresAt" >= $2`
	err = s.pool.QueryRow(ctx, statement, identifier, stored(now)).Scan(&value)
	return value, translate("take a verification value", err)
}
