package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// transaction names the schema in its statements, as a pool does that has a qualifier.
type transaction struct {
	pgx.Tx
	tables *qualifier
}

func (t transaction) Exec(ctx context.Context, sql string, arguments ...any) (pgconn.CommandTag, error) {
	return t.Tx.Exec(ctx, t.tables.statement(sql), arguments...)
}

func (t transaction) Query(ctx context.Context, sql string, arguments ...any) (pgx.Rows, error) {
	return t.Tx.Query(ctx, t.tables.statement(sql), arguments...)
}

func (t transaction) QueryRow(ctx context.Context, sql string, arguments ...any) pgx.Row {
	return t.Tx.QueryRow(ctx, t.tables.statement(sql), arguments...)
}

func (t transaction) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	return t.Tx.SendBatch(ctx, t.tables.batch(batch))
}
