package redisstore

import (
	"context"
	"time"
)

// never is a moment after the beginning of every session: the last of year 9999.
var never = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)

// DeleteSession ends a session; it is no error when there is none.
func (s *Store) DeleteSession(ctx context.Context, token string) error {
	return s.delete(ctx, "", token)
}

// DeleteUserSession ends the session of a token if it is the user's.
func (s *Store) DeleteUserSession(ctx context.Context, userID, token string) error {
	return s.delete(ctx, userID, token)
}

// delete takes the session of any user when the user is "".
func (s *Store) delete(ctx context.Context, userID, token string) error {
	if !tokenForm.MatchString(token) {
		return nil
	}
	err := s.run(ctx, deleteScript, []string{s.key(token)}, s.key(listKey), token, userID, s.now().UnixMilli()).Err()
	return translate("delete a session", err)
}

// DeleteUserSessions ends all sessions of a user but the one of the token. Without a token it also ends those that began
// before now and are in no list.
func (s *Store) DeleteUserSessions(ctx context.Context, userID, exceptToken string) error {
	if exceptToken == "" {
		return s.DeleteSessionsBefore(ctx, userID, s.now())
	}
	return s.revoke(ctx, userID, exceptToken, time.Time{}, 0)
}

// DeleteSessionsBefore ends all sessions of a user, also those that began before a moment and are in no list.
func (s *Store) DeleteSessionsBefore(ctx context.Context, userID string, moment time.Time) error {
	return s.revoke(ctx, userID, "", moment, s.LongestLife())
}

// LongestLife is how long a session may live without use, one that is not remembered too.
func (s *Store) LongestLife() time.Duration { return max(s.ttl, 24*time.Hour) }

// Bury ends all sessions of a user and lets none begin for a while.
func (s *Store) Bury(ctx context.Context, userID string, while time.Duration) error {
	return s.revoke(ctx, userID, "", never, while)
}

// Unbury lets the sessions of a user begin that Bury does not.
func (s *Store) Unbury(ctx context.Context, userID string) error {
	_, marker := s.userKeys(userID)
	err := s.client.Set(ctx, marker, s.now().UnixMilli(), s.LongestLife()).Err()
	return translate("let a user have sessions", err)
}

// revoke runs the script of the same name; the zero moment ends only what is in the list.
func (s *Store) revoke(ctx context.Context, userID, exceptToken string, before time.Time, while time.Duration) error {
	var moment any = ""
	if !before.IsZero() {
		moment = before.UnixMilli()
	}
	list, marker := s.userKeys(userID)
	err := s.run(ctx, revokeScript, []string{list, marker}, s.prefix, exceptToken, moment, int64(while/time.Second), s.now().UnixMilli()).Err()
	return translate("delete the sessions of a user", err)
}
