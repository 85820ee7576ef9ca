package storage

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// TakeVerification deletes the value of an identifier and returns it, or authserver.ErrNotFound when there is none or it has
// expired.
func (r Redis) TakeVerification(ctx context.Context, identifier string, now time.Time) (value string, err error) {
	return r.redis.TakeVerification(ctx, identifier, now)
}

// Verification returns the value of an identifier, or authserver.ErrNotFound when there is none or it has expired.
func (r Redis) Verification(ctx context.Context, identifier string, now time.Time) (value string, err error) {
	return r.redis.Verification(ctx, identifier, now)
}

// CreateVerification stores a value, and then the mails that tell its identifier.
func (r Redis) CreateVerification(ctx context.Context, v authserver.Verification, mails ...authserver.Mail) error {
	if err := r.redis.CreateVerification(ctx, v); err != nil || len(mails) == 0 {
		return err
	}
	return r.QueueMails(ctx, mails...)
}

// ResetPassword uses a verification up, and then gives its user a new password. With reset.RevokeSessions all sessions end;
// without PostgreSQL they have ended, and the user must ask for another link.
func (r Redis) ResetPassword(ctx context.Context, reset authserver.PasswordReset) error {
	account := reset.Account
	owner, err := r.redis.TakeVerification(ctx, reset.Identifier, account.UpdatedAt)
	if err != nil {
		return err
	}
	if owner != account.UserID {
		return authserver.ErrNotFound
	}
	revoke := reset.RevokeSessions
	reset.Identifier, reset.RevokeSessions = "", false
	change := func() error { return r.Store.ResetPassword(ctx, reset) }
	if !revoke {
		return change()
	}
	return r.endSessions(ctx, account.UserID, account.UpdatedAt, change)
}
