package sessions

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/fields"
)

// Update changes the custom fields of a session to what the body of a request says of them, and returns the session. It
// returns authserver.ErrNotFound when the session is gone.
func (s *Service) Update(ctx context.Context, session authserver.Session, body ecma.Value) (authserver.Session, error) {
	changes, err := fields.Update(s.Fields, body)
	if err != nil {
		return authserver.Session{}, err
	}
	if len(changes) == 0 {
		return authserver.Session{}, authserver.ErrNoFieldsToUpdate
	}
	if s.Carried() {
		return s.changed(session, changes), nil
	}
	session, err = s.Store.UpdateSession(ctx, session.Token, changes, s.now())
	return session, updateError(err, changes)
}

// updateError turns what the store reports into what a client is told.
func updateError(err error, changes []authserver.Change) error {
	var conflict *authserver.FieldConflictError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &conflict):
		return authserver.ValidationError("[body." + conflict.Field + "] Invalid input: another session has this value")
	case errors.Is(err, authserver.ErrRejected):
		return authserver.ValidationError(rejected(changes))
	}
	return fmt.Errorf("updating a session: %w", err)
}

// rejected names every field that was changed: the database does not say which value it is that no index can hold.
func rejected(changes []authserver.Change) string {
	problems := make([]string, len(changes))
	for i, change := range changes {
		problems[i] = "[body." + change.Field + "] Invalid input: the database refuses the value"
	}
	return strings.Join(problems, "; ")
}
