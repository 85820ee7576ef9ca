package tokens

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"sync"
)

// signatureLen is the length of 32 bytes in padded base64.
const signatureLen = 44

// MACSize is the length of a MAC in bytes.
const MACSize = sha256.Size

// Keyring signs and encrypts with its newest key, verifies and decrypts with all. It is safe for concurrent use.
type Keyring struct {
	secrets []Secret
	// macs holds one pool of keyed hashes per key: keying a hash anew costs more than hashing a token.
	macs []*sync.Pool
	// ciphers holds one cipher per key.
	ciphers []cipher.AEAD
	random  io.Reader
}

// Secret is one secret of a keyring; it is used raw, as Better-Auth does.
type Secret struct {
	Value string
	// Version is written beside what the secret encrypts, if Versioned.
	Version   int
	Versioned bool
}

// KeyringOptions configure a Keyring.
type KeyringOptions struct {
	// Secrets are newest first.
	Secrets []Secret
	// Random is the source of nonces; nil is crypto/rand.
	Random io.Reader
}

// NewKeyring takes secrets without versions, newest first.
func NewKeyring(secrets ...string) (*Keyring, error) {
	var o KeyringOptions
	for _, secret := range secrets {
		o.Secrets = append(o.Secrets, Secret{Value: secret})
	}
	return OpenKeyring(o)
}

// OpenKeyring returns a Keyring.
func OpenKeyring(o KeyringOptions) (*Keyring, error) {
	if len(o.Secrets) == 0 {
		return nil, errors.New("a keyring needs at least one secret")
	}
	if o.Random == nil {
		o.Random = rand.Reader
	}
	k := &Keyring{secrets: o.Secrets, random: o.Random}
	for _, secret := range o.Secrets {
		k.macs = append(k.macs, &sync.Pool{New: func() any { return hmac.New(sha256.New, []byte(secret.Value)) }})
		k.ciphers = append(k.ciphers, newCipher(secret.Value))
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

// AppendMAC appends the HMAC-SHA256 of a message by the newest key.
func (k *Keyring) AppendMAC(dst, message []byte) []byte { return appendMAC(k.macs[0], dst, message) }

// VerifyMAC says whether one of the keys made the MAC of a message.
func (k *Keyring) VerifyMAC(message, mac []byte) bool {
	var buf [MACSize]byte
	for _, pool := range k.macs {
		if hmac.Equal(appendMAC(pool, buf[:0], message), mac) {
			return true
		}
	}
	return false
}

// Derive returns a key for one purpose from each secret, newest first: HKDF-SHA256.
func (k *Keyring) Derive(salt, info string, length int) ([][]byte, error) {
	keys := make([][]byte, 0, len(k.secrets))
	for _, secret := range k.secrets {
		key, err := hkdf.Key(sha256.New, []byte(secret.Value), []byte(salt), info, length)
		if err != nil {
			return nil, fmt.Errorf("deriving a key: %w", err)
		}
		keys = append(keys, key)
	}
	return keys, nil
}

func signature(pool *sync.Pool, value string, dst []byte) []byte {
	var sum [MACSize]byte
	base64.StdEncoding.Encode(dst, appendMAC(pool, sum[:0], []byte(value)))
	return dst
}

func appendMAC(pool *sync.Pool, dst, message []byte) []byte {
	mac := pool.Get().(hash.Hash)
	defer pool.Put(mac)
	mac.Reset()
	mac.Write(message)
	return mac.Sum(dst)
}
