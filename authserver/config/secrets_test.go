package config_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

var (
	first  = strings.Repeat("first-secret", 3)
	second = strings.Repeat("second:secret", 3)
	third  = strings.Repeat("third-secret", 3)
)

func goSyntax(value any) string {
	switch typed := value.(type) {
	case nil:
		return "nil"
	case time.Time:
		return typed.Format(time.RFC3339Nano)
	case json.RawMessage:
		return string(typed)
	default:
		return fmt.Sprintf("%#v", typed)
	}
}

func TestLoadSecrets(t *testing.T) {
	for name, test := range map[string]struct {
		env  environment
		want []config.SigningKey
	}{
		"one secret": {
			environment{"BETTER_AUTH_SECRET": first, "JWT_SECRET": third},
			[]config.SigningKey{{Value: config.Redacted(first)}},
		},
		"by Better-Auth's other name": {
			environment{"AUTH_SECRET": first, "JWT_SECRET": third},
			[]config.SigningKey{{Version: 0, Value: config.Redacted(first)}},
		},
		"by both names": {
			environment{"AUTH_SECRET": "short", "BETTER_AUTH_SECRET": first, "JWT_SECRET": third},
			[]config.SigningKey{{Version: 0, Value: config.Redacted(first)}},
		},
		"versions, newest first": {
			environment{"BETTER_AUTH_SECRETS": "2:" + second + ", 1:" + first, "JWT_SECRET": third},
			[]config.SigningKey{{Version: 2, Versioned: true, Value: config.Redacted(second)}, {Version: 1, Versioned: true, Value: config.Redacted(first)}},
		},
		"versions and the older single secret": {
			environment{"BETTER_AUTH_SECRETS": "2:" + second, "BETTER_AUTH_SECRET": first, "JWT_SECRET": third},
			[]config.SigningKey{{Version: 2, Versioned: true, Value: config.Redacted(second)}, {Value: config.Redacted(first)}},
		},
		"a version 0 and the single secret": {
			environment{"BETTER_AUTH_SECRETS": "0:" + second, "BETTER_AUTH_SECRET": first, "JWT_SECRET": third},
			[]config.SigningKey{{Version: 0, Versioned: true, Value: config.Redacted(second)}, {Value: config.Redacted(first)}},
		},
		"the single secret is one of the versions": {
			environment{"BETTER_AUTH_SECRETS": "1:" + first, "BETTER_AUTH_SECRET": first + "\n", "JWT_SECRET": third},
			[]config.SigningKey{{Version: 1, Versioned: true, Value: config.Redacted(first)}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.LoadSecrets(test.env.get)
			if err != nil {
				t.Fatal(err)
			}
			reveal := cmp.Transformer("reveal", config.Redacted.Reveal)
			if diff := cmp.Diff(config.Secrets{Keys: test.want, JWT: config.Redacted(third)}, got, reveal); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestLoadSecretsSaysWhatIsWrongWithoutTheValue(t *testing.T) {
	const fix = "; make one with: openssl rand -base64 32"
	for name, test := range map[string]struct {
		env  environment
		want string
	}{
		"nothing": {nil, "BETTER_AUTH_SECRET: is not set" + fix + "\nJWT_SECRET: is not set" + fix},
		"short, by Better-Auth's other name": {
			environment{"AUTH_SECRET": "hunter2", "JWT_SECRET": third}, "AUTH_SECRET: has 7 characters, at least 32 are needed" + fix,
		},
		"short": {
			environment{"BETTER_AUTH_SECRET": "hunter2", "JWT_SECRET": "hunter2hunter2"},
			"BETTER_AUTH_SECRET: has 7 characters, at least 32 are needed" + fix + "\nJWT_SECRET: has 14 characters, at least 32 are needed" + fix,
		},
		"malformed versions": {
			environment{"BETTER_AUTH_SECRETS": "hunter2,x:hunter2,1:hunter2,1:" + first, "JWT_SECRET": third},
			"BETTER_AUTH_SECRETS entry 1: must be a version, a colon and a secret, newest first: 2:<new>,1:<old>\n" +
				"BETTER_AUTH_SECRETS entry 2: must be a version, a colon and a secret, newest first: 2:<new>,1:<old>\n" +
				"BETTER_AUTH_SECRETS entry 3: has 7 characters, at least 32 are needed" + fix + "\n" +
				"BETTER_AUTH_SECRETS entry 4: version 1 is there twice; give each secret a version of its own",
		},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.LoadSecrets(test.env.get)
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("the error holds a secret")
			}
		})
	}
}

func TestRedactedNeverPrints(t *testing.T) {
	secrets := config.Secrets{Keys: []config.SigningKey{{Version: 1, Value: "hunter2"}}, JWT: "hunter2"}
	var printed strings.Builder
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		fmt.Fprintf(&printed, verb+verb, secrets, &secrets.JWT)
	}
	encoded, err := json.Marshal(secrets)
	if err != nil {
		t.Fatal(err)
	}
	printed.Write(encoded)
	slog.New(slog.NewJSONHandler(&printed, nil)).Info("secrets", "all", secrets, "one", secrets.JWT)
	if text := printed.String(); strings.Contains(text, "hunter2") || strings.Contains(text, "68756e74657232") {
		t.Error(text)
	}
	if secrets.JWT.Reveal() != "hunter2" {
		t.Error("Reveal does not return the value")
	}
}

func directory(t *testing.T, keys map[string]string) string {
	t.Helper()
	path := t.TempDir()
	if err := os.Mkdir(filepath.Join(path, "..data"), 0o700); err != nil {
		t.Fatal(err)
	}
	for key, value := range keys {
		if err := os.WriteFile(filepath.Join(path, key), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return path
}

func TestDatabaseURL(t *testing.T) {
	const location = "postgres://u:hunter2@db:5432/auth?sslmode=require"
	for name, test := range map[string]struct {
		database config.Database
		env      environment
		want     string
	}{
		"variable": {config.Database{}, environment{"DATABASE_URL": location + "\n"}, location},
		"DSN":      {config.Database{}, environment{"DATABASE_URL": "host=db user=u"}, "host=db user=u"},
		"socket":   {config.Database{}, environment{"DATABASE_URL": "postgresql:///auth?host=/run"}, "postgresql:///auth?host=/run"},
		"key":      {config.Database{Directory: directory(t, map[string]string{"url": location, "uri": "x"}), Key: "url"}, nil, location},
		"uri":      {config.Database{Directory: directory(t, map[string]string{"uri": location + "\n", "host": "x"})}, nil, location},
		"CloudNativePG": {config.Database{Directory: directory(t, map[string]string{
			"host": "db", "port": "6432", "username": "u", "password": "p@ss/wörd", "dbname": "auth", "pgpass": "x"})},
			nil, "postgres://u:p%40ss%2Fw%C3%B6rd@db:6432/auth"},
		"Service Binding": {config.Database{Directory: directory(t, map[string]string{
			"type": "postgresql", "host": "::1", "username": "u", "password": "p", "database": "auth", "sslmode": "require"})},
			nil, "postgres://u:p@[::1]:5432/auth?sslmode=require"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := config.DatabaseURL(test.database, test.env.get)
			if err != nil || got.Reveal() != test.want {
				t.Errorf("got %q, %v; want %q", got.Reveal(), err, test.want)
			}
		})
	}
}

func TestDatabaseURLSaysWhatIsWrongWithoutTheValue(t *testing.T) {
	const form = "postgres://user:password@host:5432/database"
	for name, test := range map[string]struct {
		database config.Database
		env      environment
		want     string
	}{
		"no variable": {config.Database{}, nil, "DATABASE_URL: is not set; set it to " + form},
		"other database": {config.Database{}, environment{"DATABASE_URL": "mysql://u:hunter2@db/auth"},
			"DATABASE_URL: must begin with postgres:// or postgresql://, as in " + form},
		"unescaped password": {config.Database{}, environment{"DATABASE_URL": "postgres://u:hunter2%@db/auth"},
			"DATABASE_URL: is not a URL of the form " + form + "; percent-encode special characters in the password (such as %40 for @)"},
		"no host": {config.Database{}, environment{"DATABASE_URL": "postgres:///auth"},
			"DATABASE_URL: names no host; the form is " + form},
		"missing key": {config.Database{Directory: directory(t, map[string]string{"password": "hunter2", "url": "hunter2"}), Key: "uri"}, nil,
			`database secret key "uri": is missing or empty; the secret has the keys password, url. It needs a connection URL under uri ` +
				"(or under the key that the configuration names), or host, port, username, password and dbname"},
		"malformed key": {config.Database{Directory: directory(t, map[string]string{"uri": "hunter2"})}, nil,
			`database secret key "uri": must begin with postgres:// or postgresql://, as in ` + form},
		"empty key": {config.Database{Directory: directory(t, map[string]string{"uri": "\n"})}, nil,
			`database secret key "uri": is empty; set it to ` + form},
		"incomplete": {config.Database{Directory: directory(t, map[string]string{"host": "db", "password": "hunter2"})}, nil,
			`database secret key "username": is missing or empty; the secret has the keys host, password. It needs a connection URL under uri ` +
				"(or under the key that the configuration names), or host, port, username, password and dbname"},
		"bad port": {config.Database{Directory: directory(t, map[string]string{
			"host": "db", "username": "u", "password": "hunter2", "dbname": "a", "port": "hunter2"})}, nil,
			`database secret key "port": must be a number from 1 to 65535, such as 5432`},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := config.DatabaseURL(test.database, test.env.get)
			if err == nil {
				t.Fatal("accepted")
			}
			if diff := cmp.Diff(test.want, err.Error()); diff != "" {
				t.Error(diff)
			}
			if strings.Contains(err.Error(), "hunter2") {
				t.Error("the error holds a secret")
			}
		})
	}
}
