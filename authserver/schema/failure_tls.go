package schema

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
)

// tlsCause says in one line what is wrong with the protection of a connection and what to do about it; "" when nothing is.
func tlsCause(err error) string {
	var authority x509.UnknownAuthorityError
	var hostname x509.HostnameError
	var certificate x509.CertificateInvalidError
	var alert tls.AlertError
	var record tls.RecordHeaderError
	switch {
	case refusesClear(err):
		return "it takes connections by TLS only; set database.tls.mode to VerifyFull (or sslmode=verify-full in the URL)"
	// pgconn has no type for it.
	case strings.Contains(err.Error(), "server refused TLS connection"):
		return "it has no TLS; switch TLS on there, or give up the protection with database.tls.mode Disable (or sslmode=disable in the URL)"
	case errors.As(err, &authority):
		return "nobody who is trusted signed its certificate" + issuedBy(authority.Cert) +
			"; name the certificate of its authority in database.tls.caSecretRef or caConfigMapRef (sslrootcert in the URL)"
	case errors.As(err, &hostname):
		return fmt.Sprintf("its certificate is for %s, not for %s; use one of those as host, or set database.tls.mode to VerifyCA",
			namesOf(hostname.Certificate), hostname.Host)
	case errors.As(err, &certificate) && certificate.Reason == x509.Expired:
		return fmt.Sprintf("its certificate is valid from %s to %s only; renew it, or set the clock",
			certificate.Cert.NotBefore.UTC().Format("2006-01-02"), certificate.Cert.NotAfter.UTC().Format("2006-01-02"))
	case errors.As(err, &certificate):
		return "its certificate is not accepted: " + certificate.Error()
	case errors.As(err, &alert):
		return "it ends the TLS handshake: " + alert.Error()
	case errors.As(err, &record):
		return "what answers there does not speak TLS; check host and port"
	}
	return ""
}

// refusesClear says that a server without a rule for connections in the clear was spoken to in the clear.
func refusesClear(err error) bool {
	var answer *pgconn.PgError
	return errors.As(err, &answer) && answer.Code == invalidAuthorization && strings.Contains(answer.Message, "no encryption")
}

func issuedBy(certificate *x509.Certificate) string {
	if certificate == nil || certificate.Issuer.String() == "" {
		return ""
	}
	return fmt.Sprintf(" (issuer %q)", certificate.Issuer)
}

// maxNames keeps a message short whose certificate has many.
const maxNames = 5

func namesOf(certificate *x509.Certificate) string {
	names := slices.Clone(certificate.DNSNames)
	for _, address := range certificate.IPAddresses {
		names = append(names, address.String())
	}
	switch {
	case len(names) == 0:
		return "no name (only a common name, which does not count)"
	case len(names) > maxNames:
		return strings.Join(names[:maxNames], ", ") + " and others"
	}
	return strings.Join(names, ", ")
}
