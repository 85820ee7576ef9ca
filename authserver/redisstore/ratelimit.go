package redisstore

import (
	"context"
	"time"
)

// Hit counts a request. At most limit are allowed in a window, which begins with its first request; those that are refused
// count too. As with Better-Auth, a refused client is told to wait for a whole window: lastRequest is now.
func (s *Store) Hit(ctx context.Context, key string, limit int, window time.Duration, now time.Time) (
	allowed bool, lastRequest time.Time, err error,
) {
	count, err := s.run(ctx, hitScript, []string{s.key(key)}, window.Milliseconds()).Int64()
	if err != nil {
		return false, time.Time{}, translate("count a request", err)
	}
	return count <= int64(limit), now, nil
}
