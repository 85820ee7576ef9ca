package oauth

import (
	"context"
	"slices"
	"time"

	"golang.org/x/oauth2"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

const (
	microsoftAuthority = "https://login.microsoftonline.com/"
	// consumerTenant is the tenant of all personal accounts.
	consumerTenant = "9188040d-6c67-4c5b-b112-36a304b66dad"
)

func microsoft(c Config) (dialect, metadata) {
	tenant := c.TenantID
	if tenant == "" {
		tenant = "common"
	}
	base := microsoftAuthority + tenant
	return dialect{
			scopes:       []string{"openid", "profile", "email", "User.Read", "offline_access"},
			responseType: "code",
			profile:      microsoftProfile,
			idTokens:     &idTokens{maxAge: time.Hour, check: func(claims ecma.Value) bool { return ofTenant(tenant, claims) }},
		}, metadata{
			Endpoints: Endpoints{
				Authorization: base + "/oauth2/v2.0/authorize",
				Token:         base + "/oauth2/v2.0/token",
				JWKS:          base + "/discovery/v2.0/keys",
			},
			algorithms: []string{"RS256"},
			authStyle:  oauth2.AuthStyleInParams,
		}
}

// ofTenant checks the issuer, which holds the tenant of the user, and whether users of that tenant are wanted. The keys of
// the tenants overlap, so that a signature does not say which one it is.
func ofTenant(wanted string, claims ecma.Value) bool {
	tenant := claims.Get("tid").Text()
	if tenant == "" || claims.Get("iss").Text() != microsoftIssuer(tenant) {
		return false
	}
	switch wanted {
	case "common":
		return true
	case "organizations":
		return tenant != consumerTenant
	case "consumers":
		return tenant == consumerTenant
	default:
		return claims.Get("iss").Text() == microsoftIssuer(wanted)
	}
}

func microsoftIssuer(tenant string) string { return microsoftAuthority + tenant + "/v2.0" }

// microsoftProfile does not ask Graph for the photo, which Better-Auth copies into the row of the user.
func microsoftProfile(_ context.Context, p *Provider, tokens Tokens) (Profile, error) {
	claims, err := p.claims(tokens.IDToken)
	if err != nil {
		return Profile{}, err
	}
	user := standardClaims(claims)
	if claims.Get("email_verified").Kind() == ecma.Undefined {
		email := claims.Get("email").Text()
		lists := slices.Concat(claims.Get("verified_primary_email").Items(), claims.Get("verified_secondary_email").Items())
		user.emailVerified = email != "" && slices.ContainsFunc(lists, func(v ecma.Value) bool { return v.Text() == email })
	}
	// The object id is the same for all clients of a tenant; sub is not.
	return newProfile(claims.Get("oid"), user, claims)
}
