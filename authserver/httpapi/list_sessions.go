package httpapi

import "net/http"

// listSessions answers GET /list-sessions: the live sessions of the user, with their tokens.
func (a *api) listSessions(c *call) error {
	list, err := a.Sessions.List(c.r.Context(), c.found.Session)
	if err != nil {
		return err
	}
	c.json(http.StatusOK, func(dst []byte) []byte { return appendList(dst, list, a.sessions.append) })
	return nil
}

// appendList appends a JSON array.
func appendList[T any](dst []byte, list []T, item func([]byte, *T) []byte) []byte {
	dst = append(dst, '[')
	for i := range list {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = item(dst, &list[i])
	}
	return append(dst, ']')
}
