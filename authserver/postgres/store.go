package postgres

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/connection"
)

const (
	maxIdleTime = 5 * time.Minute
	maxLifetime = time.Hour
)

// Options say which database a Store uses and how.
type Options struct {
	// URL is the connection URL; it holds a password and never appears in an error.
	URL string
	// Renewed returns the URL of now. Each new connection takes its user and password; nil is those of URL.
	Renewed func() (string, error)
	// Schema is the PostgreSQL schema of the tables; "" leaves it to the connection's search_path.
	Schema string
	// Pooled says that a pooler in transaction mode is in between.
	Pooled bool
	// MaxConnections bounds the pool; 0 is pgx's default.
	MaxConnections int
	// Fields are the custom columns of the user table, SessionFields those of the session table.
	Fields, SessionFields []authserver.Field
	// Mailed is called when mails were put into the outbox; nil is nobody.
	Mailed func()
	// MailLinks encrypts the links of mails that wait, since whoever has one acts as its user; nil leaves them as they are.
	MailLinks Cipher
	// SessionsElsewhere says that the database need not have a session table.
	SessionsElsewhere bool
}

// Cipher makes a text unreadable, and readable again.
type Cipher interface {
	Encrypt(plain string) (string, error)
	Decrypt(text string) (string, error)
}

// Store is the database. It is safe for concurrent use.
type Store struct {
	pool                  pool
	fields, sessionFields []authserver.Field
	statements            statements
	reads                 sessionReads
	mailed                func()
	mailLinks             Cipher
	// idKinds are an idKind for each table that was written to.
	idKinds sync.Map
	// sessionsElsewhere leaves the session table, if there is one, to the past.
	sessionsElsewhere bool
	// hitByID is set while rateLimit.key is not unique, as in databases of Better-Auth before 1.4.
	hitByID atomic.Bool
}

// statements are those that depend on the custom fields, built once.
type statements struct {
	sessionByToken, sessionsByToken, userSessions, insertSession, credentialByEmail, userByEmail, userByID, sessionUser, accountOwner, insertUser string
}

// Open prepares a pool. It does not connect: the database may come up after the server.
func Open(ctx context.Context, options Options) (*Store, error) {
	config, err := pgxpool.ParseConfig(options.URL)
	if err != nil {
		return nil, parseError(err)
	}
	if options.MaxConnections > 0 {
		config.MaxConns = int32(min(options.MaxConnections, 10_000))
	}
	config.MaxConnIdleTime = maxIdleTime
	config.MaxConnLifetime, config.MaxConnLifetimeJitter = maxLifetime, maxLifetime/10
	connection.Prepare(config.ConnConfig, options.Schema, options.Pooled)
	if options.Renewed != nil {
		config.BeforeConnect = renew(options.Renewed)
	}
	connections, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("prepare the connection pool: %w", err)
	}
	return &Store{pool: pool{connections, newQualifier(options.Schema, options.Pooled)}, fields: options.Fields, sessionFields: options.SessionFields, mailed: options.Mailed, mailLinks: options.MailLinks, sessionsElsewhere: options.SessionsElsewhere, statements: statements{
		sessionByToken:    sessionsWhere(`s.token = $1`, options.SessionFields, options.Fields),
		sessionsByToken:   sessionsWhere(`s.token = ANY($1)`, options.SessionFields, options.Fields),
		userSessions:      userSessions(options.SessionFields),
		insertSession:     insertSession(options.SessionFields),
		credentialByEmail: credentialByEmail(options.Fields),
		userByEmail:       userBy("email", options.Fields),
		userByID:          userBy("id", options.Fields),
		accountOwner:      accountOwner(options.Fields),
		insertUser:        insertUser(options.Fields),
		sessionUser:       sessionUser(options.Fields),
	}}, nil
}

// Close waits until every connection is back and closes them.
func (s *Store) Close() { s.pool.Close() }

// Ping returns nil when the database answers, else an error that is authserver.ErrUnavailable.
func (s *Store) Ping(ctx context.Context) error {
	if err := s.pool.Ping(ctx); err != nil {
		return fmt.Errorf("%w: %w", authserver.ErrUnavailable, err)
	}
	return nil
}

// write runs the statements of a batch and puts mails into the outbox: all or nothing.
func (s *Store) write(ctx context.Context, batch *pgx.Batch, mails []authserver.Mail) error {
	if len(mails) == 0 {
		// The statements of a batch are one transaction and one round trip.
		return s.pool.SendBatch(ctx, batch).Close()
	}
	return s.withMails(ctx, mails, func(tx pgx.Tx) error { return tx.SendBatch(ctx, batch).Close() })
}

// parseError drops the connection string, which pgx quotes with only the passwords that it recognises removed.
func parseError(err error) error {
	text := err.Error()
	reason := text[strings.LastIndexByte(text, '`')+1:]
	if reason == text {
		return errors.New("the database URL cannot be parsed; the form is postgres://user:password@host:5432/database")
	}
	return fmt.Errorf("the database URL cannot be parsed%s", strings.TrimRight(reason, " "))
}
