package postgres

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

const insertVerification = `
	INSERT INTO verification (id, identifier, value, "expiresAt", "createdAt", "updatedAt") VALUES ($1, $2, $3, $4, $5, $5)`

// CreateVerification stores a value, and the mails that tell its identifier: all or nothing.
func (s *Store) CreateVerification(ctx context.Context, v authserver.Verification, mails ...authserver.Mail) error {
	if err := s.drawIDs(ctx, s.pool, newRow{"verification", &v.ID}); err != nil {
		return translate("store a verification value", err)
	}
	batch := &pgx.Batch{}
	batch.Queue(insertVerification, v.ID, v.Identifier, v.Value, stored(v.ExpiresAt), stored(v.CreatedAt))
	return translate("store a verification value", s.write(ctx, batch, mails))
}

// identifiers are those that the row of an identifier may have: itself, or as Better-Auth stores it when its setting
// verification.storeIdentifier is hashed.
func identifiers(identifier string) []string {
	sum := sha256.Sum256([]byte(identifier))
	return []string{identifier, base64.RawURLEncoding.EncodeToString(sum[:])}
}

// Verification returns the newest value of an identifier, or authserver.ErrNotFound when there is none or it has expired.
func (s *Store) Verification(ctx context.Context, identifier string, now time.Time) (value string, err error) {
	const query = `
		WITH newest AS (SELECT value, "expiresAt" FROM verification WHERE identifier = ANY($1) ORDER BY "createdAt" DESC NULLS LAST LIMIT 1)
		SELECT value FROM newest WHERE "expiresAt" >= $2`
	err = s.pool.QueryRow(ctx, query, identifiers(identifier), stored(now)).Scan(&value)
	return value, translate("read a verification value", err)
}

// takeVerification deletes all values of identifiers and returns the newest, unless it has expired. Of two takers, the
// second waits for the first and finds nothing.
const takeVerification = `
	WITH taken AS (DELETE FROM verification WHERE identifier = ANY($1) RETURNING value, "expiresAt", "createdAt"),
		newest AS (SELECT value, "expiresAt" FROM taken ORDER BY "createdAt" DESC NULLS LAST LIMIT 1)
	SELECT value FROM newest WHERE "expiresAt" >= $2`

// TakeVerification deletes all values of an identifier and returns the newest, or authserver.ErrNotFound when there is none
// or it has expired.
func (s *Store) TakeVerification(ctx context.Context, identifier string, now time.Time) (value string, err error) {
	err = s.pool.QueryRow(ctx, takeVerification, identifiers(identifier), stored(now)).Scan(&value)
	return value, translate("take a verification value", err)
}

// DeleteVerifications deletes at most limit values that expired before a moment, and returns how many there were. What
// another server is deleting or taking is left to it.
func (s *Store) DeleteVerifications(ctx context.Context, before time.Time, limit int) (int64, error) {
	const statement = `DELETE FROM verification WHERE id IN (
		SELECT id FROM verification WHERE "expiresAt" < $1 LIMIT $2 FOR UPDATE SKIP LOCKED)`
	tag, err := s.pool.Exec(ctx, statement, stored(before), limit)
	return tag.RowsAffected(), translate("delete expired verification values", err)
}
