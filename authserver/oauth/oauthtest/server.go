package oauthtest

import (
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"time"
)

// Options configure a Server.
type Options struct {
	// Recorded makes the answers those of the fake with which the recordings of Better-Auth were made: unsigned ID tokens,
	// tokens that are always the same, and no questions about the client.
	Recorded bool
	// Now is the clock of the ID tokens; nil is time.Now.
	Now func() time.Time
}

// Server is the fake provider. It is safe for concurrent use.
type Server struct {
	Options
	server *httptest.Server
	keys   *keys
	closed chan struct{}

	mu sync.Mutex
	// next are those who sign in, by the id of the provider.
	next     map[string]Profile
	replaced map[string]http.HandlerFunc
	requests []Request
	numbers  int
	// spent are the codes and refresh tokens that were used.
	spent map[string]bool
	// greeted are those of whom Apple has told the name.
	greeted map[string]bool
}

// Request is one that the server got.
type Request struct {
	Method, Path string
	Header       http.Header
	// Form are the parameters of the URL and of the body.
	Form url.Values
}

// Start starts a Server; the caller closes it.
func Start(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	s := &Server{
		Options: o, keys: newKeys(), next: map[string]Profile{}, replaced: map[string]http.HandlerFunc{},
		spent: map[string]bool{}, greeted: map[string]bool{}, closed: make(chan struct{}),
	}
	s.server = httptest.NewServer(s.record(s.routes()))
	return s
}

// Close stops the server, also when a request hangs.
func (s *Server) Close() {
	close(s.closed)
	s.server.Close()
}

// URL is the origin of the server.
func (s *Server) URL() string { return s.server.URL }

func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	for _, id := range []string{"google", "github", "microsoft", "apple", "discord"} {
		at := paths(id, "{tenant}")
		mux.HandleFunc("GET "+at.Authorization, s.authorize(id))
		mux.HandleFunc("POST "+at.Token, s.token(id))
		if at.JWKS != "" {
			mux.HandleFunc("GET "+at.JWKS, s.jwks)
		}
	}
	mux.HandleFunc("GET /api.github.com/user", s.user(githubUser))
	mux.HandleFunc("GET /api.github.com/user/emails", s.user(githubEmails))
	mux.HandleFunc("GET /discord.com/api/users/@me", s.user(discordUser))
	withID := func(handler func(id string) http.HandlerFunc) http.HandlerFunc {
		return func(w http.ResponseWriter, r *http.Request) { handler(r.PathValue("id"))(w, r) }
	}
	mux.HandleFunc("GET /oidc/{id}/authorize", withID(s.authorize))
	mux.HandleFunc("POST /oidc/{id}/token", withID(s.token))
	mux.HandleFunc("GET /oidc/{id}/userinfo", s.user(openIDUser))
	mux.HandleFunc("GET /oidc/{id}/keys", s.jwks)
	mux.HandleFunc("GET /oidc/{id}/.well-known/openid-configuration", withID(s.discovery))
	return mux
}

// record keeps the request and answers what a test put in the place of the endpoint.
func (s *Server) record(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 1<<20)
		if err := r.ParseForm(); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		s.mu.Lock()
		s.requests = append(s.requests, Request{Method: r.Method, Path: r.URL.Path, Header: r.Header.Clone(), Form: maps.Clone(r.Form)})
		replacement := s.replaced[r.URL.Path]
		s.mu.Unlock()
		if replacement != nil {
			replacement(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Requests are those that the server got so far at an endpoint of it, a URL or a path; "" is all of them.
func (s *Server) Requests(endpoint string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(s.requests), func(r Request) bool { return endpoint != "" && r.Path != path(endpoint) })
}

// Replace answers the requests to an endpoint, a URL or a path, by a handler; nil brings the right one back.
func (s *Server) Replace(endpoint string, by http.HandlerFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replaced[path(endpoint)] = by
}

// SignIn chooses who signs in at the authorize page of the provider from now on. Without it, it is somebody with the
// address of the login hint.
func (s *Server) SignIn(id string, p Profile) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.next[id] = p
}

// RotateKeys publishes a new key, with which ID tokens are signed from now on, and no longer the old one.
func (s *Server) RotateKeys() { s.keys.rotate() }

// number is another one each time.
func (s *Server) number() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.numbers++
	return s.numbers
}

// spend returns false for a code or refresh token that was used before.
func (s *Server) spend(token string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.spent[token] {
		return false
	}
	s.spent[token] = true
	return true
}

func path(endpoint string) string {
	location, err := url.Parse(endpoint)
	if err != nil {
		return endpoint
	}
	return location.Path
}
