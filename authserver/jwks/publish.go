package jwks

import (
	"context"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// maxCacheAge bounds how long verifiers may cache the published keys.
const maxCacheAge = 5 * time.Minute

// members are those of public keys; whatever else a row may hold is not published.
var members = []string{"crv", "x", "y", "n", "e", "kty", "use"}

// Publish appends the JSON Web Key Set of the keys in the database, and says how long it may be cached. A key that none of the
// secrets decrypts is not among them: its secret was taken away, and whoever took it may have the key.
func (s *Service) Publish(ctx context.Context, dst []byte) (set []byte, maxAge time.Duration, err error) {
	current, err := s.latest(ctx)
	if err != nil {
		return dst, 0, err
	}
	dst = append(dst, `{"keys":[`...)
	first := true
	for _, p := range current.pairs {
		key, err := ecma.Parse([]byte(p.PublicKey))
		if err != nil || key.Get("kty").Kind() != ecma.String || p.revoked {
			continue // pairs has told the log
		}
		if !first {
			dst = append(dst, ',')
		}
		first = false
		dst = p.append(dst, key)
	}
	return append(dst, "]}"...), min(maxCacheAge, s.PublishAhead/2).Truncate(time.Second), nil
}

func (p *pair) append(dst []byte, key ecma.Value) []byte {
	dst = append(dst, '{')
	member := func(name, value string) {
		if value != "" {
			dst = append(ecma.AppendString(dst, name), ':')
			dst = append(ecma.AppendString(dst, value), ',')
		}
	}
	member("alg", p.Algorithm)
	for _, name := range members {
		value := key.Get(name).Text()
		if name == "crv" && value == "" {
			value = p.Curve
		}
		member(name, value)
	}
	dst = append(dst, `"kid":`...)
	return append(ecma.AppendString(dst, p.ID), '}')
}
