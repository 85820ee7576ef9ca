package oauth

import (
	"context"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

const (
	appleIssuer = "https://appleid.apple.com"
	// appleSecretLife is how long a client secret counts; a new one is signed for each request.
	appleSecretLife = 5 * time.Minute
	pemBegin        = "-----BEGIN"
)

func apple(Config) (dialect, metadata) {
	return dialect{
			scopes:       []string{"email", "name"},
			responseType: "code id_token",
			responseMode: "form_post",
			noPrompt:     true,
			noLoginHint:  true,
			secret:       appleSecret,
			profile:      appleProfile,
			idTokens:     &idTokens{issuers: []string{appleIssuer}, maxAge: time.Hour, hashedNonce: true},
		}, metadata{
			Endpoints: Endpoints{
				Authorization: appleIssuer + "/auth/authorize",
				Token:         appleIssuer + "/auth/token",
				JWKS:          appleIssuer + "/auth/keys",
			},
			algorithms: []string{"RS256"},
			authStyle:  oauth2.AuthStyleInParams,
		}
}

// appleSecret signs a client secret with the private key; what is no key is a client secret that somebody signed before,
// as Better-Auth has it.
func appleSecret(c Config, configured string, now time.Time) (string, error) {
	if !strings.Contains(configured, pemBegin) {
		return configured, nil
	}
	// In environment variables, keys often have \n for their line ends.
	key, err := jwt.ParseECPrivateKeyFromPEM([]byte(strings.ReplaceAll(configured, `\n`, "\n")))
	if err != nil {
		return "", misconfigured("the client secret is not an EC private key (PEM)")
	}
	if c.TeamID == "" || c.KeyID == "" {
		return "", misconfigured("a private key needs teamID and keyID")
	}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.RegisteredClaims{
		Issuer: c.TeamID, Subject: c.ClientID, Audience: jwt.ClaimStrings{appleIssuer},
		IssuedAt: jwt.NewNumericDate(now), ExpiresAt: jwt.NewNumericDate(now.Add(appleSecretLife)),
	})
	token.Header["kid"] = c.KeyID
	signed, err := token.SignedString(key)
	if err != nil {
		return "", misconfigured("the private key is not one of the curve P-256")
	}
	return signed, nil
}

// appleProfile takes the name from what Apple sent beside the code, which it does only the first time that a user signs in.
func appleProfile(_ context.Context, p *Provider, tokens Tokens) (Profile, error) {
	claims, err := p.claims(tokens.IDToken)
	if err != nil {
		return Profile{}, err
	}
	name := appleName(tokens.User)
	if name.Kind() == ecma.Undefined {
		name = ecma.StringValue(claims.Get("name").Text())
	}
	claims = claims.With("name", name)
	user := standardClaims(claims)
	user.image = ecma.Value{}
	return newProfile(claims.Get("sub"), user, claims)
}

// appleName is Undefined when the user is not sent, or not readable: the browser brought it.
func appleName(user string) ecma.Value {
	if len(user) > maxUser {
		return ecma.Value{}
	}
	parsed, err := ecma.Parse([]byte(user))
	if name := parsed.Get("name"); err == nil && name.Kind() == ecma.Object {
		return ecma.StringValue(strings.TrimSpace(name.Get("firstName").Text() + " " + name.Get("lastName").Text()))
	}
	return ecma.Value{}
}
