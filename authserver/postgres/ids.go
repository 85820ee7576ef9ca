package postgres

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"
)

// idKind is what the id column of a table holds. Better-Auth's generateId decided when it made the table; as text, which
// is the default, ids are what the rules draw.
type idKind int

const (
	idsUnknown idKind = iota
	idsText
	idsUUID
	idsSerial
)

// newRow is a row that is about to be inserted. Its id, as the rules drew it, becomes one that fits the table.
type newRow struct {
	table string
	id    *string
}

// database is the pool or a transaction.
type database interface {
	Query(ctx context.Context, sql string, arguments ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, arguments ...any) pgx.Row
	SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults
}

// UserID returns the id for a new user: the drawn one, or what the database takes in its place.
func (s *Store) UserID(ctx context.Context, drawn string) (string, error) {
	err := s.drawIDs(ctx, s.pool, newRow{"user", &drawn})
	return drawn, translate("draw the id of a user", err)
}

// drawIDs makes ids fit their tables. It costs a round trip where the database numbers its rows, and only there.
func (s *Store) drawIDs(ctx context.Context, db database, rows ...newRow) error {
	var numbered []newRow
	for _, row := range rows {
		kind, err := s.idKind(ctx, db, row.table)
		switch {
		case err != nil:
			return err
		case kind == idsUUID:
			*row.id = uuidOf(*row.id)
		case kind == idsSerial:
			numbered = append(numbered, row)
		}
	}
	if len(numbered) == 0 {
		return nil
	}
	return nextIDs(ctx, db, s.pool.tables, numbered)
}

// nextIDs takes numbers from the sequences of the tables, which servers of Better-Auth do too when they insert.
func nextIDs(ctx context.Context, db database, tables *qualifier, rows []newRow) error {
	batch := &pgx.Batch{}
	for _, row := range rows {
		batch.Queue(`SELECT nextval(pg_get_serial_sequence($1, 'id'))::text`, tables.table(row.table)).
			QueryRow(func(answer pgx.Row) error { return answer.Scan(row.id) })
	}
	return db.SendBatch(ctx, batch).Close()
}

// uuidOf is a version 4 UUID with the randomness of a drawn id.
func uuidOf(id string) string {
	sum := sha256.Sum256([]byte(id))
	sum[6] = sum[6]&0x0f | 0x40
	sum[8] = sum[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

// idKind asks the database once for each table. A table that is missing may be made later.
func (s *Store) idKind(ctx context.Context, db database, table string) (idKind, error) {
	if kind, ok := s.idKinds.Load(table); ok {
		return kind.(idKind), nil
	}
	var column uint32
	const query = `SELECT atttypid FROM pg_attribute WHERE attrelid = to_regclass($1) AND attname = 'id'`
	if err := db.QueryRow(ctx, query, s.pool.tables.table(table)).Scan(&column); errors.Is(err, pgx.ErrNoRows) {
		return idsUnknown, nil
	} else if err != nil {
		return idsUnknown, err
	}
	kind := idsText
	switch column {
	case pgtype.UUIDOID:
		kind = idsUUID
	case pgtype.Int4OID, pgtype.Int8OID:
		kind = idsSerial
	}
	s.idKinds.Store(table, kind)
	return kind, nil
}
