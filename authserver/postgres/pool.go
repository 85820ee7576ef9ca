package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"
)

// A request waits up to twice lastWait for a connection in use, where the database takes no new one.
const (
	firstWait = time.Millisecond
	lastWait  = 2048 * time.Millisecond
)

// States in which the database turns new connections away and keeps those it has: the password has been rotated and the
// new one is not here yet, or there are as many connections as may be.
var turnedAway = []string{"28P01", "28000", "53300"}

// pool waits for one of its connections where the database takes no new one, instead of failing a request that would need it.
type pool struct {
	*pgxpool.Pool
	tables *qualifier
}

// renew takes user and password from the URL of now with each new connection.
func renew(url func() (string, error)) func(context.Context, *pgx.ConnConfig) error {
	return func(_ context.Context, config *pgx.ConnConfig) error {
		location, err := url()
		if err != nil {
			return fmt.Errorf("read the database URL again: %w", err)
		}
		renewed, err := pgx.ParseConfig(location)
		if err != nil {
			return parseError(err)
		}
		config.User, config.Password = renewed.User, renewed.Password
		return nil
	}
}

// patiently calls try again while it fails for want of a new connection and others are in use, or free by now.
func (p pool) patiently(ctx context.Context, try func() error) error {
	for wait := firstWait; ; wait *= 2 {
		err := try()
		if err == nil || wait > lastWait || !isTurnedAway(err) || p.Stat().AcquiredConns()+p.Stat().IdleConns() == 0 {
			return err
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
			timer.Stop()
			return err
		case <-timer.C:
		}
	}
}

func isTurnedAway(err error) bool {
	var connecting *pgconn.ConnectError
	var answer *pgconn.PgError
	return errors.As(err, &connecting) && errors.As(err, &answer) && slices.Contains(turnedAway, answer.Code)
}

func (p pool) Ping(ctx context.Context) error {
	return p.patiently(ctx, func() error { return p.Pool.Ping(ctx) })
}

func (p pool) Exec(ctx context.Context, sql string, arguments ...any) (tag pgconn.CommandTag, err error) {
	sql = p.tables.statement(sql)
	err = p.patiently(ctx, func() error {
		tag, err = p.Pool.Exec(ctx, sql, arguments...)
		return err
	})
	return tag, err
}

func (p pool) Begin(ctx context.Context) (tx pgx.Tx, err error) {
	err = p.patiently(ctx, func() error {
		tx, err = p.Pool.Begin(ctx)
		return err
	})
	if err == nil && p.tables != nil {
		tx = transaction{tx, p.tables}
	}
	return tx, err
}

func (p pool) Query(ctx context.Context, sql string, arguments ...any) (rows pgx.Rows, err error) {
	sql = p.tables.statement(sql)
	err = p.patiently(ctx, func() error {
		rows, err = p.Pool.Query(ctx, sql, arguments...) //nolint:sqlclosecheck // the caller closes them
		return err
	})
	return rows, err
}

// QueryRow asks when its row is scanned.
func (p pool) QueryRow(ctx context.Context, sql string, arguments ...any) pgx.Row {
	sql = p.tables.statement(sql)
	return row(func(targets ...any) error {
		return p.patiently(ctx, func() error { return p.Pool.QueryRow(ctx, sql, arguments...).Scan(targets...) })
	})
}

type row func(targets ...any) error

func (r row) Scan(targets ...any) error { return r(targets...) }

// SendBatch holds the connection until its results are closed.
func (p pool) SendBatch(ctx context.Context, batch *pgx.Batch) pgx.BatchResults {
	var conn *pgxpool.Conn
	if err := p.patiently(ctx, func() (err error) {
		conn, err = p.Acquire(ctx)
		return err
	}); err != nil {
		return failedBatch{err: err}
	}
	return &batchResults{conn.SendBatch(ctx, p.tables.batch(batch)), conn}
}

type batchResults struct {
	pgx.BatchResults
	conn *pgxpool.Conn
}

func (b *batchResults) Close() error {
	err := b.BatchResults.Close()
	if b.conn != nil {
		b.conn.Release()
		b.conn = nil
	}
	return err
}

// failedBatch was never sent. Its results are only ever closed.
type failedBatch struct {
	pgx.BatchResults
	err error
}

func (b failedBatch) Close() error { return b.err }
