package check

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Options say which server to check, and as whom. The zero value of a field but BaseURL means its default.
type Options struct {
	// BaseURL is where the server is reached, such as http://localhost:3001. A path is not part of it.
	BaseURL string
	// BasePath is the prefix of the Better-Auth endpoints. Default /api/auth.
	BasePath string
	// Origin is the origin of the browser that is played: the server's public base URL, when the server is reached
	// at another address. Default: the origin of BaseURL.
	Origin string
	// Email of the user; who exists already is signed in with Password. Default: a new address.
	Email string
	// Password of the user. Default: a random one.
	Password string
	// Name of a new user. Default Gatehouse Check.
	Name string
	// CustomFields are sent at sign-up and expected in the session's user.
	CustomFields map[string]any
	// Hidden are names of CustomFields that answers do not carry.
	Hidden []string
	// DeleteUser deletes the user in the end, if sign-up made it. The server must allow that with a password.
	DeleteUser bool
	// Timeout bounds the whole run. Default 30s.
	Timeout time.Duration
	// Now is the clock. Default time.Now.
	Now func() time.Time
	// Random draws the new address and password. Default crypto/rand.Text.
	Random func() string
}

// plan is Options, parsed and with their defaults.
type plan struct {
	Options
	base, origin *url.URL
}

func (o Options) plan() (plan, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Random == nil {
		o.Random = rand.Text
	}
	setDefault(&o.BasePath, "/api/auth")
	setDefault(&o.Name, "Gatehouse Check")
	if o.Email == "" {
		o.Email = "check-" + strings.ToLower(o.Random()) + "@example.com"
	}
	if o.Password == "" {
		o.Password = o.Random()
	}
	if o.Timeout == 0 {
		o.Timeout = 30 * time.Second
	}
	base, baseError := ParseOrigin("base URL", o.BaseURL)
	origin := base
	var originError error
	if o.Origin != "" {
		origin, originError = ParseOrigin("origin", o.Origin)
	}
	return plan{o, base, origin}, errors.Join(baseError, originError, o.problems())
}

func setDefault(value *string, fallback string) {
	if *value == "" {
		*value = fallback
	}
}

func (o Options) problems() error {
	var problems []error
	if !strings.HasPrefix(o.BasePath, "/") || strings.HasSuffix(o.BasePath, "/") {
		problems = append(problems, fmt.Errorf("base path %q: begin it with a slash and end it without one, such as /api/auth", o.BasePath))
	}
	if o.Timeout < 0 {
		problems = append(problems, fmt.Errorf("timeout %s: give a positive one, such as 30s", o.Timeout))
	}
	for name := range o.CustomFields {
		if slices.Contains([]string{"name", "email", "password", "image", "rememberMe", "callbackURL"}, name) {
			problems = append(problems, fmt.Errorf("custom field %q is a field of every sign-up; leave it out", name))
		}
	}
	return errors.Join(problems...)
}

// ParseOrigin reads http(s)://host[:port]; what says in errors which one it is.
func ParseOrigin(what, text string) (*url.URL, error) {
	parsed, err := url.Parse(text)
	switch {
	case err != nil || parsed.Host == "" || parsed.Scheme != "http" && parsed.Scheme != "https":
		return nil, fmt.Errorf("%s: give it as http(s)://host[:port], such as http://localhost:3001", what)
	case parsed.User != nil:
		return nil, fmt.Errorf("%s: leave out the user and password", what)
	case strings.Trim(parsed.Path, "/") != "" || parsed.RawQuery != "" || parsed.Fragment != "":
		return nil, fmt.Errorf("%s %s: leave out %s; the path of the endpoints is the base path", what, parsed, parsed.RequestURI())
	}
	return &url.URL{Scheme: parsed.Scheme, Host: parsed.Host}, nil
}
