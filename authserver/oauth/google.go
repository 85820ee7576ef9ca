package oauth

import (
	"context"
	"time"

	"golang.org/x/oauth2"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

func google(c Config) (dialect, metadata) {
	return dialect{
			scopes:       []string{"email", "profile", "openid"},
			responseType: "code",
			extra:        []Param{{"include_granted_scopes", "true"}},
			profile:      googleProfile,
			idTokens: &idTokens{
				issuers: []string{"https://accounts.google.com", "accounts.google.com"},
				maxAge:  time.Hour,
				check:   func(claims ecma.Value) bool { return inHostedDomain(c.HostedDomain, claims.Get("hd").Text()) },
			},
		}, metadata{
			Endpoints: Endpoints{
				Authorization: "https://accounts.google.com/o/oauth2/v2/auth",
				Token:         "https://oauth2.googleapis.com/token",
				JWKS:          "https://www.googleapis.com/oauth2/v3/certs",
			},
			algorithms: []string{"RS256"},
			authStyle:  oauth2.AuthStyleInParams,
		}
}

// inHostedDomain enforces what the parameter hd only suggests; "*" is any domain of Google Workspace.
func inHostedDomain(wanted, got string) bool {
	return wanted == "" || got != "" && (wanted == "*" || got == wanted)
}

func googleProfile(_ context.Context, p *Provider, tokens Tokens) (Profile, error) {
	claims, err := p.claims(tokens.IDToken)
	if err != nil {
		return Profile{}, err
	}
	return newProfile(claims.Get("sub"), standardClaims(claims), claims)
}
