// Package jwe hides JSON objects from the browsers that keep them: in Better-Auth 1.7.25's encrypted tokens, direct
// encryption with A256CBC-HS512 under a key that each kind of token derives from the secret with a salt of its own
// (contract 5.6).
//
// It owns the keys, the header and the claims iat, exp and jti. It does not own what is in an object or which cookie holds
// it (packages cookiecache and social).
package jwe
