package server

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/accounts"
	"github.com/gatehouse-auth/gatehouse/authserver/clientip"
	"github.com/gatehouse-auth/gatehouse/authserver/ids"
	"github.com/gatehouse-auth/gatehouse/authserver/passhash"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

const (
	// backstageConnections is enough for one thing at a time.
	backstageConnections = 2
	// maxLeftovers bounds what one canary deletes of others.
	maxLeftovers = 100
)

// Backstage reaches the stores of servers with the same options, without their HTTP surface: for programs that an operator
// runs beside them.
type Backstage struct {
	stores   *stores
	accounts *accounts.Service
	keys     *tokens.Keyring
	// encryptTokens says that servers encrypt the tokens of accounts.
	encryptTokens bool
	now           func() time.Time
}

// OpenBackstage connects to nothing yet. Of the options it takes configuration, secrets, addresses, clock and randomness.
func OpenBackstage(ctx context.Context, o Options) (*Backstage, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	cfg := *o.Config
	cfg.Database.MaxConnections = backstageConnections
	o.Config = &cfg
	keys, err := keyring(o.Secrets, o.Random)
	if err != nil {
		return nil, err
	}
	stores, err := openStores(ctx, o, keys, nil)
	if err != nil {
		return nil, err
	}
	lengths := passhash.Lengths{Min: cfg.EmailAndPassword.MinPasswordLength, Max: cfg.EmailAndPassword.MaxPasswordLength}
	return &Backstage{stores: stores, keys: keys, encryptTokens: cfg.Account.EncryptOAuthTokens, now: o.Now, accounts: accounts.New(accounts.Options{
		Store:  stores.all,
		Hasher: newHasher(o),
		// No session, no mail, and open whatever the configuration says about strangers.
		Enabled: true, Fields: cfg.Fields(), Lengths: lengths, NewID: ids.Generator{Random: o.Random}.New, Now: o.Now,
	})}, nil
}

// Close gives the connections back.
func (b *Backstage) Close() error { return b.stores.close() }

// Probes ask servers with the same secrets.
func (b *Backstage) Probes() *clientip.Probes { return clientip.NewProbes(b.keys) }

// SignUp implements canary.Users.
func (b *Backstage) SignUp(ctx context.Context, in accounts.SignUp) error {
	_, err := b.accounts.SignUp(ctx, in)
	return err
}

// VerifyEmail implements canary.Users.
func (b *Backstage) VerifyEmail(ctx context.Context, email string) error {
	user, _, err := b.stores.all.CredentialByEmail(ctx, email)
	if err != nil {
		return err
	}
	return b.stores.all.VerifyEmail(ctx, user.ID, email, b.now())
}

// Delete implements canary.Users.
func (b *Backstage) Delete(ctx context.Context, email string) error {
	user, _, err := b.stores.all.CredentialByEmail(ctx, email)
	if errors.Is(err, authserver.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	if err := b.stores.all.DeleteUser(ctx, user.ID); err != nil {
		return err
	}
	if err := b.gone(ctx, user); err != nil || b.stores.redis == nil {
		return err
	}
	return b.stores.redis.Forget(ctx, user.ID)
}

// gone looks for what is left of a user.
func (b *Backstage) gone(ctx context.Context, user authserver.User) error {
	_, _, err := b.stores.all.CredentialByEmail(ctx, user.Email)
	if err == nil {
		return errors.New("the user is still there after its deletion")
	}
	if !errors.Is(err, authserver.ErrNotFound) {
		return err
	}
	accounts, accountsErr := b.stores.all.AccountsOf(ctx, user.ID)
	sessions, sessionsErr := b.stores.all.UserSessions(ctx, user.ID, b.now())
	if err := errors.Join(accountsErr, sessionsErr); err != nil {
		return err
	}
	if len(accounts)+len(sessions) > 0 {
		return fmt.Errorf("%d accounts and %d sessions are still there after the deletion of their user", len(accounts), len(sessions))
	}
	return nil
}

// Leftovers implements canary.Users.
func (b *Backstage) Leftovers(ctx context.Context, pattern string, before time.Time) ([]string, error) {
	return b.stores.database.UsersLike(ctx, pattern, before, maxLeftovers)
}
