package server

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/accounts"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
	"github.com/gatehouse-auth/gatehouse/authserver/social"
	"github.com/gatehouse-auth/gatehouse/authserver/storage"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
	"github.com/gatehouse-auth/gatehouse/authserver/users"
	"github.com/gatehouse-auth/gatehouse/authserver/verifications"
)

// keeper keeps everything for the rules, wherever that is.
type keeper interface {
	accounts.Store
	users.Store
	users.Verifications
	verifications.Store
	verifications.Verifications
	sessions.Store
	social.Store
	social.Verifications
}

// stores are what a server is connected to.
type stores struct {
	database *postgres.Store
	// redis is nil when nothing is kept there.
	redis *redisstore.Store
	// all joins the two as the configuration says.
	all keeper
	// carrier is there when cookies carry the sessions.
	carrier sessions.Carrier
}

// openStores connects to nothing yet; mailed is called when mails were put into the outbox.
func openStores(ctx context.Context, o Options, keys *tokens.Keyring, mailed func()) (*stores, error) {
	cfg := o.Config
	s := &stores{}
	var err error
	s.database, err = postgres.Open(ctx, postgres.Options{
		URL: o.DatabaseURL.Reveal(), Renewed: revealed(o.RenewedDatabaseURL), Schema: cfg.Database.Schema, Pooled: cfg.Database.Pooler == config.PoolerTransaction, MaxConnections: cfg.Database.MaxConnections,
		Fields: cfg.Fields(), SessionFields: cfg.SessionFields(), Mailed: mailed, MailLinks: keys.ForPurpose(MailLinks),
		SessionsElsewhere: cfg.Session.Storage != config.SessionDatabase,
	})
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	if cfg.NeedsRedis() {
		if s.redis, err = openRedis(o); err != nil {
			s.database.Close()
			return nil, fmt.Errorf("opening Redis: %w", err)
		}
	}
	switch cfg.Session.Storage {
	case config.SessionRedis:
		s.all = storage.NewRedis(s.database, s.redis)
	case config.SessionStateless:
		stateless := storage.NewStateless(s.database)
		s.all, s.carrier = stateless, stateless
	default:
		s.all = s.database
	}
	return s, nil
}

// revealed is nil when there is nothing to ask.
func revealed(url func() (config.Redacted, error)) func() (string, error) {
	if url == nil {
		return nil
	}
	return func() (string, error) {
		location, err := url()
		return location.Reveal(), err
	}
}

func openRedis(o Options) (*redisstore.Store, error) {
	if o.RedisURL == nil {
		return nil, errors.New("its URL is not known")
	}
	return redisstore.Open(redisstore.Options{
		URL:    revealed(o.RedisURL),
		CAFile: o.Config.Redis.CAFile, KeyPrefix: o.Config.Redis.KeyPrefix,
		Fields: o.Config.Fields(), SessionFields: o.Config.SessionFields(), SessionTTL: o.Config.Session.TTL.Duration,
		Now: o.Now,
	})
}

// close gives the connections back.
func (s *stores) close() error {
	s.database.Close()
	if s.redis == nil {
		return nil
	}
	return s.redis.Close()
}

// probe asks for all that requests need, through the statements that they use. It returns what to tell operators, and the
// error.
func (s *stores) probe(ctx context.Context) (reason string, err error) {
	if s.redis != nil {
		if err := s.redis.Ping(ctx); err != nil {
			return "Redis does not answer", err
		}
	}
	if _, _, err = s.all.CredentialByEmail(ctx, ""); errors.Is(err, authserver.ErrNotFound) {
		_, _, err = s.all.SessionByToken(ctx, "")
	}
	if errors.Is(err, authserver.ErrNotFound) {
		err = nil
	}
	return diagnosis(err), err
}

// diagnosis is what an error of the database means.
func diagnosis(err error) string {
	switch {
	case err == nil:
		return ""
	case errors.Is(err, postgres.ErrPooled):
		return postgres.ErrPooled.Error()
	case errors.Is(err, authserver.ErrUnavailable), errors.Is(err, context.DeadlineExceeded):
		return "the database does not answer"
	}
	return "the database has not the tables of this configuration; run authserver migrate"
}
