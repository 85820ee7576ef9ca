package passhash

import (
	"encoding/hex"

	"golang.org/x/crypto/scrypt"
)

// The parameters of Better-Auth since 1.0.
const (
	costN     = 16384
	blockSize = 16
	parallel  = 1
	keyBytes  = 64
)

// scryptMemory is what one running hash takes, in bytes.
const scryptMemory = 128 * costN * blockSize

type scryptScheme struct{}

func (scryptScheme) memory() int64 { return scryptMemory }

// salt is a text: scrypt sees its hex digits.
func (scryptScheme) salt(drawn []byte) []byte { return []byte(hex.EncodeToString(drawn)) }

func (scryptScheme) hash(password, salt []byte) (string, error) {
	key, err := scrypt.Key(password, salt, costN, blockSize, parallel, keyBytes)
	return string(salt) + ":" + hex.EncodeToString(key), err
}
