package config

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
)

const maxSecretSize = 64 << 10

var keywordDSN = regexp.MustCompile(`^\s*[a-z_]+\s*=`)

// DatabaseURL returns the connection URL, from the mounted secret or from DATABASE_URL, with the TLS of the configuration in
// place of its own. Errors name keys and files, never a value; one about the certificates is a *CertificatesError.
func DatabaseURL(database Database, getenv func(string) string) (Redacted, error) {
	if database.Directory == "" {
		value := strings.TrimSpace(getenv(EnvDatabaseURL))
		if value == "" {
			return "", fmt.Errorf("%s: is not set; set it to postgres://user:password@host:5432/database", EnvDatabaseURL)
		}
		return database.TLS.apply(checkedURL(EnvDatabaseURL, value))
	}
	secret := databaseSecret{secretDirectory(database.Directory), "database secret"}
	return database.TLS.apply(secret.url(database.Key))
}

// MigrationURL returns the connection URL of migrations: that of their own secret, or of the database secret where they have
// none.
func MigrationURL(database Database, getenv func(string) string) (Redacted, error) {
	if database.MigrationDirectory == "" {
		return DatabaseURL(database, getenv)
	}
	secret := databaseSecret{secretDirectory(database.MigrationDirectory), "migration secret"}
	return database.TLS.apply(secret.url(database.MigrationKey))
}

// secretDirectory is a mounted secret: one file per key.
type secretDirectory string

// databaseSecret is a mounted secret with the credentials of a database.
type databaseSecret struct {
	secretDirectory
	// name in messages.
	name string
}

func (d databaseSecret) url(key string) (Redacted, error) {
	if key == "" {
		if _, err := os.Stat(filepath.Join(string(d.secretDirectory), "uri")); err != nil {
			return d.assemble()
		}
		key = "uri"
	}
	value, err := d.read(key)
	if err != nil {
		return "", err
	}
	return checkedURL(d.key(key), value)
}

func (d databaseSecret) key(key string) string { return d.name + " key " + strconv.Quote(key) }

// assemble makes a URL of the keys of CloudNativePG, or of Service Binding, which says database for dbname.
func (d databaseSecret) assemble() (Redacted, error) {
	var missing []error
	required := func(keys ...string) string {
		for _, key := range keys {
			if value, err := d.read(key); err == nil && value != "" {
				return value
			}
		}
		missing = append(missing, d.missing(keys[0]))
		return ""
	}
	host, username, password, name := required("host"), required("username", "user"), required("password"), required("dbname", "database")
	if len(missing) > 0 {
		return "", missing[0]
	}
	port, err := d.read("port")
	if err != nil {
		port = "5432"
	}
	if _, err := strconv.ParseUint(port, 10, 16); err != nil {
		return "", errors.New(d.key("port") + ": must be a number from 1 to 65535, such as 5432")
	}
	location := url.URL{Scheme: "postgres", User: url.UserPassword(username, password), Host: net.JoinHostPort(host, port), Path: "/" + name}
	if mode, err := d.read("sslmode"); err == nil && mode != "" {
		location.RawQuery = url.Values{"sslmode": {mode}}.Encode()
	}
	return checkedURL(d.key("host"), location.String())
}

func (d databaseSecret) read(key string) (string, error) {
	value, err := d.file(key)
	if errors.Is(err, os.ErrNotExist) {
		return "", d.missing(key)
	}
	if err != nil {
		return "", fmt.Errorf("%s: %w", d.key(key), err)
	}
	return value, nil
}

func (d databaseSecret) missing(key string) error {
	return fmt.Errorf("%s: is missing or empty; the secret has %s. "+
		"It needs a connection URL under uri (or under the key that the configuration names), or host, port, username, password and dbname",
		d.key(key), d.present())
}

// file is the value of a key, without the white space around it.
func (d secretDirectory) file(key string) (string, error) {
	file, err := os.Open(filepath.Join(string(d), key))
	if err != nil {
		return "", err
	}
	defer file.Close()
	value, err := io.ReadAll(io.LimitReader(file, maxSecretSize))
	return strings.TrimSpace(string(value)), err
}

func (d secretDirectory) present() string {
	entries, err := os.ReadDir(string(d))
	if err != nil {
		return "no readable directory " + string(d)
	}
	var names []string
	for _, entry := range entries {
		// Kubernetes keeps the files behind links such as ..data.
		if !strings.HasPrefix(entry.Name(), ".") {
			names = append(names, entry.Name())
		}
	}
	if len(names) == 0 {
		return "no keys"
	}
	return "the keys " + strings.Join(names, ", ")
}

// checkedURL refuses what the driver would refuse later with an error that quotes the URL.
func checkedURL(name, value string) (Redacted, error) {
	const form = "postgres://user:password@host:5432/database"
	scheme, _, hasScheme := strings.Cut(value, "://")
	switch {
	case value == "":
		return "", fmt.Errorf("%s: is empty; set it to %s", name, form)
	case !hasScheme && keywordDSN.MatchString(value):
		return Redacted(value), nil
	case scheme != "postgres" && scheme != "postgresql":
		return "", fmt.Errorf("%s: must begin with postgres:// or postgresql://, as in %s", name, form)
	}
	parsed, err := url.Parse(value)
	if err != nil {
		return "", fmt.Errorf("%s: is not a URL of the form %s; percent-encode special characters in the password (such as %%40 for @)", name, form)
	}
	if parsed.Host == "" && parsed.Query().Get("host") == "" {
		return "", fmt.Errorf("%s: names no host; the form is %s", name, form)
	}
	return Redacted(value), nil
}
