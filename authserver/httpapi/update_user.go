package httpapi

import (
	"errors"
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// updateUserBody leaves the members to package users, which knows the custom fields.
var updateUserBody = schema{Words: []string{"record"}}

// updateUser answers POST /update-user.
func (a *api) updateUser(c *call) error {
	if err := a.Users.Update(c.r.Context(), c.found.User.ID, c.body); err != nil {
		return err
	}
	if err := a.reissueUpdated(c); err != nil {
		return err
	}
	c.json(http.StatusOK, appendStatus)
	return nil
}

// reissueUpdated sets the cookies of the request's session again, with the user as it is now in the cookie cache. A session
// that was revoked, which the old cache did not know, ends.
func (a *api) reissueUpdated(c *call) error {
	found := c.found
	if a.Cache != nil {
		var err error
		found, err = a.admitted(c, found.Session)
		if errors.Is(err, authserver.ErrNotFound) {
			a.end(c)
			return nil
		}
		if err != nil {
			return err
		}
	}
	a.reissue(c, &found.Session, &found.User)
	return nil
}
