package server

import (
	"context"

	"github.com/gatehouse-auth/gatehouse/authserver/rekey"
)

// Rekey encrypts with the newest key what older keys encrypted in the database.
func (b *Backstage) Rekey(ctx context.Context) (rekey.Result, error) {
	return rekey.Run(ctx, rekey.Options{
		Store: b.stores.database, Keys: b.keys, MailLinks: b.keys.ForPurpose(MailLinks), PlainTokens: !b.encryptTokens,
	})
}
