package config

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// BuiltInProviders are the ids of social providers that need no issuer.
var BuiltInProviders = []string{"google", "github", "microsoft", "apple", "discord"}

// BuiltInProviderVariables are the environment variables that switch them on.
func BuiltInProviderVariables() []string {
	var names []string
	for _, id := range BuiltInProviders {
		variable := SocialProvider{ID: id}.variable()
		names = append(names, variable+envClientID, variable+envClientSecret)
	}
	return names
}

func (p SocialProvider) isBuiltIn() bool { return slices.Contains(BuiltInProviders, p.ID) }

// variable begins the names of the environment variables of the provider: MY_IDP for my-idp.
func (p SocialProvider) variable() string {
	return strings.ToUpper(strings.NewReplacer("-", "_", ".", "_").Replace(p.ID))
}

// providersFromEnvironment switches a built-in provider on whose client id and secret are set, and fills in client ids
// that the file does not have.
func (c *Config) providersFromEnvironment(getenv func(string) string, found *problems) {
	for _, id := range BuiltInProviders {
		p := SocialProvider{ID: id}
		isConfigured := slices.ContainsFunc(c.SocialProviders, func(other SocialProvider) bool { return other.ID == id })
		if !isConfigured && isSet(getenv, p.variable()+envClientID) && isSet(getenv, p.variable()+envClientSecret) {
			c.SocialProviders = append(c.SocialProviders, p)
		}
	}
	for i := range c.SocialProviders {
		p := &c.SocialProviders[i]
		if name := p.variable() + envClientID; p.ClientID == "" && isSet(getenv, name) {
			found.overridden(providerKey(i)+".clientID", name)
			p.ClientID = strings.TrimSpace(getenv(name))
		}
	}
}

func isSet(getenv func(string) string, name string) bool {
	return strings.TrimSpace(getenv(name)) != ""
}

func providerKey(i int) string { return "socialProviders[" + strconv.Itoa(i) + "]" }

func (p *SocialProvider) setDefaults() {
	if p.Directory != "" {
		orDefault(&p.Key, "clientSecret")
	}
	if p.ID == "microsoft" {
		orDefault(&p.TenantID, "common")
	}
}

// SecretSource reads a secret anew each time, so that one that is rotated counts without a restart. Its error names the
// file or the variable, never a value.
type SecretSource func() (Redacted, error)

// SocialSecrets are the client secrets by the id of their provider.
type SocialSecrets map[string]SecretSource

// LoadSocialSecrets finds the client secrets, which must be there now. Its error joins every problem found.
func LoadSocialSecrets(providers []SocialProvider, getenv func(string) string) (SocialSecrets, error) {
	secrets := SocialSecrets{}
	var problems []error
	for _, p := range providers {
		source := p.secret(getenv)
		if _, err := source(); err != nil {
			problems = append(problems, err)
		}
		secrets[p.ID] = source
	}
	return secrets, errors.Join(problems...)
}

func (p SocialProvider) secret(getenv func(string) string) SecretSource {
	if p.Directory == "" {
		name := p.variable() + envClientSecret
		return func() (Redacted, error) { return p.usable(name, strings.TrimSpace(getenv(name))) }
	}
	name := fmt.Sprintf("client secret of %s: file %s", p.ID, filepath.Join(p.Directory, p.Key))
	return func() (Redacted, error) {
		value, err := secretDirectory(p.Directory).file(p.Key)
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", fmt.Errorf("%s: cannot be read", name)
		}
		return p.usable(name, value)
	}
}

func (p SocialProvider) usable(name, value string) (Redacted, error) {
	switch {
	case value == "":
		return "", fmt.Errorf("%s: is missing or empty; put the client secret of %s there", name, p.ID)
	case p.ID == "apple" && strings.Contains(value, "-----BEGIN") && (p.TeamID == "" || p.KeyID == ""):
		return "", fmt.Errorf("%s: is a private key, which needs teamID and keyID", name)
	default:
		return Redacted(value), nil
	}
}
