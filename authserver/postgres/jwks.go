package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// maxJWKs bounds the keys that are read; a server with daily rotation publishes 31 of them.
const maxJWKs = 200

const selectJWKs = `
	SELECT id, "publicKey", "privateKey", coalesce(alg, ''), coalesce(crv, ''), "createdAt", "expiresAt" FROM jwks
	WHERE "expiresAt" IS NULL OR "expiresAt" > $1 ORDER BY "createdAt" DESC, id LIMIT $2`

// lockJWKs lasts until the transaction ends. Better-Auth takes no lock, but its servers and ours only meet by chance.
const lockJWKs = `SELECT pg_advisory_xact_lock(hashtext('gatehouse jwks'), hashtext(coalesce(current_schema(), '')))`

// JWKs returns the keys that expire after a moment, or never, newest first.
func (s *Store) JWKs(ctx context.Context, after time.Time) ([]authserver.JWK, error) {
	keys, err := readJWKs(ctx, s.pool, after)
	return keys, translate("read the keys of tokens", err)
}

func readJWKs(ctx context.Context, db database, after time.Time) ([]authserver.JWK, error) {
	rows, err := db.Query(ctx, selectJWKs, stored(after), maxJWKs)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (authserver.JWK, error) {
		var key authserver.JWK
		var createdAt, expiresAt moment
		err := row.Scan(&key.ID, &key.PublicKey, &key.PrivateKey, &key.Algorithm, &key.Curve, &createdAt, &expiresAt)
		key.CreatedAt = createdAt.Time
		if expiresAt.valid {
			key.ExpiresAt = expiresAt.Time
		}
		return key, err
	})
}

// RotateJWKs lets one server at a time decide, from the keys as they are now, whether there shall be another one.
func (s *Store) RotateJWKs(ctx context.Context, after time.Time, decide func([]authserver.JWK) *authserver.JWKRotation) error {
	err := pgx.BeginFunc(ctx, s.pool, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, lockJWKs); err != nil {
			return err
		}
		keys, err := readJWKs(ctx, tx, after)
		if err != nil {
			return err
		}
		rotation := decide(keys)
		if rotation == nil {
			return nil
		}
		if err := s.drawIDs(ctx, tx, newRow{"jwks", &rotation.Key.ID}); err != nil {
			return err
		}
		return addJWK(ctx, tx, *rotation)
	})
	return translate("rotate the keys of tokens", err)
}

func addJWK(ctx context.Context, tx pgx.Tx, rotation authserver.JWKRotation) error {
	const (
		insert = `INSERT INTO jwks (id, "publicKey", "privateKey", alg, crv, "createdAt", "expiresAt")
			VALUES ($1, $2, $3, $4, nullif($5, ''), $6, $7)`
		expire = `UPDATE jwks SET "expiresAt" = $2 WHERE id = ANY($1) AND "expiresAt" IS NULL`
	)
	key := rotation.Key
	var expiresAt *time.Time
	if !key.ExpiresAt.IsZero() {
		end := stored(key.ExpiresAt)
		expiresAt = &end
	}
	if _, err := tx.Exec(ctx, insert, key.ID, key.PublicKey, key.PrivateKey, key.Algorithm, key.Curve, stored(key.CreatedAt), expiresAt); err != nil {
		return err
	}
	if len(rotation.Superseded) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, expire, rotation.Superseded, stored(rotation.SupersededAt))
	return err
}
