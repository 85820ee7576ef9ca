package httpapi

import "net/http"

// ok answers GET /ok, Better-Auth's own health endpoint.
func (*api) ok(c *call) error {
	c.json(http.StatusOK, func(dst []byte) []byte { return append(dst, `{"ok":true}`...) })
	return nil
}

// health answers GET /health: the process serves. It does not ask the database.
func (*api) health(c *call) error {
	c.json(http.StatusOK, func(dst []byte) []byte { return append(dst, `{"status":"ok"}`...) })
	return nil
}
