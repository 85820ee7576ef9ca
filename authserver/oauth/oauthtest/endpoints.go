package oauthtest

import (
	"net/http"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

// paths are where the endpoints of a provider are on the server: those of a built-in one under the name of their host.
func paths(id, tenant string) oauth.Endpoints {
	switch id {
	case "google":
		return oauth.Endpoints{
			Authorization: "/accounts.google.com/o/oauth2/v2/auth", Token: "/oauth2.googleapis.com/token",
			JWKS: "/www.googleapis.com/oauth2/v3/certs",
		}
	case "github":
		return oauth.Endpoints{
			Authorization: "/github.com/login/oauth/authorize", Token: "/github.com/login/oauth/access_token",
			UserInfo: "/api.github.com/user",
		}
	case "microsoft":
		base := "/login.microsoftonline.com/" + tenant
		return oauth.Endpoints{
			Authorization: base + "/oauth2/v2.0/authorize", Token: base + "/oauth2/v2.0/token", JWKS: base + "/discovery/v2.0/keys",
		}
	case "apple":
		const base = "/appleid.apple.com/auth"
		return oauth.Endpoints{Authorization: base + "/authorize", Token: base + "/token", JWKS: base + "/keys"}
	case "discord":
		const base = "/discord.com/api"
		return oauth.Endpoints{
			Authorization: base + "/oauth2/authorize", Token: base + "/oauth2/token", UserInfo: base + "/users/@me",
		}
	default:
		base := "/oidc/" + id
		return oauth.Endpoints{
			Authorization: base + "/authorize", Token: base + "/token", UserInfo: base + "/userinfo", JWKS: base + "/keys",
		}
	}
}

// Endpoints are where the provider with the id is on this server.
func (s *Server) Endpoints(id string) oauth.Endpoints {
	at := paths(id, "common")
	for _, endpoint := range []*string{&at.Authorization, &at.Token, &at.UserInfo, &at.JWKS} {
		if *endpoint != "" {
			*endpoint = s.URL() + *endpoint
		}
	}
	return at
}

// Issuer is that of the OpenID Connect provider with the id.
func (s *Server) Issuer(id string) string { return s.URL() + "/oidc/" + id }

// Config is the provider with the id as a client of this server: a built-in one at the endpoints of this server, or an
// OpenID Connect provider that is discovered here.
func (s *Server) Config(id string) oauth.Config {
	c := oauth.Config{ID: id, ClientID: ClientID(id), ClientSecret: func() (string, error) { return ClientSecret(id), nil }}
	if !oauth.BuiltIn(id) {
		c.Issuer = s.Issuer(id)
		return c
	}
	c.Endpoints = s.Endpoints(id)
	if id == "apple" {
		c.TeamID, c.KeyID = appleTeam, appleKey
		c.ClientSecret = func() (string, error) { return s.keys.applePEM, nil }
	}
	return c
}

// ClientID is the name of the only client that the provider knows.
func ClientID(id string) string { return id + "-client-id" }

// ClientSecret is the secret of that client; Apple's signs its own.
func ClientSecret(id string) string { return id + "-client-secret" }

// Client sends what is for the hosts of the built-in providers to this server, so that they may keep their endpoints.
func (s *Server) Client() *http.Client {
	return &http.Client{
		Transport:     redirected{s},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

type redirected struct{ s *Server }

// RoundTrip sends the request to this server, with the host in the path.
func (c redirected) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == "https" {
		r = r.Clone(r.Context())
		r.URL.Path = "/" + r.URL.Host + r.URL.Path
		r.URL.Scheme, r.URL.Host = "http", strings.TrimPrefix(c.s.URL(), "http://")
		r.Host = ""
	}
	return c.s.server.Client().Transport.RoundTrip(r)
}
