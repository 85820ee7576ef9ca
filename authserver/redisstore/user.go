package redisstore

import (
	"context"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// maxSwaps bounds the values of one script, which keeps Redis from everybody else.
const maxSwaps = 100

// ReplaceUser writes a user into every live session of the user.
func (s *Store) ReplaceUser(ctx context.Context, user authserver.User) error {
	text := s.appendUser(nil, &user)
	replacement, err := ecma.Parse(text)
	if err != nil {
		return fmt.Errorf("write a user: %w", err)
	}
	for range maxAttempts {
		all, err := s.sessionsOf(ctx, user.ID, s.now())
		if err != nil {
			return err
		}
		changed := 0
		for len(all) > 0 {
			batch := all[:min(maxSwaps, len(all))]
			all = all[len(batch):]
			n, err := s.swap(ctx, batch, replacement)
			if err != nil {
				return err
			}
			changed += n
		}
		if changed == 0 {
			return nil
		}
	}
	return fmt.Errorf("write a user into sessions: %w", authserver.ErrBusy)
}

// swap returns how many of the values had changed since they were read.
func (s *Store) swap(ctx context.Context, batch []found, user ecma.Value) (changed int, err error) {
	keys, values := make([]string, len(batch)), make([]any, 0, 2*len(batch))
	for i, f := range batch {
		keys[i] = s.key(f.session.Token)
		values = append(values, f.value, string(ecma.Append(nil, f.record.With("user", user))))
	}
	changed, err = s.run(ctx, swapScript, keys, values...).Int()
	return changed, translate("write a user into sessions", err)
}
