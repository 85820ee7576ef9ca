package cookiecache

import (
	"io"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/jwe"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// encrypted is a JWE of the payload.
type encrypted struct{ box *jwe.Box }

func newEncrypted(keys *tokens.Keyring, random io.Reader) (encrypted, error) {
	box, err := jwe.New(keys, "better-auth-session", random)
	return encrypted{box}, err
}

func (encrypted) brief() time.Duration { return briefJWT }

func (f encrypted) seal(payload []byte, now time.Time, life time.Duration) (string, error) {
	return f.box.Seal(payload, now, life)
}

func (f encrypted) open(value string) (ecma.Value, time.Time, bool) { return f.box.Open(value) }
