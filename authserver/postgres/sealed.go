package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// The methods below page through what is encrypted, by id from a row on ("" is the first), and replace texts that are still
// the old ones. A row that somebody else has locked is passed over: a renewal of tokens may hold its account for a minute, and
// those who wait for others meanwhile would wait with it.

// The columns of account that may be encrypted.
const (
	accessToken  = "accessToken"
	refreshToken = "refreshToken"
)

// undefinedTable is the SQLSTATE of tables that the configuration does not need.
const undefinedTable = "42P01"

// TokenKeys returns the private keys of at most limit rows.
func (s *Store) TokenKeys(ctx context.Context, after string, limit int) ([]authserver.Sealed, error) {
	return s.sealedTexts(ctx, after, limit, `SELECT id, '', "privateKey" FROM jwks WHERE %s ORDER BY id LIMIT $1`)
}

// ReplaceTokenKeys returns how many it has replaced.
func (s *Store) ReplaceTokenKeys(ctx context.Context, texts []authserver.Resealed) (int, error) {
	return s.reseal(ctx, texts, map[string]string{"": `UPDATE jwks SET "privateKey" = $3
		WHERE id = (SELECT id FROM jwks WHERE id = $1 AND "privateKey" = $2 FOR UPDATE SKIP LOCKED)`})
}

// AccountTokens returns the tokens of at most limit accounts that may be encrypted: others are not hexadecimal.
func (s *Store) AccountTokens(ctx context.Context, after string, limit int) ([]authserver.Sealed, error) {
	const form = `'^(\$ba\$.*|([0-9a-fA-F]{2})+)$'`
	return s.sealedTexts(ctx, after, limit, `
		SELECT a.id, t.name, t.text FROM (
			SELECT id, "accessToken", "refreshToken" FROM account
			WHERE %s AND ("accessToken" ~ `+form+` OR "refreshToken" ~ `+form+`) ORDER BY id LIMIT $1
		) a, LATERAL (VALUES ('`+accessToken+`', a."accessToken"), ('`+refreshToken+`', a."refreshToken")) t (name, text)
		WHERE t.text ~ `+form+` ORDER BY a.id`)
}

// ReplaceAccountTokens returns how many it has replaced.
func (s *Store) ReplaceAccountTokens(ctx context.Context, texts []authserver.Resealed) (int, error) {
	const replace = `UPDATE account SET "%[1]s" = $3
		WHERE id = (SELECT id FROM account WHERE id = $1 AND "%[1]s" = $2 FOR UPDATE SKIP LOCKED)`
	return s.reseal(ctx, texts, map[string]string{
		accessToken: fmt.Sprintf(replace, accessToken), refreshToken: fmt.Sprintf(replace, refreshToken),
	})
}

// MailLinks returns the links of at most limit waiting mails.
func (s *Store) MailLinks(ctx context.Context, after string, limit int) ([]authserver.Sealed, error) {
	return s.sealedTexts(ctx, after, limit, `SELECT id, '', url FROM gatehouse_outbox WHERE %s ORDER BY id LIMIT $1`)
}

// ReplaceMailLinks returns how many it has replaced.
func (s *Store) ReplaceMailLinks(ctx context.Context, texts []authserver.Resealed) (int, error) {
	return s.reseal(ctx, texts, map[string]string{"": `UPDATE gatehouse_outbox SET url = $3
		WHERE id = (SELECT id FROM gatehouse_outbox WHERE id = $1 AND url = $2 FOR UPDATE SKIP LOCKED)`})
}

// sealedTexts returns nothing where there is no such table.
func (s *Store) sealedTexts(ctx context.Context, after string, limit int, query string) ([]authserver.Sealed, error) {
	condition, arguments := "true", []any{limit}
	if after != "" {
		// The ids may be of other types than text.
		condition, arguments = "id > $2", append(arguments, after)
	}
	rows, err := s.pool.Query(ctx, fmt.Sprintf(query, condition), arguments...)
	var texts []authserver.Sealed
	if err == nil {
		texts, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (t authserver.Sealed, err error) {
			return t, row.Scan(&t.ID, &t.Column, &t.Text)
		})
	}
	var answer *pgconn.PgError
	if errors.As(err, &answer) && answer.Code == undefinedTable {
		return nil, nil
	}
	return texts, translate("read what is encrypted", err)
}

// reseal runs the statement of each text's column.
func (s *Store) reseal(ctx context.Context, texts []authserver.Resealed, statements map[string]string) (replaced int, err error) {
	batch := &pgx.Batch{}
	for _, t := range texts {
		batch.Queue(statements[t.Column], t.ID, t.Text, t.New).Exec(func(tag pgconn.CommandTag) error {
			replaced += int(tag.RowsAffected())
			return nil
		})
	}
	if err := s.pool.SendBatch(ctx, batch).Close(); err != nil {
		return 0, translate("replace what is encrypted", err) // the batch is one transaction
	}
	return replaced, nil
}
