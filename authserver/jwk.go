package authserver

import "time"

// JWK is one row of the "jwks" table: a key pair that signs the tokens of GET /token.
type JWK struct {
	// ID is the key's kid.
	ID string
	// PublicKey is a JSON Web Key (RFC 7517) without kid and alg.
	PublicKey string
	// PrivateKey is a JSON string with the encrypted JSON Web Key, or that key in plain text.
	PrivateKey string
	// Algorithm is such as EdDSA, Curve such as Ed25519; both are "" in old rows, and Curve for RSA.
	Algorithm, Curve string
	CreatedAt        time.Time
	// ExpiresAt is the moment from which the key signs no longer; zero is never.
	ExpiresAt time.Time
}

// JWKRotation is a new key with what becomes of those before it.
type JWKRotation struct {
	Key JWK
	// Superseded are the ids of keys that expire at SupersededAt, if they have no end of their own.
	Superseded   []string
	SupersededAt time.Time
}
