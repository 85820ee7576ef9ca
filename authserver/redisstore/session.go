package redisstore

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/records"
)

// ErrOutdated means that a session's user was stored when users had other fields.
var ErrOutdated = errors.New("the user of the session has other fields")

// maxAttempts bounds how often a value is read again because others change it.
const maxAttempts = 16

// What the store script says.
const (
	storedIt    = 1
	sessionGone = 0 // or revoked
)

// found is a session as it was read.
type found struct {
	value   string
	record  ecma.Value
	session authserver.Session
}

// find returns a session that is not revoked, or authserver.ErrNotFound.
func (s *Store) find(ctx context.Context, token string) (found, error) {
	if !tokenForm.MatchString(token) {
		return found{}, authserver.ErrNotFound
	}
	answer, err := s.run(ctx, findScript, []string{s.key(token)}, s.key(markerKey)).StringSlice()
	if err != nil {
		return found{}, translate("read a session", err)
	}
	f, ok := s.read(answer[0], answer[1])
	if !ok || f.session.Token != token {
		return found{}, authserver.ErrNotFound
	}
	return f, nil
}

// read returns the session in a value, unless it began before the moment of the marker.
func (s *Store) read(value, marker string) (found, bool) {
	record, err := ecma.Parse([]byte(value))
	if err != nil {
		return found{}, false
	}
	session, ok, _ := records.Session(record.Get("session"), s.sessionFields, true)
	if before, err := strconv.ParseInt(marker, 10, 64); err == nil && session.CreatedAt.UnixMilli() < before {
		return found{}, false
	}
	return found{value, record, session}, ok
}

// SessionByToken returns the session of a token and its user, also when it has expired. With ErrOutdated comes the session
// alone.
func (s *Store) SessionByToken(ctx context.Context, token string) (authserver.Session, authserver.User, error) {
	f, err := s.find(ctx, token)
	if err != nil {
		return authserver.Session{}, authserver.User{}, err
	}
	user, complete := records.User(f.record.Get("user"), s.userFields, true)
	if !complete {
		return f.session, authserver.User{}, ErrOutdated
	}
	return f.session, user, nil
}

// CreateSession stores a session with a copy of its user. It returns authserver.ErrRejected when sessions of the user that
// begin at that time are revoked already.
func (s *Store) CreateSession(ctx context.Context, session authserver.Session, user authserver.User) error {
	result, err := s.store(ctx, "", string(s.appendRecord(nil, &session, &user)), session)
	if err == nil && result == sessionGone {
		err = fmt.Errorf("create a session: %w", authserver.ErrRejected)
	}
	return err
}

// ExtendSession moves the end of a session. It returns authserver.ErrNotFound when the session is gone.
func (s *Store) ExtendSession(ctx context.Context, token string, expiresAt, updatedAt time.Time) error {
	_, err := s.change(ctx, token, func(session ecma.Value) ecma.Value {
		return session.With("expiresAt", moment(expiresAt)).With("updatedAt", moment(updatedAt))
	})
	return err
}

// UpdateSession changes custom fields of a session and returns what it is then. It returns authserver.ErrNotFound when the
// session is gone.
func (s *Store) UpdateSession(ctx context.Context, token string, changes []authserver.Change, now time.Time) (authserver.Session, error) {
	return s.change(ctx, token, func(session ecma.Value) ecma.Value {
		for _, change := range changes {
			session = session.With(change.Field, column(change.Value))
		}
		return session.With("updatedAt", moment(now))
	})
}

// change replaces the session of a value, again and again until nobody else has changed the value meanwhile. Members that
// are none of ours stay.
func (s *Store) change(ctx context.Context, token string, edit func(session ecma.Value) ecma.Value) (authserver.Session, error) {
	for range maxAttempts {
		f, err := s.find(ctx, token)
		if err != nil {
			return authserver.Session{}, err
		}
		record := f.record.With("session", edit(f.record.Get("session")))
		session, _, _ := records.Session(record.Get("session"), s.sessionFields, true)
		result, err := s.store(ctx, f.value, string(ecma.Append(nil, record)), session)
		if err != nil || result == storedIt {
			return session, err
		}
		if result == sessionGone {
			return authserver.Session{}, authserver.ErrNotFound
		}
	}
	return authserver.Session{}, fmt.Errorf("change a session: %w", authserver.ErrBusy)
}

// store runs the script of the same name. A session that has ended already is not stored.
func (s *Store) store(ctx context.Context, old, value string, session authserver.Session) (result int, err error) {
	now := s.now()
	seconds := int64(session.ExpiresAt.Sub(now) / time.Second)
	if seconds <= 0 {
		return storedIt, nil
	}
	list, marker := s.userKeys(session.UserID)
	result, err = s.run(ctx, storeScript, []string{s.key(session.Token), list, marker}, old, value, seconds,
		session.Token, session.ExpiresAt.UnixMilli(), session.CreatedAt.UnixMilli(), now.UnixMilli()).Int()
	return result, translate("store a session", err)
}

// UserSessions returns the sessions of a user that are alive at a moment, in the order in which they end.
func (s *Store) UserSessions(ctx context.Context, userID string, now time.Time) ([]authserver.Session, error) {
	all, err := s.sessionsOf(ctx, userID, now)
	sessions := make([]authserver.Session, 0, len(all))
	for _, f := range all {
		if f.session.ExpiresAt.After(now) {
			sessions = append(sessions, f.session)
		}
	}
	return sessions, err
}

func (s *Store) sessionsOf(ctx context.Context, userID string, now time.Time) ([]found, error) {
	list, marker := s.userKeys(userID)
	values, err := s.run(ctx, listScript, []string{list, marker}, s.prefix, now.UnixMilli()).StringSlice()
	if err != nil {
		return nil, translate("read the sessions of a user", err)
	}
	all, seen := make([]found, 0, len(values)), map[string]bool{}
	for _, value := range values[1:] {
		f, ok := s.read(value, values[0])
		if ok && f.session.UserID == userID && !seen[f.session.Token] {
			seen[f.session.Token] = true
			all = append(all, f)
		}
	}
	return all, nil
}
