package users

import (
	"context"
	"errors"
	"fmt"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/fields"
)

// core are the columns besides custom fields that users may change. The rules are those of custom fields.
var core = []authserver.Field{
	{Name: "name", Type: authserver.FieldString, Required: true, Input: true},
	{Name: "image", Type: authserver.FieldString, Input: true},
}

// Update changes name, image and custom fields to what the body of a request says of them.
func (s *Service) Update(ctx context.Context, userID string, body ecma.Value) error {
	if body.Get("email").Truthy() {
		return authserver.ErrEmailCanNotBeUpdated
	}
	changes, err := fields.Update(s.Fields, body)
	if err != nil {
		return err
	}
	coreChanges, err := fields.Update(core, body)
	if err != nil {
		return err
	}
	changes = append(coreChanges, changes...)
	if len(changes) == 0 {
		return authserver.ErrNoFieldsToUpdate
	}
	return updateError(s.Store.UpdateUser(ctx, userID, changes, s.now()))
}

// updateError turns what the store reports into what a client is told.
func updateError(err error) error {
	var conflict *authserver.FieldConflictError
	switch {
	case err == nil:
		return nil
	case errors.Is(err, authserver.ErrNotFound):
		return authserver.ErrUnauthorized
	case errors.As(err, &conflict):
		return authserver.ValidationError("[body." + conflict.Field + "] Invalid input: another user has this value")
	case errors.Is(err, authserver.ErrRejected):
		return authserver.ErrFailedToUpdateUser
	}
	return fmt.Errorf("updating a user: %w", err)
}
