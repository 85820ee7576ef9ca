package resources

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// maxMessage keeps a message within what conditions and events hold.
const maxMessage = 800

// MigrationReport is what a migration said about itself.
type MigrationReport struct {
	Reason     string
	Message    string
	SchemaHash string
	// Connected: the migration signed in to the database.
	Connected bool
	// ReachedDatabase: it got far enough to tell whether it could connect.
	ReachedDatabase bool
}

var (
	unconnected = []config.MigrationReason{
		config.DatabaseSecretMalformed, config.DatabaseUnreachable, config.DatabaseAuthenticationFailed,
		config.DatabaseTLSFailed, config.DatabasePoolerUnsupported,
	}
	connected = []config.MigrationReason{
		config.Migrated, config.DatabasePermissionDenied, config.MigrationRefused, config.MigrationFailed,
	}
	// credentials in a URL: the auth server never writes them, and a condition is no place to find out that it did.
	credentials = regexp.MustCompile(`://[^/\s@]*@`)
)

// ParseMigrationReport reads a termination message. It is false for anything but a report with a known reason.
func ParseMigrationReport(text string) (MigrationReport, bool) {
	var report config.MigrationReport
	if err := json.Unmarshal([]byte(strings.TrimSpace(text)), &report); err != nil {
		return MigrationReport{}, false
	}
	parsed := MigrationReport{
		Reason:          string(report.Reason),
		Message:         OneLine(report.Message),
		SchemaHash:      report.SchemaHash,
		Connected:       slices.Contains(connected, report.Reason),
		ReachedDatabase: slices.Contains(connected, report.Reason) || slices.Contains(unconnected, report.Reason),
	}
	return parsed, parsed.ReachedDatabase || report.Reason == config.InvalidConfiguration
}

// ParseStartReport reads the termination message of a server that could not start. It is false for anything else.
func ParseStartReport(text string) (cause string, ok bool) {
	var report config.StartReport
	if err := json.Unmarshal([]byte(strings.TrimSpace(text)), &report); err != nil {
		return "", false
	}
	cause = OneLine(report.StartFailure)
	return cause, cause != ""
}

// OneLine makes text fit for conditions and events: one line, not too long, no credentials of URLs.
func OneLine(text string) string {
	return Shorten(strings.Join(strings.Fields(credentials.ReplaceAllString(text, "://[redacted]@")), " "))
}

// Shorten cuts off what conditions and events do not hold.
func Shorten(text string) string {
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}
