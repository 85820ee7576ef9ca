package oauthtest

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strconv"

	"github.com/golang-jwt/jwt/v5"
	"golang.org/x/oauth2"
)

// token is the endpoint that gives tokens for codes and refresh tokens.
func (s *Server) token(id string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if s.Recorded {
			s.recordedToken(w, r, id)
			return
		}
		code := r.PostForm.Get("code")
		if r.PostForm.Get("grant_type") == "refresh_token" {
			code = r.PostForm.Get("refresh_token")
		}
		g, err := decode(code)
		problem := "invalid_grant"
		if err == nil {
			problem = s.problemOfToken(id, g, code, r)
		}
		if problem != "" {
			status := http.StatusBadRequest
			if id == "github" {
				status = http.StatusOK // as GitHub does
			}
			answer(w, status, map[string]any{"error": problem, "error_description": "The code is " + code})
			return
		}
		answer(w, http.StatusOK, s.tokens(id, g))
	}
}

// problemOfToken is why there are no tokens for a grant, "" when there are.
func (s *Server) problemOfToken(id string, g grant, code string, r *http.Request) string {
	form := r.PostForm
	switch {
	case !s.isClient(id, r):
		return "invalid_client"
	case g.Error != "":
		return g.Error
	case form.Get("grant_type") == "refresh_token":
		if !s.spend(code) {
			return "invalid_grant"
		}
		return ""
	case form.Get("grant_type") != "authorization_code":
		return "unsupported_grant_type"
	case g.Number != 0 && (g.RedirectURI != form.Get("redirect_uri") || !s.spend(code)):
		return "invalid_grant"
	case g.Challenge != "" && oauth2.S256ChallengeFromVerifier(form.Get("code_verifier")) != g.Challenge:
		return "invalid_grant"
	default:
		return ""
	}
}

// isClient checks the secret of the client, in the body or in the header.
func (s *Server) isClient(id string, r *http.Request) bool {
	client, secret := r.PostForm.Get("client_id"), r.PostForm.Get("client_secret")
	if user, password, ok := r.BasicAuth(); ok {
		user, userErr := url.QueryUnescape(user)
		password, passwordErr := url.QueryUnescape(password)
		if userErr != nil || passwordErr != nil || client != "" || secret != "" {
			return false
		}
		client, secret = user, password
	}
	if id == "apple" {
		return client == ClientID(id) && s.isAppleSecret(secret)
	}
	return client == ClientID(id) && secret == ClientSecret(id)
}

func (s *Server) isAppleSecret(secret string) bool {
	token, err := jwt.Parse(secret, func(*jwt.Token) (any, error) { return &s.keys.apple.PublicKey, nil },
		jwt.WithValidMethods([]string{"ES256"}), jwt.WithAudience("https://appleid.apple.com"), jwt.WithIssuer(appleTeam),
		jwt.WithSubject(ClientID("apple")), jwt.WithIssuedAt(), jwt.WithExpirationRequired(), jwt.WithTimeFunc(s.Now))
	return err == nil && token.Header["kid"] == appleKey
}

func (s *Server) tokens(id string, g grant) map[string]any {
	unique := "." + strconv.Itoa(s.number())
	tokens := map[string]any{"access_token": "at_" + encode(g.Profile) + unique, "token_type": "Bearer"}
	if g.Scope != "" {
		tokens["scope"] = g.Scope
	}
	if g.ExpiresIn != 0 {
		tokens["expires_in"] = g.ExpiresIn
	}
	if g.Refresh {
		tokens["refresh_token"] = "rt_" + encode(g.Profile) + unique
	}
	if id != "github" && id != "discord" {
		tokens["id_token"] = s.IDToken(id, g.Profile, g.Nonce)
	}
	return tokens
}

// recordedToken answers as the fake of the recordings, whose tokens are what the rows in them hold.
func (s *Server) recordedToken(w http.ResponseWriter, r *http.Request, id string) {
	code := r.PostForm.Get("code")
	isRefresh := r.PostForm.Get("grant_type") == "refresh_token"
	if isRefresh {
		code = r.PostForm.Get("refresh_token")
	}
	g, err := decode(code)
	if err != nil || g.Error != "" {
		answer(w, http.StatusBadRequest, map[string]string{"error": g.Error})
		return
	}
	p := g.Profile
	if isRefresh {
		answer(w, http.StatusOK, map[string]any{"access_token": "at2_" + code[len("rt_"):], "expires_in": 3600, "token_type": "Bearer", "scope": p.Scope})
		return
	}
	tokens := map[string]any{"access_token": "at_" + code, "token_type": "bearer", "scope": p.Scope}
	if p.Scope == "" {
		tokens["scope"] = "read:user,user:email"
	}
	if p.ExpiresIn != 0 {
		tokens["expires_in"] = p.ExpiresIn
	}
	if p.Refresh {
		tokens["refresh_token"] = "rt_" + code
	}
	if id == "google" {
		tokens["id_token"] = recordedIDToken(p)
	}
	answer(w, http.StatusOK, tokens)
}

// recordedIDToken has the members in the order of the recordings.
func recordedIDToken(p Profile) string {
	return encode(json.RawMessage(`{"alg":"none"}`)) + "." + encode(struct {
		Issuer        string `json:"iss"`
		Audience      string `json:"aud"`
		Subject       string `json:"sub,omitempty"`
		Email         string `json:"email,omitempty"`
		Name          string `json:"name,omitempty"`
		Picture       string `json:"picture,omitempty"`
		EmailVerified bool   `json:"email_verified"`
	}{"https://accounts.google.com", ClientID("google"), p.Sub, p.Email, p.Name, p.Picture, p.verified()}) + ".x"
}
