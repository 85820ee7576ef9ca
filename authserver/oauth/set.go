package oauth

import (
	"errors"
	"fmt"
	"time"
)

// Set are the configured providers. It is safe for concurrent use.
type Set struct {
	providers map[string]*Provider
}

// New makes the providers. It asks none of them: a provider that is down is one only when somebody signs in with it.
func New(o Options) (*Set, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	client := newClient(o.HTTPClient)
	s := &Set{providers: make(map[string]*Provider, len(o.Providers))}
	for _, c := range o.Providers {
		if _, twice := s.providers[c.ID]; twice {
			return nil, fmt.Errorf("social provider %q: is there twice", c.ID)
		}
		if err := c.check(); err != nil {
			return nil, fmt.Errorf("social provider %q: %w", c.ID, err)
		}
		s.providers[c.ID] = newProvider(c, client, o.Now)
	}
	return s, nil
}

// Provider returns the provider with the id.
func (s *Set) Provider(id string) (*Provider, bool) {
	p, ok := s.providers[id]
	return p, ok
}

func (c Config) check() error {
	switch {
	case c.ID == "" || c.ClientID == "" || c.ClientSecret == nil:
		return errors.New("needs an id, a client id and a client secret")
	case BuiltIn(c.ID) == (c.Issuer != ""):
		return errors.New("needs an issuer exactly when it is not built in")
	case c.Issuer != "" && !isSecure(c.Issuer):
		return errors.New("needs an issuer that is an https URL")
	}
	for _, endpoint := range []string{c.Endpoints.Authorization, c.Endpoints.Token, c.Endpoints.UserInfo, c.Endpoints.JWKS} {
		if endpoint != "" && !isSecure(endpoint) {
			return errors.New("needs endpoints that are https URLs")
		}
	}
	return nil
}
