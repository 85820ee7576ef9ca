package passhash

import (
	"encoding/hex"

	"github.com/gatehouse-auth/gatehouse/authserver/scrypt"
)

type scryptScheme struct{}

func (scryptScheme) memory() int64 { return scrypt.Memory }

// salt is a text: scrypt sees its hex digits.
func (scryptScheme) salt(drawn []byte) []byte { return []byte(hex.EncodeToString(drawn)) }

func (scryptScheme) hash(cores *cores, password, salt []byte) (string, error) {
	core := cores.take()
	defer cores.put(core)
	key, err := core.Key(password, salt)
	return string(salt) + ":" + hex.EncodeToString(key), err
}
