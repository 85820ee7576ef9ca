package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"strings"
)

// redisForm is what messages show instead of a value.
const redisForm = "redis://user:password@host:6379/0 (rediss:// for TLS)"

var keyPrefixForm = regexp.MustCompile(`^[A-Za-z0-9._:/{}-]{0,64}$`)

func (r Redis) validate(found *problems) {
	validateSecretKey("redis.key", r.Key, "redis.directory", r.Directory, found)
	if !keyPrefixForm.MatchString(r.KeyPrefix) {
		found.add("redis.keyPrefix", "%q must be at most 64 letters, digits, . _ : / { } or -, such as shop:", r.KeyPrefix)
	}
}

// RedisURL returns the connection URL of Redis, from the mounted secret or from REDIS_URL. Errors name keys and files,
// never a value.
func RedisURL(redis Redis, getenv func(string) string) (Redacted, error) {
	if redis.Directory == "" {
		value := strings.TrimSpace(getenv(EnvRedisURL))
		if value == "" {
			return "", fmt.Errorf("%s: is not set, but session.storage or rateLimit.storage is Redis; set it to %s", EnvRedisURL, redisForm)
		}
		return checkedRedisURL(EnvRedisURL, value)
	}
	name := fmt.Sprintf("Redis secret key %q", redis.Key)
	secret := secretDirectory(redis.Directory)
	value, err := secret.file(redis.Key)
	if errors.Is(err, os.ErrNotExist) {
		return "", fmt.Errorf("%s: is missing; the secret has %s. It needs a connection URL such as %s", name, secret.present(), redisForm)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return checkedRedisURL(name, value)
}

func checkedRedisURL(name, value string) (Redacted, error) {
	scheme, _, _ := strings.Cut(value, "://")
	parsed, err := url.Parse(value)
	switch {
	case value == "":
		err = errors.New("is empty; set it to " + redisForm)
	case scheme != "redis" && scheme != "rediss" && scheme != "unix":
		err = errors.New("must begin with redis:// or rediss://, as in " + redisForm)
	case err != nil:
		err = errors.New("is not a URL of the form " + redisForm + "; percent-encode special characters in the password (such as %40 for @)")
	case scheme == "unix" && parsed.Path == "", scheme != "unix" && parsed.Hostname() == "":
		err = errors.New("names no host; the form is " + redisForm)
	default:
		return Redacted(value), nil
	}
	return "", fmt.Errorf("%s: %w", name, err)
}
