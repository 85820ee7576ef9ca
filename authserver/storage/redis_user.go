package storage

import (
	"context"
	"errors"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

const (
	// deletionTime is what PostgreSQL may take to delete a user.
	deletionTime = 30 * time.Second
	// deletionGuard is for how long no sessions of a user that is being deleted begin. It outlives the deletion and every
	// sign-in that began before it.
	deletionGuard = 2 * deletionTime
)

// CreateUser stores a user, an account of the user's and the mails about it, and then, unless it is nil, a first session.
// Without Redis it stores nothing.
func (r Redis) CreateUser(
	ctx context.Context, user authserver.User, account authserver.Account, session *authserver.Session, mails ...authserver.Mail,
) error {
	if session == nil {
		return r.Store.CreateUser(ctx, user, account, nil, mails...)
	}
	if err := r.redis.Ping(ctx); err != nil {
		return err
	}
	if err := r.Store.CreateUser(ctx, user, account, nil, mails...); err != nil {
		return err
	}
	return r.redis.CreateSession(ctx, *session, user)
}

// UpdateUser changes columns of a user, and then the copies in the user's sessions.
func (r Redis) UpdateUser(ctx context.Context, userID string, changes []authserver.Change, now time.Time) error {
	if err := r.Store.UpdateUser(ctx, userID, changes, now); err != nil {
		return err
	}
	_, err := r.spread(ctx, userID)
	return err
}

// VerifyEmail says that the address of a user is the user's, and then the copies in the user's sessions say so.
func (r Redis) VerifyEmail(ctx context.Context, userID, email string, now time.Time) error {
	if err := r.Store.VerifyEmail(ctx, userID, email, now); err != nil {
		return err
	}
	_, err := r.spread(ctx, userID)
	return err
}

// ChangeEmail replaces the address of a user, and then the copies in the user's sessions.
func (r Redis) ChangeEmail(ctx context.Context, change authserver.EmailChange, mails ...authserver.Mail) error {
	if err := r.Store.ChangeEmail(ctx, change, mails...); err != nil {
		return err
	}
	_, err := r.spread(ctx, change.UserID)
	return err
}

// ChangePassword replaces a hash. With change.Session it first ends all sessions; those that began with the old password
// meanwhile end too.
func (r Redis) ChangePassword(ctx context.Context, userID string, change authserver.PasswordChange) error {
	session := change.Session
	if session == nil {
		return r.Store.ChangePassword(ctx, userID, change)
	}
	change.Session = nil
	err := r.endSessions(ctx, userID, session.CreatedAt, func() error { return r.Store.ChangePassword(ctx, userID, change) })
	if err != nil {
		return err
	}
	return r.CreateSession(ctx, session)
}

// endSessions ends all sessions of a user before and after a change. Sessions that begin at the moment, or later, may live.
func (r Redis) endSessions(ctx context.Context, userID string, moment time.Time, change func() error) error {
	if err := r.redis.DeleteSessionsBefore(ctx, userID, moment); err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	return r.redis.DeleteSessionsBefore(ctx, userID, moment)
}

// DeleteUser ends all sessions of a user, and then deletes the user with all accounts. No session begins meanwhile, and
// none ever after: Better-Auth, which does not look whether there is a user, could still store one.
func (r Redis) DeleteUser(ctx context.Context, userID string) error {
	if err := r.redis.Bury(ctx, userID, deletionGuard); err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, deletionTime)
	defer cancel()
	err := r.Store.DeleteUser(limited, userID)
	// Also for a client that did not wait.
	ctx = context.WithoutCancel(ctx)
	if err != nil {
		return errors.Join(err, r.redis.Unbury(ctx, userID))
	}
	return r.redis.Bury(ctx, userID, r.redis.LongestLife())
}
