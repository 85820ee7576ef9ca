package schema

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

const (
	maxMessage = 1024
	// minRedacted keeps a password such as "a" from blotting out every message.
	minRedacted = 4
)

var errMalformedURL = errors.New("the database URL cannot be parsed; the form is postgres://user:password@host:5432/database?sslmode=require")

// SQLSTATEs of connecting.
const (
	invalidPassword      = "28P01"
	invalidAuthorization = "28000"
	noSuchDatabase       = "3D000"
	noPrivilege          = "42501"
	cannotConnectNow     = "57P03"
	tooManyConnections   = "53300"
	protocolViolation    = "08P01"
)

// Failure says how a migration failed, in one line that names the cause and the fix and holds none of the URLs and passwords.
func Failure(err error, urls ...config.Redacted) (config.MigrationReason, string) {
	reason, message := classify(err)
	return reason, redact(message, urls)
}

func classify(err error) (config.MigrationReason, string) {
	var refusal *RefusedError
	var changed *PlanChangedError
	var pooler *PoolerError
	var connect *pgconn.ConnectError
	switch {
	case errors.Is(err, errMalformedURL):
		return config.DatabaseSecretMalformed, err.Error()
	case errors.As(err, &refusal) && refusal.Denied:
		return config.DatabasePermissionDenied, refusal.Error()
	case errors.As(err, &refusal):
		return config.MigrationRefused, refusal.Error()
	case errors.As(err, &changed):
		return config.PlanChanged, changed.Error()
	case errors.As(err, &pooler):
		return config.DatabasePoolerUnsupported, pooler.Error()
	case errors.As(err, &connect):
		return classifyConnect(connect, secretOf(err))
	case isState(err, noPrivilege):
		return config.DatabasePermissionDenied, err.Error() + "; grant the role of the database secret the ownership of its schema and tables"
	case isState(err, lockNotAvailable):
		return config.MigrationFailed, err.Error() + "; end the transaction that holds the lock (see pg_stat_activity), the next attempt goes on from here"
	case errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded):
		return config.MigrationFailed, "interrupted; the next attempt goes on from here"
	case lostConnection(err):
		return config.DatabaseUnreachable, "the connection to the database broke off: " + err.Error() + "; the next attempt goes on from here"
	}
	return config.MigrationFailed, err.Error()
}

func secretOf(err error) string {
	var credentials *credentialsError
	if errors.As(err, &credentials) {
		return credentials.secret
	}
	return databaseSecret
}

func classifyConnect(connect *pgconn.ConnectError, secret string) (config.MigrationReason, string) {
	address := net.JoinHostPort(connect.Config.Host, fmt.Sprint(connect.Config.Port))
	if cause := tlsCause(connect); cause != "" {
		return config.DatabaseTLSFailed, fmt.Sprintf("the database at %s: %s", address, cause)
	}
	var answer *pgconn.PgError
	if errors.As(connect, &answer) {
		switch answer.Code {
		case invalidPassword, invalidAuthorization:
			return config.DatabaseAuthenticationFailed,
				fmt.Sprintf("the database at %s refuses the credentials: %s; correct the user and password in the %s", address, answer.Message, secret)
		case noPrivilege:
			return config.DatabasePermissionDenied,
				fmt.Sprintf("the database at %s: %s; run as an administrator: GRANT CONNECT ON DATABASE %s TO %s",
					address, answer.Message, quote(connect.Config.Database), quote(connect.Config.User))
		case noSuchDatabase:
			return config.DatabaseUnreachable,
				fmt.Sprintf("the server at %s: %s; create it, or correct the name in the %s", address, answer.Message, secret)
		case protocolViolation:
			return classifySetting(connect, address, answer.Message)
		}
		return config.DatabaseUnreachable, fmt.Sprintf("the database at %s: %s", address, answer.Message)
	}
	return config.DatabaseUnreachable, fmt.Sprintf("cannot reach the database at %s: %s", address, connectCause(connect, secret))
}

// classifySetting is about a pooler that refuses a setting of a new connection.
func classifySetting(connect *pgconn.ConnectError, address, answer string) (config.MigrationReason, string) {
	switch setting := refusedSetting(connect); setting {
	case "":
		return config.DatabaseUnreachable, fmt.Sprintf("the database at %s: %s", address, answer)
	case "search_path":
		return config.DatabasePoolerUnsupported, fmt.Sprintf("the pooler at %s does not take the setting of database.schema (%s); set database.pooler to Transaction, "+
			"so that statements name the schema", address, setting)
	default:
		return config.DatabasePoolerUnsupported, fmt.Sprintf("the pooler at %s does not take the setting %s; remove it from the URL", address, setting)
	}
}

func connectCause(err error, secret string) string {
	var dns *net.DNSError
	var operation *net.OpError
	switch {
	case errors.As(err, &dns):
		return "the host name does not resolve; correct the host in the " + secret
	case errors.Is(err, context.DeadlineExceeded) || pgconn.Timeout(err):
		return "no answer in time; check the address, firewalls and network policies"
	case errors.Is(err, syscall.ECONNREFUSED):
		return "connection refused; check that it runs and listens there"
	case errors.As(err, &operation):
		return operation.Err.Error()
	}
	lines := strings.Split(strings.TrimSpace(errors.Unwrap(err).Error()), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// mayStart says whether a failure to connect may pass by itself while a database is starting.
func mayStart(err error) bool {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return answer.Code == cannotConnectNow || answer.Code == tooManyConnections
	}
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) && tlsCause(err) == "" && !errors.Is(err, context.Canceled)
}

func lostConnection(err error) bool {
	var answer *pgconn.PgError
	if errors.As(err, &answer) {
		return strings.HasPrefix(answer.Code, "57P") || strings.HasPrefix(answer.Code, "08")
	}
	var network net.Error
	return errors.As(err, &network) || pgconn.SafeToRetry(err) || errors.Is(err, pgconn.ErrConnClosed) ||
		strings.Contains(err.Error(), "unexpected EOF")
}

// redact makes one bounded line. No message is made of the URL; this is for what a server or a driver may say.
func redact(message string, urls []config.Redacted) string {
	for _, url := range urls {
		secrets := []string{url.Reveal()}
		if options, err := pgx.ParseConfig(url.Reveal()); err == nil {
			secrets = append(secrets, options.Password)
		}
		for _, secret := range secrets {
			if len(secret) >= minRedacted {
				message = strings.ReplaceAll(message, secret, url.String())
			}
		}
	}
	message = strings.Join(strings.Fields(message), " ")
	if len(message) > maxMessage {
		message = strings.ToValidUTF8(message[:maxMessage-3], "") + "..."
	}
	return message
}
