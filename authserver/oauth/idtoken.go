package oauth

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

const (
	// maxIDToken bounds the length of an ID token.
	maxIDToken = 64 << 10
	// skew is how much the clock of a provider may differ from ours, as in Better-Auth.
	skew = 30 * time.Second
)

// idTokens is how the ID tokens of a provider are verified.
type idTokens struct {
	// issuers are the values that iss may have; none leaves it to check.
	issuers []string
	// maxAge is how old a token may be; 0 is until it expires.
	maxAge time.Duration
	// hashedNonce accepts the SHA-256 of the nonce as well, which Apple's libraries send.
	hashedNonce bool
	// check decides about what is special to a provider.
	check func(claims ecma.Value) bool
}

// verify returns the claims of an ID token that the provider signed for this client, with the nonce unless that is "".
func (p *Provider) verify(ctx context.Context, token, nonce string) (ecma.Value, error) {
	rules := p.dialect.idTokens
	if rules == nil {
		return ecma.Value{}, ErrIDTokenNotSupported
	}
	if !isCompact(token) {
		return ecma.Value{}, errNotJWT
	}
	known, err := p.metadata(ctx)
	if err != nil {
		return ecma.Value{}, err
	}
	keys := &signatures{keys: &p.keys}
	verified, err := oidc.NewVerifier("", keys, &oidc.Config{
		SupportedSigningAlgs: known.algorithms, SkipClientIDCheck: true, SkipIssuerCheck: true, // checkClaims does both
		Now: func() time.Time { return p.now().Add(-skew) },
	}).Verify(ctx, token)
	if keys.err != nil {
		return ecma.Value{}, keys.err
	}
	if err := p.checkTimes(verified, err); err != nil {
		return ecma.Value{}, err
	}
	if nonce != "" && !rules.sameNonce(verified.Nonce, nonce) {
		return ecma.Value{}, invalidToken("it has another nonce")
	}
	var payload json.RawMessage
	if err := verified.Claims(&payload); err != nil {
		return ecma.Value{}, errNotJWT
	}
	return p.checkClaims(payload)
}

// errExpired is an ErrInvalidIDToken that was once valid.
var errExpired = invalidToken("it has expired")

func (p *Provider) checkTimes(token *oidc.IDToken, err error) error {
	var expired *oidc.TokenExpiredError
	switch {
	case errors.As(err, &expired):
		return errExpired
	case err != nil:
		return invalidToken("its signature is not one of the provider, or it is malformed")
	}
	maxAge, age := p.dialect.idTokens.maxAge, p.now().Sub(token.IssuedAt)
	switch {
	case token.IssuedAt.Unix() <= 0 || age < -skew:
		return invalidToken("it does not say when it was issued, or that is in the future")
	case maxAge != 0 && age > maxAge+skew:
		return invalidToken("it was issued too long ago")
	}
	return nil
}

func (r *idTokens) sameNonce(got, want string) bool {
	equal := func(a, b string) bool { return subtle.ConstantTimeCompare([]byte(a), []byte(b)) == 1 }
	if equal(got, want) {
		return true
	}
	sum := sha256.Sum256([]byte(want))
	return r.hashedNonce && equal(got, hex.EncodeToString(sum[:]))
}

// claims reads an ID token without its signature, which a token that came straight from the token endpoint does not need
// (OpenID Connect Core 3.1.3.7).
func (p *Provider) claims(token string) (ecma.Value, error) {
	if !isCompact(token) {
		return ecma.Value{}, errNotJWT
	}
	payload, err := base64.RawURLEncoding.DecodeString(strings.Split(token, ".")[1])
	if err != nil {
		return ecma.Value{}, errNotJWT
	}
	return p.checkClaims(payload)
}

var errNotJWT = invalidToken("it is not a JWT")

// compactForm is the compact serialization. The JSON one must not get through: its parts could be read in two ways.
var compactForm = regexp.MustCompile(`^[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+$`)

func isCompact(token string) bool { return len(token) <= maxIDToken && compactForm.MatchString(token) }

// checkClaims returns the claims if they are of this provider, for this client, and about somebody.
func (p *Provider) checkClaims(payload []byte) (ecma.Value, error) {
	claims, err := ecma.Parse(payload)
	if err != nil || claims.Kind() != ecma.Object {
		return ecma.Value{}, invalidToken("its claims are not a JSON object")
	}
	rules := p.dialect.idTokens
	switch {
	case len(rules.issuers) > 0 && !slices.Contains(rules.issuers, claims.Get("iss").Text()),
		rules.check != nil && !rules.check(claims):
		return ecma.Value{}, invalidToken("it is of another issuer")
	case !p.isAudience(claims.Get("aud")):
		return ecma.Value{}, invalidToken("it is for another client")
	case claims.Get("sub").Text() == "":
		return ecma.Value{}, invalidToken("it is about nobody")
	}
	return claims, nil
}

func (p *Provider) isAudience(audience ecma.Value) bool {
	ours := func(v ecma.Value) bool {
		return v.Text() != "" && (v.Text() == p.config.ClientID || slices.Contains(p.config.Audiences, v.Text()))
	}
	return ours(audience) || slices.ContainsFunc(audience.Items(), ours)
}
