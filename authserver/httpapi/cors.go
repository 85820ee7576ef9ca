package httpapi

import (
	"net/http"

	"github.com/rs/cors"
)

// crossOrigin lets browsers of the allowed origins use the API with cookies. Better-Auth leaves this to its host.
// Without allowed origins there is nothing to add to an answer, not even Vary.
func (a *api) crossOrigin(next http.Handler) http.Handler {
	if len(a.allowed) == 0 {
		return next
	}
	checked := cors.New(cors.Options{
		AllowOriginFunc:  a.allowed.TrustsOrigin,
		AllowCredentials: true,
		AllowedMethods:   []string{http.MethodGet, http.MethodPost, http.MethodOptions},
		AllowedHeaders:   []string{"Content-Type", "Authorization"},
		ExposedHeaders:   []string{"set-auth-token", "set-auth-jwt", "X-Retry-After", "Retry-After"},
		MaxAge:           600,
	}).Handler(next)
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if exchangeOf(r).proxied() {
			// The answer to a preflight would let one to another application through.
			next.ServeHTTP(w, r)
			return
		}
		checked.ServeHTTP(w, r)
	})
}
