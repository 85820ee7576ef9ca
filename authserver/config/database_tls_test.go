package config_test

import (
	"encoding/pem"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

func TestTLSReplacesThatOfTheURL(t *testing.T) {
	authority := filepath.Join(t.TempDir(), "it's a ca.crt")
	server := httptest.NewTLSServer(nil)
	defer server.Close()
	certificate := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	if err := os.WriteFile(authority, certificate, 0o600); err != nil {
		t.Fatal(err)
	}
	full := config.DatabaseTLS{Mode: "VerifyFull", CAFile: authority}
	escaped := strings.NewReplacer("/", "%2F", " ", "%20", "'", "%27").Replace(authority)
	for location, test := range map[string]struct {
		tls  config.DatabaseTLS
		want string
	}{
		"postgres://u:p@db/auth":                 {config.DatabaseTLS{Mode: "Require"}, "postgres://u:p@db/auth?sslmode=require&sslrootcert="},
		"postgres://u:p%40+x@[::1]:1/auth?a=b+c": {config.DatabaseTLS{Mode: "Disable"}, "postgres://u:p%40+x@[::1]:1/auth?a=b+c&sslmode=disable&sslrootcert="},
		"postgres://db/auth?sslmode=disable&x=y&sslrootcert=/none&ssl=true&ssl%6Dode=prefer": {full, "postgres://db/auth?x=y&sslmode=verify-full&sslrootcert=" + escaped},
		"postgres://db/auth?sslmode=disable":                                                 {config.DatabaseTLS{}, "postgres://db/auth?sslmode=disable"},
		"host=db sslmode=disable":                                                            {full, `host=db sslmode=disable sslmode=verify-full sslrootcert='` + strings.ReplaceAll(authority, "'", `\'`) + "'"},
		"host=db":                                                                            {config.DatabaseTLS{Mode: "VerifyCA"}, "host=db sslmode=verify-ca sslrootcert=''"},
	} {
		got, err := config.DatabaseURL(config.Database{TLS: test.tls}, environment{"DATABASE_URL": location}.get)
		if err != nil || got.Reveal() != test.want {
			t.Errorf("%s: got %q, %v; want %q", location, got.Reveal(), err, test.want)
		}
	}
}

func TestCertificatesThatCannotBeUsed(t *testing.T) {
	empty := filepath.Join(t.TempDir(), "ca.crt")
	if err := os.WriteFile(empty, []byte("-----BEGIN PRIVATE KEY-----\nhunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for file, want := range map[string]string{
		"/none/ca.crt": "database.tls.caFile: open /none/ca.crt: no such file or directory",
		empty:          "database.tls.caFile: " + empty + " holds no PEM certificates; it must hold those of the authority that signed the server's",
	} {
		database := config.Database{TLS: config.DatabaseTLS{Mode: "VerifyFull", CAFile: file}}
		_, err := config.DatabaseURL(database, environment{"DATABASE_URL": "postgres://u:hunter2@db/auth"}.get)
		if !errors.As(err, new(*config.CertificatesError)) || err.Error() != want {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

// TestSecretsOfOthers has the secrets that CloudNativePG and implementations of servicebinding.io make, with all their keys.
func TestSecretsOfOthers(t *testing.T) {
	cloudNativePG := map[string]string{
		"dbname": "app", "host": "shop-rw", "port": "5432", "user": "app", "username": "app", "password": "hunter2",
		"uri":           "postgresql://app:hunter2@shop-rw.shop:5432/app",
		"fqdn-uri":      "postgresql://app:hunter2@shop-rw.shop.svc.cluster.local:5432/app",
		"jdbc-uri":      "jdbc:postgresql://shop-rw.shop:5432/app?password=hunter2&user=app",
		"fqdn-jdbc-uri": "jdbc:postgresql://shop-rw.shop.svc.cluster.local:5432/app?password=hunter2&user=app",
		"pgpass":        "shop-rw:5432:app:app:hunter2\n",
	}
	serviceBinding := map[string]string{
		"type": "postgresql", "provider": "bitnami", "host": "db.shop.svc", "port": "5433", "database": "app", "username": "app", "password": "hunter2",
	}
	for name, test := range map[string]struct {
		keys      map[string]string
		key, want string
	}{
		"CloudNativePG":               {cloudNativePG, "", "postgresql://app:hunter2@shop-rw.shop:5432/app"},
		"CloudNativePG, another name": {cloudNativePG, "fqdn-uri", "postgresql://app:hunter2@shop-rw.shop.svc.cluster.local:5432/app"},
		"Service Binding":             {serviceBinding, "", "postgres://app:hunter2@db.shop.svc:5433/app"},
	} {
		path := directory(t, test.keys)
		for _, read := range []func(config.Database, func(string) string) (config.Redacted, error){config.DatabaseURL, config.MigrationURL} {
			got, err := read(config.Database{Directory: path, Key: test.key}, nil)
			if err != nil || got.Reveal() != test.want {
				t.Errorf("%s: got %q, %v", name, got.Reveal(), err)
			}
		}
		got, err := config.MigrationURL(config.Database{Directory: "/none", MigrationDirectory: path, MigrationKey: test.key}, nil)
		if err != nil || got.Reveal() != test.want {
			t.Errorf("%s for migrations: got %q, %v", name, got.Reveal(), err)
		}
	}
	_, err := config.MigrationURL(config.Database{MigrationDirectory: directory(t, map[string]string{"host": "db"})}, nil)
	if err == nil || !strings.HasPrefix(err.Error(), `migration secret key "username": is missing or empty; the secret has the keys host. `) {
		t.Errorf("got %v", err)
	}
}
