package redisstore

import (
	"context"
	"sync"
	"time"

	"github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// A request waits for no longer than these: without Redis it should be refused soon.
const (
	dialTimeout    = 2 * time.Second
	commandTimeout = 2 * time.Second
	maxRetries     = 1
	maxIdleTime    = 5 * time.Minute
	maxLifetime    = time.Hour
)

// Options say which Redis a Store uses and how.
type Options struct {
	// URL returns the connection URL: redis://, rediss:// for TLS, or unix://. It holds a password, never appears in an error,
	// and is asked for anew with each connection.
	URL func() (string, error)
	// CAFile holds the PEM certificates that the server's is checked against; "" are those of the system.
	CAFile string
	// KeyPrefix begins every key.
	KeyPrefix string
	// Fields are the custom fields of users, SessionFields those of sessions.
	Fields, SessionFields []authserver.Field
	// SessionTTL is the longest life of a session that is not used.
	SessionTTL time.Duration
	// Now is the clock that decides what has ended. Redis deletes what has by a clock of its own.
	Now func() time.Time
}

// Store is a Redis. It is safe for concurrent use.
type Store struct {
	client                    *redis.Client
	prefix                    string
	userFields, sessionFields []authserver.Field
	ttl                       time.Duration
	now                       func() time.Time
}

// Open prepares a pool of connections. It does not connect: Redis may come up after the server.
func Open(o Options) (*Store, error) {
	connector, err := newConnector(o)
	if err != nil {
		return nil, err
	}
	silence()
	client := redis.NewClient(&redis.Options{
		Addr: connector.last.Load().address, DB: connector.last.Load().database, Dialer: connector.dial,
		CredentialsProviderContext: connector.credentials,
		Protocol:                   2, DisableIdentity: true, ClientName: "gatehouse",
		MaintNotificationsConfig: &maintnotifications.Config{Mode: maintnotifications.ModeDisabled},
		DialTimeout:              dialTimeout, DialerRetries: 1, ReadTimeout: commandTimeout, WriteTimeout: commandTimeout, PoolTimeout: commandTimeout,
		MaxRetries: maxRetries, ContextTimeoutEnabled: true, PipelinePoolSize: -1,
		ConnMaxIdleTime: maxIdleTime, ConnMaxLifetime: maxLifetime, ConnMaxLifetimeJitter: maxLifetime / 10,
	})
	return &Store{
		client: client, prefix: o.KeyPrefix, userFields: o.Fields, sessionFields: o.SessionFields, ttl: o.SessionTTL, now: o.Now,
	}, nil
}

// silence keeps the client from logging by itself: whatever it would say also reaches us as an error.
var silence = sync.OnceFunc(func() { redis.SetLogger(discard{}) })

// discard is a logger.
type discard struct{}

// Printf implements the client's interface.
func (discard) Printf(context.Context, string, ...any) {}

// Close closes every connection.
func (s *Store) Close() error { return s.client.Close() }

// Ping returns nil when Redis answers, else an error that is authserver.ErrUnavailable.
func (s *Store) Ping(ctx context.Context) error {
	return translate("ask whether Redis is there", s.client.Ping(ctx).Err())
}

// Stats is the state of the connection pool.
type Stats struct {
	InUse, Idle uint32
	// Timeouts counts the requests that waited for a connection in vain.
	Timeouts uint32
}

// Stats returns the state of the pool now.
func (s *Store) Stats() Stats {
	stats := s.client.PoolStats()
	return Stats{InUse: stats.TotalConns - stats.IdleConns, Idle: stats.IdleConns, Timeouts: stats.Timeouts}
}
