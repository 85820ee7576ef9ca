package oauthtest

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"encoding/pem"
	"maps"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/golang-jwt/jwt/v5"
)

const (
	appleTeam = "TEAM123456"
	appleKey  = "KEY1234567"
	// tokenLife is how long an ID token counts.
	tokenLife = time.Hour
)

// keys are those of all providers of a server.
type keys struct {
	// apple is the key of Apple's client; its public half is known to Apple.
	apple    *ecdsa.PrivateKey
	applePEM string

	mu    sync.Mutex
	serve int
	rsa   *rsa.PrivateKey
	ec    *ecdsa.PrivateKey
	// stranger is published nowhere.
	stranger *ecdsa.PrivateKey
}

// rsaKeys are made once for all servers, because making one takes long.
var rsaKeys = sync.OnceValue(func() [2]*rsa.PrivateKey {
	return [2]*rsa.PrivateKey{must(rsa.GenerateKey(rand.Reader, 2048)), must(rsa.GenerateKey(rand.Reader, 2048))}
})

func newKeys() *keys {
	k := &keys{apple: newEC(), ec: newEC(), stranger: newEC(), rsa: rsaKeys()[0]}
	der := must(x509.MarshalPKCS8PrivateKey(k.apple))
	k.applePEM = string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der}))
	return k
}

func newEC() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

// must is for what fails only when the machine has no randomness.
func must[T any](value T, err error) T {
	if err != nil {
		panic(err)
	}
	return value
}

func (k *keys) rotate() {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.serve++
	k.rsa, k.ec = rsaKeys()[k.serve%2], newEC()
}

// names are the ids of the current keys.
func (k *keys) names() (rsaID, ecID string) {
	return "rsa-" + strconv.Itoa(k.serve), "ec-" + strconv.Itoa(k.serve)
}

func (s *Server) jwks(w http.ResponseWriter, _ *http.Request) {
	s.keys.mu.Lock()
	defer s.keys.mu.Unlock()
	rsaID, ecID := s.keys.names()
	answer(w, http.StatusOK, jose.JSONWebKeySet{Keys: []jose.JSONWebKey{
		{Key: &s.keys.rsa.PublicKey, KeyID: rsaID, Use: "sig", Algorithm: "RS256"},
		{Key: &s.keys.ec.PublicKey, KeyID: ecID, Use: "sig", Algorithm: "ES256"},
	}})
}

// IDToken is an ID token of the provider for its client, as an application on a telephone would have got it.
func (s *Server) IDToken(id string, p Profile, nonce string) string {
	claims := s.claims(id, p)
	if nonce != "" {
		claims["nonce"] = nonce
	}
	merge(claims, p.Claims)
	return s.keys.sign(claims, id, p.Signature)
}

// merge replaces members; null leaves one out.
func merge(into, by map[string]any) {
	maps.Copy(into, by)
	maps.DeleteFunc(into, func(_ string, value any) bool { return value == nil })
}

func (s *Server) claims(id string, p Profile) jwt.MapClaims {
	now := s.Now()
	claims := jwt.MapClaims{
		"iss": s.Issuer(id), "aud": ClientID(id), "sub": p.Sub, "iat": now.Unix(), "exp": now.Add(tokenLife).Unix(),
		"email": or(p.Email), "email_verified": p.verified(), "name": or(p.Name), "picture": or(p.Picture),
	}
	switch id {
	case "google":
		claims["iss"], claims["azp"] = "https://accounts.google.com", ClientID(id)
	case "microsoft":
		const tenant = "11111111-2222-3333-4444-555555555555"
		claims["iss"], claims["tid"] = "https://login.microsoftonline.com/"+tenant+"/v2.0", tenant
		claims["oid"], claims["sub"] = p.Sub, "pairwise-"+p.Sub
		claims["email_verified"] = nil
		if p.EmailVerified != nil {
			claims["email_verified"] = *p.EmailVerified
		}
	case "apple":
		claims["iss"] = "https://appleid.apple.com"
		claims["email_verified"] = strconv.FormatBool(p.verified())
		claims["name"], claims["picture"] = nil, nil
	}
	merge(claims, nil)
	return claims
}

// or is nil, which is left out, for "".
func or(text string) any {
	if text == "" {
		return nil
	}
	return text
}

func (k *keys) sign(claims jwt.MapClaims, id string, how Signature) string {
	k.mu.Lock()
	defer k.mu.Unlock()
	rsaID, ecID := k.names()
	method, key, keyID := jwt.SigningMethod(jwt.SigningMethodES256), crypto.PrivateKey(k.ec), ecID
	if isRSA := id == "google" || id == "microsoft" || id == "apple"; isRSA || how == SignedRS256 {
		method, key, keyID = jwt.SigningMethodRS256, k.rsa, rsaID
	}
	switch how {
	case SignedNot:
		method, key = jwt.SigningMethodNone, jwt.UnsafeAllowNoneSignatureType
	case SignedHS256:
		method, key = jwt.SigningMethodHS256, must(x509.MarshalPKIXPublicKey(&k.rsa.PublicKey))
	case SignedByOther:
		if key = k.stranger; method == jwt.SigningMethodRS256 {
			key = rsaKeys()[(k.serve+1)%2]
		}
	case SignedByUnknown:
		keyID = "unknown"
	}
	token := jwt.NewWithClaims(method, claims)
	token.Header["kid"] = keyID
	return must(token.SignedString(key))
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body) // a client that has gone misses nothing
}
