package jwe

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// Box seals objects with the newest key and opens those of all. It is safe for concurrent use.
type Box struct {
	encrypter jose.Encrypter
	keys      []key
	random    io.Reader
}

type key struct {
	// id is the RFC 7638 thumbprint of the key.
	id     string
	secret []byte
}

// What the keys are derived with, besides the salt.
const (
	keyInfo = "BetterAuth.js Generated Encryption Key"
	keyLen  = 64
)

// New returns a Box for the kind of token that has the salt. Random is the source of ids; nil is crypto/rand.
func New(keys *tokens.Keyring, salt string, random io.Reader) (*Box, error) {
	if random == nil {
		random = rand.Reader
	}
	derived, err := keys.Derive(salt, keyInfo, keyLen)
	if err != nil {
		return nil, err
	}
	b := &Box{random: random}
	for _, secret := range derived {
		b.keys = append(b.keys, key{thumbprint(secret), secret})
	}
	newest := jose.Recipient{Algorithm: jose.DIRECT, Key: b.keys[0].secret, KeyID: b.keys[0].id}
	if b.encrypter, err = jose.NewEncrypter(jose.A256CBC_HS512, newest, nil); err != nil {
		return nil, fmt.Errorf("preparing encryption: %w", err)
	}
	return b, nil
}

// thumbprint is that of RFC 7638 for a symmetric key, which go-jose leaves out.
func thumbprint(secret []byte) string {
	sum := sha256.Sum256([]byte(`{"k":"` + base64.RawURLEncoding.EncodeToString(secret) + `","kty":"oct"}`))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// Seal returns the token of a JSON object with at least one member, and takes the object for itself.
func (b *Box) Seal(object []byte, now time.Time, life time.Duration) (string, error) {
	id, err := b.uuid()
	if err != nil {
		return "", err
	}
	claims := append(AppendLife(object[:len(object)-1], now, life), `,"jti":"`+id+`"}`...)
	sealed, err := b.encrypter.Encrypt(claims)
	if err != nil {
		return "", fmt.Errorf("encrypting: %w", err)
	}
	return sealed.CompactSerialize()
}

// Open returns the object of a token with the end of its life, whether that is over or not.
func (b *Box) Open(token string) (object ecma.Value, expiresAt time.Time, ok bool) {
	sealed, err := jose.ParseEncryptedCompact(token, []jose.KeyAlgorithm{jose.DIRECT}, []jose.ContentEncryption{jose.A256CBC_HS512})
	if err != nil || strings.ContainsAny(token, "\r\n") {
		return ecma.Value{}, time.Time{}, false
	}
	for _, key := range b.keys {
		if id := sealed.Header.KeyID; id != "" && id != key.id {
			continue
		}
		claims, err := sealed.Decrypt(key.secret)
		if err != nil {
			continue
		}
		object, err := ecma.Parse(claims)
		return object, Expiry(object), err == nil
	}
	return ecma.Value{}, time.Time{}, false
}

// uuid draws a random UUID (RFC 9562, version 4).
func (b *Box) uuid() (string, error) {
	var id [16]byte
	if _, err := io.ReadFull(b.random, id[:]); err != nil {
		return "", fmt.Errorf("drawing an id: %w", err)
	}
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	text := hex.EncodeToString(id[:])
	return text[:8] + "-" + text[8:12] + "-" + text[12:16] + "-" + text[16:20] + "-" + text[20:], nil
}

// AppendLife appends the claims iat and exp, in whole seconds, to the members of an object.
func AppendLife(dst []byte, now time.Time, life time.Duration) []byte {
	dst = strconv.AppendInt(append(dst, `,"iat":`...), now.Unix(), 10)
	return strconv.AppendInt(append(dst, `,"exp":`...), now.Unix()+int64(life/time.Second), 10)
}

// Expiry is the claim exp; without one a token has no life.
func Expiry(object ecma.Value) time.Time { return time.Unix(int64(object.Get("exp").Float()), 0) }
