package schema_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
	"github.com/gatehouse-auth/gatehouse/authserver/postgres/pgtest"
	"github.com/gatehouse-auth/gatehouse/authserver/schema"
)

// authority signs the certificates of a test.
type authority struct {
	t           *testing.T
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
	// file holds its certificate.
	file string
}

func newAuthority(t *testing.T, name string) authority {
	t.Helper()
	a := authority{t: t}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	a.key = a.newKey()
	encoded := a.sign(template, template, a.key)
	a.certificate, _ = x509.ParseCertificate(encoded)
	a.file = filepath.Join(t.TempDir(), "it's a ca.crt")
	if err := os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: encoded}), 0o600); err != nil {
		t.Fatal(err)
	}
	return a
}

func (a authority) newKey() *ecdsa.PrivateKey {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		a.t.Fatal(err)
	}
	return key
}

func (a authority) sign(template, parent *x509.Certificate, key *ecdsa.PrivateKey) []byte {
	encoded, err := x509.CreateCertificate(rand.Reader, template, parent, &key.PublicKey, a.key)
	if err != nil {
		a.t.Fatal(err)
	}
	return encoded
}

// issue makes a certificate, and its key, for a server.
func (a authority) issue(notAfter time.Time, names ...string) (certificate, key []byte) {
	private := a.newKey()
	template := &x509.Certificate{SerialNumber: big.NewInt(2), NotBefore: notAfter.Add(-24 * time.Hour), NotAfter: notAfter}
	for _, name := range names {
		if address := net.ParseIP(name); address != nil {
			template.IPAddresses = append(template.IPAddresses, address)
		} else {
			template.DNSNames = append(template.DNSNames, name)
		}
	}
	encoded, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		a.t.Fatal(err)
	}
	return pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.sign(template, a.certificate, private)}),
		pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: encoded})
}

func TestTLS(t *testing.T) {
	t.Parallel()
	trusted, other := newAuthority(t, "our authority"), newAuthority(t, "another authority")
	secure := func(notAfter time.Time, names ...string) string {
		certificate, key := trusted.issue(notAfter, names...)
		return pgtest.Secured(t, certificate, key)
	}
	soon, past := time.Now().Add(time.Hour), time.Date(2020, 3, 2, 0, 0, 0, 0, time.UTC)
	good, misnamed, expired := secure(soon, "127.0.0.1"), secure(soon, "db.internal", "10.0.0.1"), secure(past, "127.0.0.1")
	plain := pgtest.Database(t)
	const unknown = `nobody who is trusted signed its certificate \(issuer "CN=our authority"\); name the certificate of its authority in database.tls.caSecretRef`
	const onlyTLS = `it takes connections by TLS only; set database.tls.mode to VerifyFull`
	for name, test := range map[string]struct {
		location, mode, file string
		want                 string // "" is success
	}{
		"Require":                          {good, "Require", "", ""},
		"VerifyCA":                         {good, "VerifyCA", trusted.file, ""},
		"VerifyFull":                       {good, "VerifyFull", trusted.file, ""},
		"Disable":                          {plain, "Disable", "", ""},
		"what the URL says is replaced":    {good + "?sslmode=disable&sslrootcert=/none", "VerifyFull", trusted.file, ""},
		"as the URL says":                  {good + "?sslmode=require", "", "", ""},
		"Require, whatever the name":       {misnamed, "Require", "", ""},
		"VerifyCA, whatever the name":      {misnamed, "VerifyCA", trusted.file, ""},
		"Require, whatever the date":       {expired, "Require", "", ""},
		"wrong host":                       {misnamed, "VerifyFull", trusted.file, `its certificate is for db.internal, 10.0.0.1, not for 127.0.0.1; use one of those as host`},
		"VerifyCA, wrong authority":        {good, "VerifyCA", other.file, unknown},
		"VerifyFull, wrong authority":      {good, "VerifyFull", other.file, unknown},
		"VerifyFull, of the system":        {good, "VerifyFull", "", unknown},
		"another authority, as in the URL": {good + "?sslmode=verify-ca&sslrootcert=" + url.PathEscape(other.file), "", "", unknown},
		"expired":                          {expired, "VerifyCA", trusted.file, `its certificate is valid from 2020-03-01 to 2020-03-02 only; renew it`},
		"no TLS there":                     {plain, "Require", "", `it has no TLS; switch TLS on there`},
		"TLS only":                         {good, "Disable", "", onlyTLS},
		"TLS only, as the URL says":        {good + "?sslmode=disable", "", "", onlyTLS},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for form, text := range map[string]string{"URL": test.location, "DSN": keywords(t, test.location)} {
				database := config.Database{TLS: config.DatabaseTLS{Mode: test.mode, CAFile: test.file}}
				location, err := config.DatabaseURL(database, func(string) string { return text })
				if err != nil {
					t.Fatal(err)
				}
				connecting := migration(location.Reveal(), &config.Config{Database: database})
				connecting.Patience = time.Hour // none of these failures passes by itself
				_, err = connecting.Plan(t.Context())
				if test.want == "" || err == nil {
					if err != nil || test.want != "" {
						t.Errorf("%s: %v", form, err)
					}
					continue
				}
				reason, message := schema.Failure(err, location)
				if reason != config.DatabaseTLSFailed || !regexp.MustCompile(`^the database at 127\.0\.0\.1:\d+: `+test.want).MatchString(message) {
					t.Errorf("%s: %s: %s", form, reason, message)
				}
			}
		})
	}
}

// keywords is the DSN that says what a URL says.
func keywords(t *testing.T, location string) string {
	t.Helper()
	parsed, err := url.Parse(location)
	if err != nil {
		t.Fatal(err)
	}
	password, _ := parsed.User.Password()
	text := "host=" + parsed.Hostname() + " port=" + parsed.Port() + " user=" + parsed.User.Username() + " password=" + password +
		" dbname=" + strings.TrimPrefix(parsed.Path, "/")
	for key, values := range parsed.Query() {
		text += " " + key + "='" + strings.ReplaceAll(values[0], "'", `\'`) + "'"
	}
	return text
}
