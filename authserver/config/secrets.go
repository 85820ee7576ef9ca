package config

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// minSecretLength is Better-Auth's.
const minSecretLength = 32

const generateSecret = "make one with: openssl rand -base64 32"

// Secrets are the keys of the auth server.
type Secrets struct {
	// Keys sign (the first) and verify (all) cookies.
	Keys []SigningKey
	// JWT signs the tokens of GET /jwt.
	JWT Redacted
}

// SigningKey is one version of the secret. That of BETTER_AUTH_SECRET has none.
type SigningKey struct {
	// Version is written beside what the key encrypts, if Versioned; 0 is a version like any other.
	Version   int
	Versioned bool
	Value     Redacted
}

// LoadSecrets reads BETTER_AUTH_SECRETS, BETTER_AUTH_SECRET (or AUTH_SECRET) and JWT_SECRET. Its error joins every problem found
// and never holds a value.
func LoadSecrets(getenv func(string) string) (Secrets, error) {
	found := &problems{}
	secrets := Secrets{Keys: versionedKeys(getenv(EnvBetterAuthSecrets), found)}
	variable, single := singleSecret(getenv)
	if single != "" {
		validateSecret(variable, single, found)
		if !holds(secrets.Keys, single) {
			secrets.Keys = append(secrets.Keys, SigningKey{Value: single})
		}
	} else if strings.TrimSpace(getenv(EnvBetterAuthSecrets)) == "" {
		found.add(EnvBetterAuthSecret, "is not set; %s", generateSecret)
	}
	secrets.JWT = Redacted(strings.TrimSpace(getenv(EnvJWTSecret)))
	if secrets.JWT == "" {
		found.add(EnvJWTSecret, "is not set; %s", generateSecret)
	} else {
		validateSecret(EnvJWTSecret, secrets.JWT, found)
	}
	if err := found.err(); err != nil {
		return Secrets{}, err
	}
	return secrets, nil
}

// singleSecret returns the secret without a version, and the variable that it comes from.
func singleSecret(getenv func(string) string) (variable string, secret Redacted) {
	for _, variable := range []string{EnvBetterAuthSecret, EnvAuthSecret} {
		if value := strings.TrimSpace(getenv(variable)); value != "" {
			return variable, Redacted(value)
		}
	}
	return EnvBetterAuthSecret, ""
}

// versionedKeys reads "2:new,1:old" as Better-Auth does.
func versionedKeys(text string, found *problems) []SigningKey {
	var keys []SigningKey
	if strings.TrimSpace(text) == "" {
		return nil
	}
	for i, entry := range strings.Split(text, ",") {
		name := fmt.Sprintf("%s entry %d", EnvBetterAuthSecrets, i+1)
		number, value, ok := strings.Cut(strings.TrimSpace(entry), ":")
		version, err := strconv.Atoi(number)
		if !ok || err != nil || version < 0 {
			found.add(name, "must be a version, a colon and a secret, newest first: 2:<new>,1:<old>")
			continue
		}
		key := SigningKey{Version: version, Versioned: true, Value: Redacted(strings.TrimSpace(value))}
		validateSecret(name, key.Value, found)
		for _, other := range keys {
			if other.Version == version {
				found.add(name, "version %d is there twice; give each secret a version of its own", version)
			}
		}
		keys = append(keys, key)
	}
	return keys
}

func validateSecret(name string, value Redacted, found *problems) {
	if length := utf8.RuneCountInString(value.Reveal()); length < minSecretLength {
		found.add(name, "has %d characters, at least %d are needed; %s", length, minSecretLength, generateSecret)
	}
}

func holds(keys []SigningKey, value Redacted) bool {
	for _, key := range keys {
		if key.Value == value {
			return true
		}
	}
	return false
}
