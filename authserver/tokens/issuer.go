package tokens

import (
	"fmt"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/gatehouse-auth/gatehouse/authserver"
)

// Issuer makes the JWTs of GET /jwt: HS256, with the claims sub, email, name, iat, exp, iss and, if set, aud.
type Issuer struct {
	secret   []byte
	issuer   string
	audience string
	ttl      time.Duration
}

// IssuerOptions configure an Issuer.
type IssuerOptions struct {
	// Secret is the HS256 key.
	Secret string
	// Issuer is the iss claim.
	Issuer string
	// Audience is the aud claim; "" leaves it out.
	Audience string
	// TTL is the life of a token.
	TTL time.Duration
}

// NewIssuer returns an Issuer.
func NewIssuer(o IssuerOptions) *Issuer {
	return &Issuer{secret: []byte(o.Secret), issuer: o.Issuer, audience: o.Audience, ttl: o.TTL}
}

type claims struct {
	jwt.RegisteredClaims
	Email string `json:"email"`
	Name  string `json:"name"`
}

// Issue returns a token for the user that is valid from now on.
func (i *Issuer) Issue(user authserver.User, now time.Time) (string, error) {
	c := claims{
		RegisteredClaims: jwt.RegisteredClaims{
			Subject:   user.ID,
			Issuer:    i.issuer,
			IssuedAt:  jwt.NewNumericDate(now),
			ExpiresAt: jwt.NewNumericDate(now.Add(i.ttl)),
		},
		Email: user.Email,
		Name:  user.Name,
	}
	if i.audience != "" {
		c.Audience = jwt.ClaimStrings{i.audience}
	}
	token, err := jwt.NewWithClaims(jwt.SigningMethodHS256, c).SignedString(i.secret)
	if err != nil {
		return "", fmt.Errorf("signing a token: %w", err)
	}
	return token, nil
}
