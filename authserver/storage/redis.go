package storage

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres"
	"github.com/gatehouse-auth/gatehouse/authserver/redisstore"
)

// Redis keeps sessions and verification values in Redis, all else in PostgreSQL.
type Redis struct {
	*postgres.Store
	redis *redisstore.Store
}

// NewRedis joins two stores.
func NewRedis(database *postgres.Store, redis *redisstore.Store) Redis { return Redis{database, redis} }

// SessionByToken returns the session of a token and its user, also when it has expired. It asks Redis alone, unless users
// have got other fields since the session was stored.
func (r Redis) SessionByToken(ctx context.Context, token string) (authserver.Session, authserver.User, error) {
	session, user, err := r.redis.SessionByToken(ctx, token)
	if !errors.Is(err, redisstore.ErrOutdated) {
		return session, user, err
	}
	user, err = r.spread(ctx, session.UserID)
	return session, user, err
}

// CreateSession stores a session of a user. It returns authserver.ErrRejected when the user is gone.
func (r Redis) CreateSession(ctx context.Context, session *authserver.Session) error {
	user, err := r.owner(ctx, session)
	if err != nil {
		return err
	}
	if err := r.redis.CreateSession(ctx, *session, user); err != nil {
		return err
	}
	// Who changed or deleted the user meanwhile may have looked for sessions too early to find this one.
	now, err := r.owner(ctx, session)
	if errors.Is(err, authserver.ErrRejected) {
		return errors.Join(err, r.redis.DeleteSession(ctx, session.Token))
	}
	if err == nil && !reflect.DeepEqual(user, now) {
		_, err = r.spread(ctx, session.UserID)
	}
	return err
}

func (r Redis) owner(ctx context.Context, session *authserver.Session) (authserver.User, error) {
	user, err := r.UserByID(ctx, session.UserID)
	if errors.Is(err, authserver.ErrNotFound) {
		return user, fmt.Errorf("create a session of a user that is gone: %w", authserver.ErrRejected)
	}
	return user, err
}

// spread writes a user into the user's sessions and returns it. Whoever writes last has looked afterwards that nobody else
// has changed the user meanwhile, so the last to write writes the last change.
func (r Redis) spread(ctx context.Context, userID string) (authserver.User, error) {
	user, err := r.UserByID(ctx, userID)
	for err == nil {
		if err = r.redis.ReplaceUser(ctx, user); err != nil {
			break
		}
		written := user
		if user, err = r.UserByID(ctx, userID); err == nil && reflect.DeepEqual(user, written) {
			return user, nil
		}
	}
	return authserver.User{}, err
}

// ExtendSession moves the end of a session. It returns authserver.ErrNotFound when the session is gone.
func (r Redis) ExtendSession(ctx context.Context, token string, expiresAt, updatedAt time.Time) error {
	return r.redis.ExtendSession(ctx, token, expiresAt, updatedAt)
}

// UpdateSession changes custom fields of a session and returns what it is then.
func (r Redis) UpdateSession(ctx context.Context, token string, changes []authserver.Change, now time.Time) (authserver.Session, error) {
	return r.redis.UpdateSession(ctx, token, changes, now)
}

// DeleteSession ends a session; it is no error when there is none.
func (r Redis) DeleteSession(ctx context.Context, token string) error {
	return r.redis.DeleteSession(ctx, token)
}

// UserSessions returns the sessions of a user that are alive at a moment, in the order in which they end.
func (r Redis) UserSessions(ctx context.Context, userID string, now time.Time) ([]authserver.Session, error) {
	return r.redis.UserSessions(ctx, userID, now)
}

// DeleteUserSession ends the session of a token if it is the user's.
func (r Redis) DeleteUserSession(ctx context.Context, userID, token string) error {
	return r.redis.DeleteUserSession(ctx, userID, token)
}

// DeleteUserSessions ends all sessions of a user but the one of the token.
func (r Redis) DeleteUserSessions(ctx context.Context, userID, exceptToken string) error {
	return r.redis.DeleteUserSessions(ctx, userID, exceptToken)
}
