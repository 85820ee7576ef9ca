package httpapi

import "net/http"

// updateUserBody leaves the members to package users, which knows the custom fields.
var updateUserBody = schema{Words: []string{"record"}}

// updateUser answers POST /update-user.
func (a *api) updateUser(c *call) error {
	if err := a.Users.Update(c.r.Context(), c.found.User.ID, c.body); err != nil {
		return err
	}
	a.reissue(c, c.found.Session.Token)
	c.json(http.StatusOK, appendStatus)
	return nil
}
