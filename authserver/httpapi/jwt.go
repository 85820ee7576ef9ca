package httpapi

import (
	"net/http"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// jwt answers GET /jwt: an HS256 token for back ends that know JWT_SECRET.
func (a *api) jwt(c *call) error {
	c.noStore()
	token, err := a.Issuer.Issue(c.found.User, a.Now())
	if err != nil {
		return err
	}
	c.json(http.StatusOK, func(dst []byte) []byte {
		dst = append(dst, `{"token":`...)
		dst = ecma.AppendString(dst, token)
		return append(dst, '}')
	})
	return nil
}
