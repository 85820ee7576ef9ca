package schema

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

const (
	defaultLockTimeout = 2 * time.Second
	// lockAttempts with pauses of at most maxPause bound the wait for a lock to some minutes.
	lockAttempts = 40
	firstPause   = 200 * time.Millisecond
	maxPause     = 3 * time.Second
)

// SQLSTATEs, https://www.postgresql.org/docs/current/errcodes-appendix.html
const (
	lockNotAvailable = "55P03"
	deadlockDetected = "40P01"
)

// Progress is told what happens; nil functions are not called.
type Progress struct {
	// Waiting says in one line what the migration waits for.
	Waiting func(reason string)
	// Started is called before statement number index (from 0) of total runs.
	Started func(index, total int, statement Statement)
	// Finished is called after it has run.
	Finished func(index, total int, statement Statement)
}

func (p Progress) waiting(reason string) {
	if p.Waiting != nil {
		p.Waiting(reason)
	}
}

// Clock is time, injected so that tests need not wait.
type Clock struct {
	Now func() time.Time
	// Wait returns after the duration, or with the context's error.
	Wait func(ctx context.Context, duration time.Duration) error
}

// SystemClock is the real time.
func SystemClock() Clock {
	return Clock{Now: time.Now, Wait: func(ctx context.Context, duration time.Duration) error {
		timer := time.NewTimer(duration)
		defer timer.Stop()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-timer.C:
			return nil
		}
	}}
}

// Apply runs the statements of a plan one by one, each in a transaction of its own, and returns how many have run.
// Requests queue for at most lockTimeout behind a statement that waits for its lock. What has run stays; a new plan goes on
// from there.
func Apply(ctx context.Context, conn *pgx.Conn, plan Plan, lockTimeout time.Duration, progress Progress, clock Clock) (int, error) {
	total := len(plan.Statements)
	for i, statement := range plan.Statements {
		if statement.Destructive() {
			return i, fmt.Errorf("statement %d would lose data: %s", i+1, statement.SQL)
		}
		if progress.Started != nil {
			progress.Started(i, total, statement)
		}
		if err := execute(ctx, conn, statement, lockTimeout, progress, clock); err != nil {
			return i, fmt.Errorf("statement %d of %d (%s): %w", i+1, total, statement.Reason, err)
		}
		if progress.Finished != nil {
			progress.Finished(i, total, statement)
		}
	}
	return total, nil
}

func execute(ctx context.Context, conn *pgx.Conn, statement Statement, lockTimeout time.Duration, progress Progress, clock Clock) error {
	// Requests queue behind a statement that waits for a blocking lock, or that waits while it holds row locks.
	timeout := time.Duration(0)
	if statement.Lock.blocks() || statement.Repeat {
		timeout = lockTimeout
	}
	if _, err := conn.Exec(ctx, fmt.Sprintf("SET lock_timeout = %d", timeout.Milliseconds())); err != nil {
		return err
	}
	for {
		changed, err := patiently(ctx, conn, statement, progress, clock)
		if err != nil || !statement.Repeat || changed == 0 {
			return err
		}
	}
}

// patiently runs a statement once, again and again while others hold its lock, and returns how many rows it changed.
func patiently(ctx context.Context, conn *pgx.Conn, statement Statement, progress Progress, clock Clock) (int64, error) {
	pause := firstPause
	for attempt := 1; ; attempt++ {
		tag, err := conn.Exec(ctx, statement.SQL)
		if err == nil || !statement.mayRetry(err) || attempt == lockAttempts {
			return tag.RowsAffected(), err
		}
		progress.waiting("a transaction holds a lock on " + statement.Table)
		if err := clock.Wait(ctx, pause); err != nil {
			return 0, err
		}
		pause = min(2*pause, maxPause)
	}
}

// mayRetry says whether the statement did nothing because of others. An index that was built alone has left an
// invalid one behind, which only a new plan removes.
func (s Statement) mayRetry(err error) bool {
	return isState(err, lockNotAvailable) || isState(err, deadlockDetected) && !s.Alone
}

func isState(err error, code string) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code == code
}
