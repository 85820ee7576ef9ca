package redisstore

import "context"

// Forget deletes what is kept about a user who is gone, the moment before which the user's sessions are revoked too. Nobody
// may be signing in as that user any more.
func (s *Store) Forget(ctx context.Context, userID string) error {
	list, marker := s.userKeys(userID)
	return translate("forget a user", s.client.Del(ctx, list, marker).Err())
}
