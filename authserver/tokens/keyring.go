package tokens

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"hash"
	"strings"
	"sync"
)

// signatureLen is the length of 32 bytes in padded base64.
const signatureLen = 44

// Keyring signs values with its newest key and verifies them with all. It is safe for concurrent use.
type Keyring struct {
	// macs holds one pool of keyed hashes per key: keying a hash anew costs more than hashing a token.
	macs []*sync.Pool
}

// NewKeyring takes the secrets, newest first; each is used raw, as Better-Auth does.
func NewKeyring(secrets ...string) (*Keyring, error) {
	if len(secrets) == 0 {
		return nil, errors.New("a keyring needs at least one secret")
	}
	k := &Keyring{}
	for _, secret := range secrets {
		k.macs = append(k.macs, &sync.Pool{New: func() any { return hmac.New(sha256.New, []byte(secret)) }})
	}
	return k, nil
}

// Sign returns "<value>.<signature>", not yet percent-encoded.
func (k *Keyring) Sign(value string) string {
	var buf [signatureLen]byte
	return value + "." + string(signature(k.macs[0], value, buf[:]))
}

// Verify returns the value of a signed value, and whether one of the keys signed it.
func (k *Keyring) Verify(signed string) (value string, ok bool) {
	dot := strings.LastIndexByte(signed, '.')
	if dot < 1 {
		return "", false
	}
	value = signed[:dot]
	got := signed[dot+1:]
	if len(got) != signatureLen || got[signatureLen-1] != '=' {
		return "", false
	}
	var buf [signatureLen]byte
	for _, mac := range k.macs {
		if hmac.Equal(signature(mac, value, buf[:]), []byte(got)) {
			return value, true
		}
	}
	return "", false
}

func signature(pool *sync.Pool, value string, dst []byte) []byte {
	mac := pool.Get().(hash.Hash)
	defer pool.Put(mac)
	mac.Reset()
	mac.Write([]byte(value))
	var sum [sha256.Size]byte
	base64.StdEncoding.Encode(dst, mac.Sum(sum[:0]))
	return dst
}
