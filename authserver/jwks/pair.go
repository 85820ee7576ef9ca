package jwks

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/go-jose/go-jose/v4"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/tokens"
)

// The algorithms that sign.
const (
	EdDSA = "EdDSA"
	ES256 = "ES256"
	RS256 = "RS256"
)

const rsaBits = 2048

var encoding = base64.RawURLEncoding

// pair is a row that was read.
type pair struct {
	authserver.JWK
	// private is nil when this server cannot sign with the key; problem says why.
	private crypto.Signer
	problem error
	// revoked says that none of the secrets decrypts the private key.
	revoked bool
	// header is the encoded header of the tokens that the key signs.
	header string
}

func newPair(row authserver.JWK, secrets *tokens.Keyring) *pair {
	p := &pair{JWK: row}
	p.problem = p.read(secrets)
	p.revoked = errors.Is(p.problem, tokens.ErrUndecryptable)
	return p
}

func (p *pair) read(secrets *tokens.Keyring) error {
	row := p.JWK
	var public, private jose.JSONWebKey
	if err := json.Unmarshal([]byte(row.PublicKey), &public); err != nil {
		return errors.New("the public key is none that this server knows")
	}
	text, err := privateText(row.PrivateKey, secrets)
	if err != nil {
		return err
	}
	if err := json.Unmarshal([]byte(text), &private); err != nil {
		return errors.New("the private key is none that this server knows") // err may quote it
	}
	signer, ok := private.Key.(crypto.Signer)
	if !ok || !belongs(signer, public.Public().Key) {
		return errors.New("the private key is not that of the public key")
	}
	if algorithm := algorithmOf(signer); row.Algorithm == "" {
		p.Algorithm = algorithm
	} else if algorithm != row.Algorithm {
		return fmt.Errorf("this server does not sign with %q", row.Algorithm)
	}
	p.private = signer
	p.header = encoding.EncodeToString(append(ecma.AppendString([]byte(`{"alg":"`+p.Algorithm+`","kid":`), row.ID), '}'))
	return nil
}

// privateText decrypts the column, a JSON string, unless Better-Auth was told not to encrypt it (contract 12.1).
func privateText(column string, secrets *tokens.Keyring) (string, error) {
	sealed, err := ecma.Parse([]byte(column))
	if err != nil || sealed.Kind() != ecma.String {
		return column, nil //nolint:nilerr // what is no JSON is no key either, which the caller finds
	}
	return secrets.Decrypt(sealed.Text())
}

func belongs(private crypto.Signer, public any) bool {
	own, ok := private.Public().(interface {
		Equal(other crypto.PublicKey) bool
	})
	return ok && own.Equal(public)
}

// algorithmOf is what a key of old rows is for, which do not say it.
func algorithmOf(private crypto.Signer) string {
	switch key := private.(type) {
	case ed25519.PrivateKey:
		return EdDSA
	case *ecdsa.PrivateKey:
		if key.Curve == elliptic.P256() {
			return ES256
		}
	case *rsa.PrivateKey:
		return RS256
	}
	return ""
}

// generate makes a key pair, in the columns of a row, with the private key encrypted.
func generate(algorithm string, secrets *tokens.Keyring, random io.Reader) (authserver.JWK, error) {
	row := authserver.JWK{Algorithm: algorithm}
	private, curve, err := newKey(algorithm, random)
	if err != nil {
		return row, fmt.Errorf("generating a key: %w", err)
	}
	row.Curve = curve
	if row.PublicKey, err = encode(private.Public()); err != nil {
		return row, err
	}
	text, err := encode(private)
	if err != nil {
		return row, err
	}
	sealed, err := secrets.Encrypt(text)
	if err != nil {
		return row, fmt.Errorf("encrypting a key: %w", err)
	}
	row.PrivateKey = string(ecma.AppendString(nil, sealed))
	return row, nil
}

func newKey(algorithm string, random io.Reader) (private crypto.Signer, curve string, err error) {
	switch algorithm {
	case RS256:
		private, err = rsa.GenerateKey(random, rsaBits)
		return private, "", err
	case ES256:
		private, err = ecdsa.GenerateKey(elliptic.P256(), random)
		return private, "P-256", err
	default:
		_, private, err := ed25519.GenerateKey(random)
		return private, "Ed25519", err
	}
}

// encode returns a JSON Web Key with no more than its material.
func encode(key any) (string, error) {
	data, err := jose.JSONWebKey{Key: key}.MarshalJSON()
	if err != nil {
		return "", errors.New("a generated key cannot be encoded") // err may quote it
	}
	return string(data), nil
}
