package schema

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

const (
	connectTimeout = 5 * time.Second
	// rounds bounds the repetitions after deadlocks with the schema changes of others.
	rounds = 3
)

// Migration brings one database to the schema of a configuration.
type Migration struct {
	URL config.Redacted
	// ServingURL is that of the servers, where they have other credentials; the plan grants to them what they need.
	ServingURL config.Redacted
	Config     *config.Config
	// Patience is how long to wait for a database that does not answer yet.
	Patience time.Duration
	// Approved is the hash of the plan that may be applied; "" is any.
	Approved string
	Progress Progress
	Clock    Clock
}

// Result is what a run did.
type Result struct {
	// Plan is what there was to do when it began.
	Plan Plan
	// Statements is the number of those that have run.
	Statements int
}

// PlanChangedError is the error of a run whose plan is not the one that was approved. Nothing was changed.
type PlanChangedError struct {
	Approved string
	// Plan is what would have to be approved now.
	Plan Plan
}

// Error says what to do.
func (p *PlanChangedError) Error() string {
	return fmt.Sprintf("the approved plan %s is not what the database needs now, which is %s, with %d statements; look at it and approve it",
		p.Approved, p.Plan.Hash(), len(p.Plan.Statements))
}

// Migrate runs a migration without patience or progress.
func Migrate(ctx context.Context, url string, cfg *config.Config) error {
	_, err := Migration{URL: config.Redacted(url), Config: cfg, Clock: SystemClock()}.Run(ctx)
	return err
}

// Plan returns what Run would do, and changes nothing.
func (m Migration) Plan(ctx context.Context) (Plan, error) {
	s, err := m.connect(ctx)
	if err != nil {
		return Plan{}, err
	}
	defer closeQuietly(s.conn)
	return s.plan(ctx)
}

// Run plans and applies until there is nothing left to do. Its result counts also with an error, which is a
// *PlanChangedError when another plan was approved. At most one migration of a schema runs at a time; the others wait.
func (m Migration) Run(ctx context.Context) (Result, error) {
	s, err := m.connect(ctx)
	if err != nil {
		return Result{}, err
	}
	defer closeQuietly(s.conn)
	if err := m.lock(ctx, s.conn, s.desired); err != nil {
		return Result{}, fmt.Errorf("wait for other migrations: %w", err)
	}
	var result Result
	for round := range rounds {
		next, err := s.plan(ctx)
		if round == 0 {
			result.Plan = next
		}
		if err != nil || len(next.Statements) == 0 {
			return result, err
		}
		// What a later round plans is what is left of the first, after a deadlock.
		if round == 0 && m.Approved != "" && m.Approved != next.Hash() {
			return result, &PlanChangedError{Approved: m.Approved, Plan: next}
		}
		count, err := Apply(ctx, s.conn, next, m.lockTimeout(), m.Progress, m.Clock)
		result.Statements += count
		if err != nil && !isState(err, deadlockDetected) {
			return result, err
		}
	}
	return result, errors.New("the schema keeps changing; make sure that nothing else migrates this database and try again")
}

// lock takes an advisory lock that ends with the connection. It polls: a blocked statement would hold a snapshot
// for which CREATE INDEX CONCURRENTLY waits, and both would wait for ever.
func (m Migration) lock(ctx context.Context, conn *pgx.Conn, desired Schema) error {
	const try = `SELECT pg_try_advisory_lock($1::bigint # hashtext(coalesce(nullif($2, ''), current_schema(), '')))`
	pause := firstPause
	for {
		var taken bool
		if err := conn.QueryRow(ctx, try, lockKey, desired.Name).Scan(&taken); err != nil || taken {
			return err
		}
		m.Progress.waiting("another migration of this schema is running")
		if err := m.Clock.Wait(ctx, pause); err != nil {
			return err
		}
		pause = min(2*pause, maxPause)
	}
}

// lockTimeout is how long requests may queue behind a statement that waits for its lock.
func (m Migration) lockTimeout() time.Duration {
	return cmp.Or(m.Config.Database.LockTimeout.Duration, defaultLockTimeout)
}

var lockKey = func() int64 {
	sum := sha256.Sum256([]byte("gatehouse migration"))
	return int64(binary.BigEndian.Uint64(sum[:8]))
}()

// closeQuietly ends a connection also when the context of the migration has ended.
func closeQuietly(conn *pgx.Conn) {
	ctx, cancel := context.WithTimeout(context.Background(), connectTimeout)
	defer cancel()
	_ = conn.Close(ctx)
}
