package schema

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// meetServers connects as the servers do, which proves that they can, and looks for a pooler in between.
func (m Migration) meetServers(ctx context.Context, s *session) error {
	options, err := m.servers()
	if err != nil {
		return err
	}
	if m.ServingURL == "" {
		theirs, err := pgx.ConnectConfig(ctx, options)
		if isState(err, tooManyConnections) {
			return nil // the migration itself has taken the last one
		}
		if err != nil {
			return err
		}
		defer closeQuietly(theirs)
		return cmp.Or(judgePooler(ctx, s.conn, theirs, m.undeclared()), m.keepsSettings(ctx, theirs))
	}
	theirs, err := m.dial(ctx, options, databaseSecret)
	if err != nil {
		return err
	}
	defer closeQuietly(theirs)
	if err := alone(ctx, s.conn, "the migration secret leads to a pooler in transaction mode, where the locks of a migration get lost; "+
		"let it lead to PostgreSQL itself"); err != nil {
		return err
	}
	if !m.pooled() {
		if err := alone(ctx, theirs, "the database secret leads to a pooler in transaction mode; set database.pooler to Transaction"); err != nil {
			return err
		}
	}
	return cmp.Or(m.keepsSettings(ctx, theirs), s.identify(ctx, theirs))
}

// keepsSettings makes sure that servers find their tables: a pooler may be told to drop what it does not know.
func (m Migration) keepsSettings(ctx context.Context, theirs *pgx.Conn) error {
	wanted := theirs.Config().RuntimeParams["search_path"]
	if wanted == "" {
		return nil
	}
	var path string
	if err := theirs.QueryRow(ctx, "SELECT current_setting('search_path')", pgx.QueryExecModeSimpleProtocol).Scan(&path); err != nil {
		return err
	}
	if path != wanted {
		return &PoolerError{Advice: "a pooler in between drops the setting of database.schema (search_path); " +
			"set database.pooler to Transaction, so that statements name the schema"}
	}
	return nil
}

// undeclared says what to do about a pooler between a migration that has the credentials of the servers and the database.
func (m Migration) undeclared() string {
	const direct = "give migrations a connection that leads to PostgreSQL itself by database.migrationSecretRef"
	if m.pooled() {
		return "a pooler in transaction mode is in between, where the locks of a migration get lost; " + direct
	}
	return "a pooler in transaction mode is in between; set database.pooler to Transaction, and " + direct
}

// PoolerError is the error of a connection through a pooler in transaction mode that must not be there: what to do.
type PoolerError struct{ Advice string }

// Error returns the advice.
func (p *PoolerError) Error() string { return p.Advice }

// alone makes sure, with a second connection, that one has a backend of its own.
func alone(ctx context.Context, conn *pgx.Conn, advice string) error {
	second, err := pgx.ConnectConfig(ctx, conn.Config())
	if isState(err, tooManyConnections) {
		return nil // there is no way to find out
	}
	if err != nil {
		return err
	}
	defer closeQuietly(second)
	return judgePooler(ctx, conn, second, advice)
}

// looks are how often backends are compared: a pooler may happen to have one for each of two connections.
const looks = 4

// judgePooler compares the backends of two open connections. Only a pooler lets two have the same, or one have several.
func judgePooler(ctx context.Context, a, b *pgx.Conn, advice string) error {
	var first uint32
	for range looks {
		mine, err := backend(ctx, a)
		if err != nil {
			return err
		}
		other, err := backend(ctx, b)
		if err != nil {
			return err
		}
		if mine == other || first != 0 && mine != first {
			return &PoolerError{Advice: advice}
		}
		first = mine
	}
	return nil
}

func backend(ctx context.Context, conn *pgx.Conn) (pid uint32, err error) {
	err = conn.QueryRow(ctx, "SELECT pg_backend_pid()", pgx.QueryExecModeSimpleProtocol).Scan(&pid)
	return pid, err
}

// place is where a connection leads.
type place struct {
	role, database, schema string
	started                time.Time
}

func placeOf(ctx context.Context, conn *pgx.Conn) (p place, err error) {
	const query = `SELECT current_user, current_database(), coalesce(current_schema(), ''), pg_postmaster_start_time()`
	err = conn.QueryRow(ctx, query, pgx.QueryExecModeSimpleProtocol).Scan(&p.role, &p.database, &p.schema, &p.started)
	return p, err
}

// identify takes the role and the schema of the servers, and makes sure that they mean the same database.
func (s *session) identify(ctx context.Context, theirs *pgx.Conn) error {
	own, err := placeOf(ctx, s.conn)
	if err != nil {
		return err
	}
	servers, err := placeOf(ctx, theirs)
	if err != nil {
		return err
	}
	if own.database != servers.database || !own.started.Equal(servers.started) {
		return &RefusedError{Problems: []string{fmt.Sprintf(
			"the migration secret leads to the database %s at %s, the database secret to %s at %s; let both lead to the same database",
			quote(own.database), addressOf(s.conn.Config()), quote(servers.database), addressOf(theirs.Config()))}}
	}
	if own.role != servers.role {
		s.serving = servers.role
	}
	if s.desired.Name == "" {
		s.desired.Name = servers.schema
	}
	return nil
}

func addressOf(options *pgx.ConnConfig) string {
	return net.JoinHostPort(options.Host, fmt.Sprint(options.Port))
}

// refusedSetting is the setting that a pooler does not take with a new connection; "" when it is not about one.
func refusedSetting(err error) string {
	var answer *pgconn.PgError
	if !errors.As(err, &answer) || answer.Code != protocolViolation {
		return ""
	}
	_, setting, _ := strings.Cut(answer.Message, "unsupported startup parameter: ")
	return setting
}
