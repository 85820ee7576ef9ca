package config

import (
	"crypto/x509"
	"fmt"
	"net/url"
	"os"
	"slices"
	"strings"
)

// The modes of DatabaseTLS.
const (
	TLSDisable    = "Disable"
	TLSRequire    = "Require"
	TLSVerifyCA   = "VerifyCA"
	TLSVerifyFull = "VerifyFull"
)

// sslModes are what PostgreSQL's drivers call the modes.
var sslModes = map[string]string{
	TLSDisable: "disable", TLSRequire: "require", TLSVerifyCA: "verify-ca", TLSVerifyFull: "verify-full",
}

// CertificatesError is the error of a file of certificates that cannot be used.
type CertificatesError struct{ problem string }

// Error names the file, and what it must hold.
func (c *CertificatesError) Error() string { return c.problem }

func (t DatabaseTLS) validate(found *problems) {
	if _, ok := sslModes[t.Mode]; !ok && t.Mode != "" {
		found.add("database.tls.mode", "%q must be Disable, Require, VerifyCA or VerifyFull", t.Mode)
	}
	if t.CAFile != "" && !slices.Contains([]string{TLSVerifyCA, TLSVerifyFull}, t.Mode) {
		found.add("database.tls.caFile", "needs database.tls.mode VerifyCA or VerifyFull; nothing else is checked against certificates")
	}
}

// apply replaces what a URL, or a DSN of keywords, says about TLS. It passes an error on.
func (t DatabaseTLS) apply(location Redacted, err error) (Redacted, error) {
	if err != nil || t.Mode == "" {
		return location, err
	}
	if t.CAFile != "" {
		if err := checkCertificates("database.tls.caFile", t.CAFile); err != nil {
			return "", err
		}
	}
	mode, text := sslModes[t.Mode], location.Reveal()
	if !strings.Contains(text, "://") {
		// Of a keyword that is there twice, the last one counts.
		return Redacted(text + " sslmode=" + mode + " sslrootcert=" + keywordValue(t.CAFile)), nil
	}
	// What is not about TLS stays as it is written: drivers and net/url do not agree on every character.
	address, query, _ := strings.Cut(text, "?")
	parameters := slices.DeleteFunc(strings.Split(query, "&"), func(parameter string) bool {
		key, _, _ := strings.Cut(parameter, "=")
		name, err := url.PathUnescape(key)
		return err != nil || slices.Contains([]string{"", "ssl", "sslmode", "sslrootcert"}, name)
	})
	parameters = append(parameters, "sslmode="+mode, "sslrootcert="+url.PathEscape(t.CAFile))
	return Redacted(address + "?" + strings.Join(parameters, "&")), nil
}

func keywordValue(text string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, `'`, `\'`).Replace(text) + "'"
}

// checkCertificates says what is wrong with a file before a driver does, which would quote the whole URL.
func checkCertificates(name, path string) error {
	certificates, err := os.ReadFile(path)
	if err != nil {
		return &CertificatesError{fmt.Sprintf("%s: %v", name, err)}
	}
	if !x509.NewCertPool().AppendCertsFromPEM(certificates) {
		return &CertificatesError{fmt.Sprintf("%s: %s holds no PEM certificates; it must hold those of the authority that signed the server's", name, path)}
	}
	return nil
}
