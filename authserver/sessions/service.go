package sessions

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// NotRememberedTTL is the life of a session without "remember me", whatever the configured life is.
const NotRememberedTTL = 24 * time.Hour

// Store keeps sessions.
type Store interface {
	// SessionByToken returns a session, expired or not, and its user, or authserver.ErrNotFound.
	SessionByToken(ctx context.Context, token string) (authserver.Session, authserver.User, error)
	// CreateSession changes the id to one that the store takes.
	CreateSession(ctx context.Context, session *authserver.Session) error
	// ExtendSession may report a session that is gone as authserver.ErrNotFound.
	ExtendSession(ctx context.Context, token string, expiresAt, updatedAt time.Time) error
	// UpdateSession changes custom fields. It reports authserver.ErrNotFound, *authserver.FieldConflictError and
	// authserver.ErrRejected.
	UpdateSession(ctx context.Context, token string, changes []authserver.Change, now time.Time) (authserver.Session, error)
	// DeleteSession is no error when there is none.
	DeleteSession(ctx context.Context, token string) error
	// UserSessions returns the sessions of a user that are alive at a moment, oldest first.
	UserSessions(ctx context.Context, userID string, now time.Time) ([]authserver.Session, error)
	// DeleteUserSession deletes the session of a token if it is the user's.
	DeleteUserSession(ctx context.Context, userID, token string) error
	// DeleteUserSessions deletes all sessions of a user but the one of the token.
	DeleteUserSessions(ctx context.Context, userID, exceptToken string) error
}

// Options configure a Service.
type Options struct {
	Store Store
	// Carrier is there when sessions are in cookies; then the Store keeps none.
	Carrier Carrier
	// TTL is the life of a session after sign-in and after each extension.
	TTL time.Duration
	// UpdateAge is the age from which use extends a session.
	UpdateAge time.Duration
	// DisableRefresh lets no use extend a session.
	DisableRefresh bool
	// Fields are the custom fields of sessions.
	Fields []authserver.Field
	// FreshAge is how long a session is fresh; 0 is for ever.
	FreshAge time.Duration
	// NewID draws row ids and tokens.
	NewID func() string
	// Now is the clock.
	Now func() time.Time
}

// Service has the rules of sessions. It is safe for concurrent use.
type Service struct {
	Options
	// defaults are the values of the custom fields of a new session.
	defaults []any
}

// New returns a Service.
func New(o Options) *Service {
	s := &Service{Options: o, defaults: make([]any, len(o.Fields))}
	for i, field := range o.Fields {
		s.defaults[i] = field.Default
	}
	return s
}

// New returns a session that is not stored yet.
func (s *Service) New(userID string, remember bool, client authserver.Client) authserver.Session {
	now := s.now()
	ttl := s.TTL
	if !remember {
		ttl = NotRememberedTTL
	}
	return authserver.Session{
		ID: s.NewID(), Token: s.NewID(), UserID: userID, ExpiresAt: now.Add(ttl), CreatedAt: now, UpdatedAt: now,
		IPAddress: client.IPAddress, UserAgent: client.UserAgent, Fields: s.defaults,
	}
}

// Begin stores a new session.
func (s *Service) Begin(ctx context.Context, userID string, remember bool, client authserver.Client) (authserver.Session, error) {
	session := s.New(userID, remember, client)
	if err := s.Store.CreateSession(ctx, &session); err != nil {
		return authserver.Session{}, fmt.Errorf("storing a session: %w", err)
	}
	return session, nil
}

// Found is a live session with its user.
type Found struct {
	Session authserver.Session
	User    authserver.User
	// Due says that use should extend the session and has not.
	Due bool
	// Extended says that the session got a new life, and so its cookie must.
	Extended bool
}

// Peek returns a live session and changes nothing, or authserver.ErrNotFound.
func (s *Service) Peek(ctx context.Context, token string) (Found, error) {
	session, user, err := s.Store.SessionByToken(ctx, token)
	if err != nil {
		return Found{}, fmt.Errorf("reading a session: %w", err)
	}
	found := Found{Session: session, User: user, Due: s.due(session)}
	if session.ExpiresAt.Before(s.now()) {
		return found, authserver.ErrNotFound
	}
	return found, nil
}

// Find returns a live session, or authserver.ErrNotFound after deleting an expired one. When extend is set, a session
// that is due gets a new life.
func (s *Service) Find(ctx context.Context, token string, extend bool) (Found, error) {
	found, err := s.Peek(ctx, token)
	if errors.Is(err, authserver.ErrNotFound) && found.Session.Token != "" {
		if err := s.End(ctx, token); err != nil {
			return Found{}, err
		}
	}
	if err != nil || !extend || !found.Due {
		return found, err
	}
	now := s.now()
	found.Session.ExpiresAt, found.Session.UpdatedAt = now.Add(s.TTL), now
	found.Due, found.Extended = false, true
	if err := s.Store.ExtendSession(ctx, token, found.Session.ExpiresAt, now); err != nil {
		return Found{}, fmt.Errorf("extending a session: %w", err)
	}
	return found, nil
}

// End deletes a session; there need not be one.
func (s *Service) End(ctx context.Context, token string) error {
	if err := s.Store.DeleteSession(ctx, token); err != nil {
		return fmt.Errorf("deleting a session: %w", err)
	}
	return nil
}

// due says whether the last extension is UpdateAge ago.
func (s *Service) due(session authserver.Session) bool {
	return !s.DisableRefresh && !session.ExpiresAt.Add(s.UpdateAge-s.TTL).After(s.now())
}

// now has the precision of the database and of JavaScript.
func (s *Service) now() time.Time { return s.Now().UTC().Truncate(time.Millisecond) }
