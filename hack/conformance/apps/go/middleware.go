package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
)

// User is who sent a request. Add the custom fields that your handlers need.
type User struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	Name  string `json:"name"`
	Role  string `json:"role"`
}

// Gatehouse asks the auth service whose cookie a request carries.
type Gatehouse struct {
	// URL is the address of the auth service, such as http://localhost:3001.
	URL string
	// Client needs a timeout.
	Client *http.Client
}

type userKey struct{}

// UserOf is the user of a request that RequireUser let through.
func UserOf(r *http.Request) User { return r.Context().Value(userKey{}).(User) }

// RequireUser answers 401 to requests of nobody.
func (g Gatehouse) RequireUser(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		user, err := g.user(r)
		switch {
		case err != nil:
			http.Error(w, "The auth service does not answer", http.StatusServiceUnavailable)
		case user == nil:
			http.Error(w, "Unauthorized", http.StatusUnauthorized)
		default:
			next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), userKey{}, *user)))
		}
	})
}

// RequireRole also answers 403 to users with another role.
func (g Gatehouse) RequireRole(next http.Handler, allowed ...string) http.Handler {
	return g.RequireUser(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !slices.Contains(allowed, UserOf(r).Role) {
			http.Error(w, "Forbidden", http.StatusForbidden)
			return
		}
		next.ServeHTTP(w, r)
	}))
}

// user is nil for nobody.
func (g Gatehouse) user(r *http.Request) (*User, error) {
	request, err := http.NewRequestWithContext(r.Context(), http.MethodGet, g.URL+"/api/validate-session", nil)
	if err != nil {
		return nil, err
	}
	request.Header["Cookie"] = r.Header["Cookie"]
	response, err := g.Client.Do(request)
	if err != nil {
		return nil, err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("the auth service answers %s", response.Status)
	}
	var answer struct {
		User *User `json:"user"`
	}
	err = json.NewDecoder(io.LimitReader(response.Body, 1<<20)).Decode(&answer)
	return answer.User, err
}
