package oauthtest

import (
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
)

// user is an endpoint that tells about the user of an access token.
func (s *Server) user(of func(Profile) any) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		token, isBearer := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		g, err := decode(token)
		if !isBearer || err != nil {
			answer(w, http.StatusUnauthorized, map[string]string{"message": "Bad credentials " + token})
			return
		}
		answer(w, http.StatusOK, of(g.Profile))
	}
}

// number is an id as JSON has it: a number when it is digits.
func number(id string) any {
	if _, err := strconv.ParseInt(id, 10, 64); err == nil {
		return json.Number(id)
	}
	return id
}

func githubUser(p Profile) any {
	login := p.Login
	if login == "" {
		login = "login"
	}
	user := map[string]any{"id": number(p.Sub), "login": login, "name": or(p.Name), "email": or(p.Email), "avatar_url": or(p.Picture)}
	merge(user, p.User)
	return user
}

func githubEmails(p Profile) any {
	if p.Email == "" {
		return []any{}
	}
	return []any{map[string]any{"email": p.Email, "primary": true, "verified": p.verified(), "visibility": "public"}}
}

func discordUser(p Profile) any {
	user := map[string]any{
		"id": p.Sub, "username": p.Login, "global_name": or(p.Name), "discriminator": "0", "avatar": or(p.Picture),
		"email": or(p.Email), "verified": p.verified(),
	}
	merge(user, p.User)
	return user
}

func openIDUser(p Profile) any {
	user := map[string]any{
		"sub": p.Sub, "email": or(p.Email), "email_verified": p.verified(), "name": or(p.Name), "picture": or(p.Picture),
	}
	merge(user, p.User)
	return user
}

// discovery is the document of an OpenID Connect provider.
func (s *Server) discovery(id string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { answer(w, http.StatusOK, s.Discovery(id)) }
}

// Discovery is the discovery document of the OpenID Connect provider with the id, for tests that change it.
func (s *Server) Discovery(id string) map[string]any {
	at := s.Endpoints(id)
	return map[string]any{
		"issuer": s.Issuer(id), "authorization_endpoint": at.Authorization, "token_endpoint": at.Token,
		"userinfo_endpoint": at.UserInfo, "jwks_uri": at.JWKS,
		"id_token_signing_alg_values_supported": []string{"ES256", "RS256", "HS256", "none"},
		"token_endpoint_auth_methods_supported": []string{"client_secret_basic", "client_secret_post"},
		"code_challenge_methods_supported":      []string{"S256"},
		"response_types_supported":              []string{"code"}, "subject_types_supported": []string{"public"},
	}
}
