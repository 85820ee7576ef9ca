package schema

import (
	"context"
	"errors"

	"github.com/jackc/pgx/v5"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/connection"
)

// The secrets of connections, as messages call them.
const (
	databaseSecret  = "database secret"
	migrationSecret = "migration secret"
)

// credentialsError says whose credentials a connection failed with.
type credentialsError struct {
	secret string
	err    error
}

func (c *credentialsError) Error() string { return c.err.Error() }

func (c *credentialsError) Unwrap() error { return c.err }

// everyDatabase is what CloudNativePG calls the database of its superuser.
const everyDatabase = "*"

// own are the options of the migration's connection.
func (m Migration) own() (*pgx.ConnConfig, error) {
	options, err := pgx.ParseConfig(m.URL.Reveal())
	if err != nil {
		return nil, errMalformedURL
	}
	if options.Database == everyDatabase && m.ServingURL != "" {
		servers, err := m.servers()
		if err != nil {
			return nil, err
		}
		options.Database = servers.Database
	}
	if options.ConnectTimeout == 0 {
		options.ConnectTimeout = connectTimeout
	}
	options.RuntimeParams["application_name"] = "gatehouse-migrate"
	return options, nil
}

// servers are the options of the connections of the servers.
func (m Migration) servers() (*pgx.ConnConfig, error) {
	location := m.ServingURL
	if location == "" {
		location = m.URL
	}
	options, err := pgx.ParseConfig(location.Reveal())
	if err != nil {
		return nil, errMalformedURL
	}
	connection.Prepare(options, m.Config.Database.Schema, m.pooled())
	return options, nil
}

func (m Migration) pooled() bool { return m.Config.Database.Pooler == config.PoolerTransaction }

// dial connects, with patience for a database that does not answer yet.
func (m Migration) dial(ctx context.Context, options *pgx.ConnConfig, secret string) (*pgx.Conn, error) {
	deadline, pause := m.Clock.Now().Add(m.Patience), firstPause
	for {
		conn, err := pgx.ConnectConfig(ctx, options)
		if err == nil {
			return conn, nil
		}
		err = &credentialsError{secret: secret, err: err}
		if !mayStart(err) || !m.Clock.Now().Add(pause).Before(deadline) {
			return nil, err
		}
		_, message := Failure(err, m.URL, m.ServingURL)
		m.Progress.waiting(message)
		if err := m.Clock.Wait(ctx, pause); err != nil {
			return nil, err
		}
		pause = min(2*pause, maxPause)
	}
}

// connect prepares the connection of the migration, and finds out whom it is for.
func (m Migration) connect(ctx context.Context) (*session, error) {
	options, err := m.own()
	if err != nil {
		return nil, err
	}
	secret := databaseSecret
	if m.ServingURL != "" {
		secret = migrationSecret
	}
	conn, err := m.dial(ctx, options, secret)
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn, desired: Desired(m.Config)}
	if err := m.meetServers(ctx, s); err != nil {
		closeQuietly(conn)
		return nil, err
	}
	// A role may have settings that would break a long statement, or the quoting of literals.
	const settings = "SET statement_timeout = 0; SET standard_conforming_strings = on; SET client_min_messages = warning"
	if _, err := conn.Exec(ctx, settings); err != nil {
		return nil, errors.Join(err, conn.Close(ctx))
	}
	return s, nil
}

// session is a connection of a migration.
type session struct {
	conn    *pgx.Conn
	desired Schema
	// serving is the role of the servers; "" when it is that of the migration.
	serving string
}

func (s *session) plan(ctx context.Context) (Plan, error) {
	catalogue, err := Inspect(ctx, s.conn, s.desired, s.serving)
	if err != nil {
		return Plan{}, err
	}
	return s.desired.Plan(catalogue)
}
