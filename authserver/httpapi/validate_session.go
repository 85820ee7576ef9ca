package httpapi

import "net/http"

// validateSession answers GET /api/validate-session, which back ends call with their users' cookies. It changes
// nothing: an answer to a back end could not renew the cookie in the browser.
func (a *api) validateSession(c *call) error {
	c.noStore()
	found, ok, err := a.peek(c)
	if err != nil {
		return err
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		if !ok {
			return append(dst, `{"user":null,"session":null}`...)
		}
		dst = append(dst, `{"user":`...)
		dst = a.users.append(dst, &found.User)
		dst = append(dst, `,"session":`...)
		dst = a.sessions.append(dst, &found.Session)
		return append(dst, '}')
	})
	return nil
}
