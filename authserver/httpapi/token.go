package httpapi

import (
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/sessions"
)

// maxTokenHeader bounds set-auth-jwt in bytes. Clients and proxies refuse answers with larger headers, and with them the
// session of a user with large custom fields.
const maxTokenHeader = 8 << 10

// jwks answers GET /jwks: the keys that verify the tokens of GET /token.
func (a *api) jwks(c *call) error {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	set, age, err := a.JWKS.Publish(c.r.Context(), (*buffer)[:0])
	if err != nil {
		return err
	}
	*buffer = set
	c.Header().Set("Cache-Control", "public, max-age="+strconv.FormatInt(int64(age/time.Second), 10))
	c.json(http.StatusOK, func(dst []byte) []byte { return append(dst, set...) })
	return nil
}

// token answers GET /token: a token of the user that others verify with GET /jwks.
func (a *api) token(c *call) error {
	c.noStore()
	token, err := a.sign(c, &c.found)
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

func (a *api) sign(c *call, found *sessions.Found) (string, error) {
	buffer := buffers.Get().(*[]byte)
	defer buffers.Put(buffer)
	if c.fromCache {
		*buffer = a.users.appendCached((*buffer)[:0], &found.User)
	} else {
		*buffer = a.users.append((*buffer)[:0], &found.User)
	}
	return a.JWKS.Sign(c.r.Context(), *buffer, found.User.ID)
}

// tellJWT sends a token beside a session. It is a convenience: GET /token says what is wrong, and this answer does without.
func (a *api) tellJWT(c *call, found *sessions.Found) {
	if a.JWKS == nil || a.DisableJWTHeader {
		return
	}
	token, err := a.sign(c, found)
	switch {
	case err != nil:
		a.Log.Warn("a session is answered without set-auth-jwt", slog.String("requestID", c.id), slog.String("error", err.Error()))
	case len(token) > maxTokenHeader:
		a.Log.Warn("a session is answered without set-auth-jwt: its user's custom fields are too large for a header",
			slog.String("requestID", c.id), slog.Int("bytes", len(token)))
	default:
		c.Header()["Set-Auth-Jwt"] = []string{token}
		expose(c.Header(), "set-auth-jwt")
	}
}
