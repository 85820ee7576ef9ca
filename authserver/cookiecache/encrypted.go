package cookiecache

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// encrypted is a JWE of the payload with iat, exp and jti (contract 5.6).
type encrypted struct {
	encrypter jose.Encrypter
	keys      []encryptionKey
	random    io.Reader
}

type encryptionKey struct {
	// id is the RFC 7638 thumbprint of the key.
	id  string
	key []byte
}

// What the keys are derived with.
const (
	keySalt = "better-auth-session"
	keyInfo = "BetterAuth.js Generated Encryption Key"
	keyLen  = 64
)

func newEncrypted(keys *tokens.Keyring, random io.Reader) (*encrypted, error) {
	if random == nil {
		random = rand.Reader
	}
	derived, err := keys.Derive(keySalt, keyInfo, keyLen)
	if err != nil {
		return nil, err
	}
	f := &encrypted{random: random}
	for _, key := range derived {
		f.keys = append(f.keys, encryptionKey{thumbprint(key), key})
	}
	newest := jose.Recipient{Algorithm: jose.DIRECT, Key: f.keys[0].key, KeyID: f.keys[0].id}
	if f.encrypter, err = jose.NewEncrypter(jose.A256CBC_HS512, newest, nil); err != nil {
		return nil, fmt.Errorf("preparing encryption: %w", err)
	}
	return f, nil
}

// thumbprint is that of RFC 7638 for a symmetric key, which go-jose leaves out.
func thumbprint(key []byte) string {
	sum := sha256.Sum256([]byte(`{"k":"` + encoding.EncodeToString(key) + `","kty":"oct"}`))
	return encoding.EncodeToString(sum[:])
}

func (*encrypted) brief() time.Duration { return briefJWT }

func (f *encrypted) seal(payload []byte, now time.Time, life time.Duration) (string, error) {
	id, err := f.uuid()
	if err != nil {
		return "", err
	}
	claims := append(appendLife(payload[:len(payload)-1], now, life), `,"jti":"`+id+`"}`...)
	object, err := f.encrypter.Encrypt(claims)
	if err != nil {
		return "", fmt.Errorf("encrypting: %w", err)
	}
	return object.CompactSerialize()
}

func (f *encrypted) open(value string) (ecma.Value, time.Time, bool) {
	object, err := jose.ParseEncryptedCompact(value, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256CBC_HS512})
	if err != nil || strings.ContainsAny(value, "\r\n") {
		return ecma.Value{}, time.Time{}, false
	}
	for _, key := range f.keys {
		if id := object.Header.KeyID; id != "" && id != key.id {
			continue
		}
		claims, err := object.Decrypt(key.key)
		if err != nil {
			continue
		}
		payload, err := ecma.Parse(claims)
		return payload, expiry(payload), err == nil
	}
	return ecma.Value{}, time.Time{}, false
}

// uuid draws a random UUID (RFC 9562, version 4).
func (f *encrypted) uuid() (string, error) {
	var id [16]byte
	if _, err := io.ReadFull(f.random, id[:]); err != nil {
		return "", fmt.Errorf("drawing an id: %w", err)
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	text := hex.EncodeToString(id[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:], nil
}
