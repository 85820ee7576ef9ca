package tokens

import (
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/crypto/chacha20poly1305"
)

// envelopePrefix begins what a secret with a version encrypted: $ba$<version>$<hex>.
const envelopePrefix = "$ba$"

const purposeSalt = "better-auth:oauth-encryption:v1"

// ErrUndecryptable is what Decrypt returns for what none of the secrets encrypted.
var ErrUndecryptable = errors.New(
	"none of the secrets decrypts the value; keep the older secrets in BETTER_AUTH_SECRETS, or in BETTER_AUTH_SECRET the one from before versions")

// newCipher returns XChaCha20-Poly1305 with the SHA-256 of a key text (contract 5.4).
func newCipher(keyText string) cipher.AEAD {
	key := sha256.Sum256([]byte(keyText))
	aead, err := chacha20poly1305.NewX(key[:])
	if err != nil {
		panic("tokens: a SHA-256 is no key of XChaCha20: " + err.Error())
	}
	return aead
}

// Encrypt encrypts a text with the newest key (contract 5.4): lower-case hex, with the version before it if the key has one.
func (k *Keyring) Encrypt(plain string) (string, error) {
	aead := k.ciphers[0]
	sealed := make([]byte, aead.NonceSize(), aead.NonceSize()+len(plain)+aead.Overhead())
	if _, err := io.ReadFull(k.random, sealed); err != nil {
		return "", fmt.Errorf("drawing a nonce: %w", err)
	}
	return k.prefix() + hex.EncodeToString(aead.Seal(sealed, sealed, []byte(plain), nil)), nil
}

// Decrypt returns what Encrypt was given. It tries the key that the value names first, then every other: what was written
// before the secrets got versions, or other ones, stays readable. Its error, ErrUndecryptable, holds nothing of the value.
func (k *Keyring) Decrypt(text string) (string, error) {
	plain, _, err := k.decrypt(text)
	return plain, err
}

// decrypt also returns the index of the key.
func (k *Keyring) decrypt(text string) (plain string, key int, err error) {
	digits, named := text, func(s Secret) bool { return !s.Versioned }
	if envelope, ok := strings.CutPrefix(text, envelopePrefix); ok {
		version, rest, _ := strings.Cut(envelope, "$")
		digits, named = rest, func(s Secret) bool { return s.Versioned && strconv.Itoa(s.Version) == version }
	}
	sealed, err := hex.DecodeString(digits)
	if err != nil || len(sealed) < chacha20poly1305.NonceSizeX {
		return "", 0, ErrUndecryptable
	}
	first := slices.IndexFunc(k.secrets, named)
	if first >= 0 {
		if plain, ok := open(k.ciphers[first], sealed); ok {
			return plain, first, nil
		}
	}
	for i, aead := range k.ciphers {
		if plain, ok := open(aead, sealed); i != first && ok {
			return plain, i, nil
		}
	}
	return "", 0, ErrUndecryptable
}

// Unversioned is what Renew calls the key without a version.
const Unversioned = "unversioned"

// Renew encrypts a text anew that an older key encrypted, or that does not name the newest; version is that of the key that
// decrypts it. What the newest encrypted has renewed "". Its error is ErrUndecryptable, or that of the source of nonces.
func (k *Keyring) Renew(text string) (renewed, version string, err error) {
	plain, key, err := k.decrypt(text)
	if err != nil {
		return "", "", err
	}
	version = Unversioned
	if k.secrets[key].Versioned {
		version = strconv.Itoa(k.secrets[key].Version)
	}
	if key == 0 && strings.HasPrefix(text, k.prefix()) && strings.HasPrefix(text, envelopePrefix) == k.secrets[0].Versioned {
		return "", version, nil
	}
	renewed, err = k.Encrypt(plain)
	return renewed, version, err
}

// prefix names the newest key.
func (k *Keyring) prefix() string {
	if newest := k.secrets[0]; newest.Versioned {
		return envelopePrefix + strconv.Itoa(newest.Version) + "$"
	}
	return ""
}

func open(aead cipher.AEAD, sealed []byte) (string, bool) {
	nonce, ciphertext := sealed[:aead.NonceSize()], sealed[aead.NonceSize():]
	plain, err := aead.Open(nil, nonce, ciphertext, nil)
	return string(plain), err == nil
}

// DecryptOrPlain is Decrypt for the columns that held plain text before encryption was switched on, the tokens of accounts
// (contract 5.7): what cannot be a ciphertext, because it is no hex and has no version, is returned as it is.
func (k *Keyring) DecryptOrPlain(text string) (string, error) {
	if !Encrypted(text) {
		return text, nil
	}
	return k.Decrypt(text)
}

// Encrypted says whether a text may be a ciphertext.
func Encrypted(text string) bool {
	if strings.HasPrefix(text, envelopePrefix) {
		return true
	}
	_, err := hex.DecodeString(text)
	return text != "" && err == nil
}

// ForPurpose returns the keyring of one use, with keys derived from this one's (contract 5.5): what one use encrypted does
// not decrypt for another.
func (k *Keyring) ForPurpose(purpose string) *Keyring {
	derived := KeyringOptions{Random: k.random}
	for _, secret := range k.secrets {
		key, err := hkdf.Key(sha256.New, []byte(secret.Value), []byte(purposeSalt), "better-auth:"+purpose+":v1", sha256.Size)
		if err != nil {
			panic("tokens: HKDF-SHA256 does not give 32 bytes: " + err.Error())
		}
		secret.Value = hex.EncodeToString(key)
		derived.Secrets = append(derived.Secrets, secret)
	}
	keyring, err := OpenKeyring(derived)
	if err != nil {
		panic("tokens: a keyring without secrets: " + err.Error())
	}
	return keyring
}
