package oauth

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/go-jose/go-jose/v4"
)

// maxKeys bounds how many keys of a provider are tried.
const maxKeys = 100

// algorithms are those with which an ID token may be signed: neither none nor those with a shared secret.
var algorithms = []jose.SignatureAlgorithm{
	jose.RS256, jose.RS384, jose.RS512, jose.PS256, jose.PS384, jose.PS512, jose.ES256, jose.ES384, jose.ES512, jose.EdDSA,
}

// fetchKeys asks for the key set of the provider.
func (p *Provider) fetchKeys(ctx context.Context) (jose.JSONWebKeySet, error) {
	known, err := p.metadata(ctx)
	if err != nil {
		return jose.JSONWebKeySet{}, err
	}
	body, err := p.fetch(ctx, known.JWKS, "")
	if err != nil {
		return jose.JSONWebKeySet{}, err
	}
	return parseKeys(body)
}

// parseKeys leaves out keys of kinds that are not known here: providers add new ones.
func parseKeys(body []byte) (jose.JSONWebKeySet, error) {
	var document struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if json.Unmarshal(body, &document) != nil || len(document.Keys) > maxKeys {
		return jose.JSONWebKeySet{}, rejected("its answer is not a key set")
	}
	var set jose.JSONWebKeySet
	for _, text := range document.Keys {
		var key jose.JSONWebKey
		if key.UnmarshalJSON(text) == nil && key.IsPublic() && key.Valid() && key.Use != "enc" {
			set.Keys = append(set.Keys, key)
		}
	}
	if len(set.Keys) == 0 {
		return jose.JSONWebKeySet{}, rejected("its key set has no key that signs")
	}
	return set, nil
}

// signatures verifies one token; it is an oidc.KeySet that keeps why it could not, because package oidc does not.
type signatures struct {
	keys *cached[jose.JSONWebKeySet]
	err  error
}

var errUnknownKey = errors.New("no key of the provider signed it")

// VerifySignature returns the payload of a token that one of the keys signed.
func (s *signatures) VerifySignature(ctx context.Context, token string) ([]byte, error) {
	signed, err := jose.ParseSignedCompact(token, algorithms)
	if err != nil {
		return nil, err
	}
	set, err := s.keys.get(ctx)
	if err == nil && !holds(set, signed) {
		set, err = s.keys.renew(ctx)
	}
	if err != nil {
		s.err = err
		return nil, err
	}
	for _, key := range candidates(set, signed) {
		if payload, err := signed.Verify(key); err == nil {
			return payload, nil
		}
	}
	return nil, errUnknownKey
}

func holds(set jose.JSONWebKeySet, signed *jose.JSONWebSignature) bool {
	return len(candidates(set, signed)) > 0
}

// candidates are the keys with the id that the token names, or all when it names none.
func candidates(set jose.JSONWebKeySet, signed *jose.JSONWebSignature) []jose.JSONWebKey {
	if id := signed.Signatures[0].Header.KeyID; id != "" {
		return set.Key(id)
	}
	return set.Keys
}
