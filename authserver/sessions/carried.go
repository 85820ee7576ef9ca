package sessions

import (
	"context"
	"fmt"
	"slices"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// Carrier is the store of sessions that cookies carry.
type Carrier interface {
	// SessionUser returns the user of a session, or authserver.ErrNotFound when the user is gone or has got a new password
	// since the session began.
	SessionUser(ctx context.Context, session authserver.Session) (authserver.User, error)
}

// Carried says that sessions are in cookies, and only there.
func (s *Service) Carried() bool { return s.Carrier != nil }

// Due says whether use should extend a session.
func (s *Service) Due(session authserver.Session) bool { return s.due(session) }

// Admit does for a session that a cookie carries what Find does for one that is stored.
func (s *Service) Admit(ctx context.Context, session authserver.Session, extend bool) (Found, error) {
	now := s.now()
	if session.ExpiresAt.Before(now) {
		return Found{}, authserver.ErrNotFound
	}
	user, err := s.Carrier.SessionUser(ctx, session)
	if err != nil {
		return Found{}, fmt.Errorf("reading the user of a session: %w", err)
	}
	found := Found{Session: session, User: user, Due: s.due(session)}
	if extend && found.Due {
		found.Session.ExpiresAt, found.Session.UpdatedAt = now.Add(s.TTL), now
		found.Due, found.Extended = false, true
	}
	return found, nil
}

// changed is a session with other values of custom fields.
func (s *Service) changed(session authserver.Session, changes []authserver.Change) authserver.Session {
	session.Fields, session.UpdatedAt = slices.Clone(session.Fields), s.now()
	for _, change := range changes {
		at := slices.IndexFunc(s.Fields, func(f authserver.Field) bool { return f.Name == change.Field })
		session.Fields[at] = change.Value
	}
	return session
}
