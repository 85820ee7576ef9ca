package oauth

// Set are the configured providers. It is safe for concurrent use.
type Set struct {
	providers map[string]*Provider
}

// New makes the providers. It asks none of them: a provider that is down is one only when somebody signs in with it.
func New(o Options) (*Set, error) {
	s := &Set{providers: make(map[string]*Provider, len(o.Providers))}
	for _, c := range o.Providers {
		s.providers[c.ID] = &Provider{config: c}
	}
	return s, nil
}

// Provider returns the provider with the id.
func (s *Set) Provider(id string) (*Provider, bool) {
	p, ok := s.providers[id]
	return p, ok
}
