package resources

import (
	"encoding/json"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/api/v1alpha1"
	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

// maxMessage keeps a message within what conditions and events hold.
const maxMessage = 800

// MigrationReport is what a migration said about itself.
type MigrationReport struct {
	Reason     string
	Message    string
	SchemaHash string
	// Plan that was made or carried out; nil when the report has none. It has no State.
	Plan *v1alpha1.MigrationPlan
	// PlanChanged: the migration did nothing, because it needs another plan than the one that was approved.
	PlanChanged bool
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
		config.Planned, config.PlanChanged,
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
		Plan:            plan(report.Plan),
		Connected:       slices.Contains(connected, report.Reason),
		ReachedDatabase: slices.Contains(connected, report.Reason) || slices.Contains(unconnected, report.Reason),
	}
	parsed.PlanChanged = report.Reason == config.PlanChanged && parsed.Plan != nil
	if !parsed.ReachedDatabase && report.Reason != config.InvalidConfiguration {
		return MigrationReport{}, false
	}
	return parsed, true
}

// Values of CanaryReport.ClientIP.
const (
	ClientIPResolvable   = config.ClientIPResolvable
	ClientIPUnresolvable = config.ClientIPUnresolvable
)

// CanaryReport is what a canary said about itself.
type CanaryReport struct {
	Message string
	// ClientIP is ClientIPResolvable or ClientIPUnresolvable; anything else when the canary could not tell.
	ClientIP        string
	ClientIPMessage string
}

// ParseCanaryReport reads a termination message. It is false for anything but a report of a canary.
func ParseCanaryReport(text string) (CanaryReport, bool) {
	var report config.CanaryReport
	if err := json.Unmarshal([]byte(strings.TrimSpace(text)), &report); err != nil {
		return CanaryReport{}, false
	}
	if report.Canary != config.CanaryPassed && report.Canary != config.CanaryFailed {
		return CanaryReport{}, false
	}
	return CanaryReport{
		Message: OneLine(report.Message), ClientIP: report.ClientIP, ClientIPMessage: OneLine(report.ClientIPMessage),
	}, true
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

// RekeyReport is what a rekeying said about itself.
type RekeyReport struct {
	// Done: everything was tried. Message says why not.
	Done    bool
	Message string
	// Remaining counts what still depends on each older version of the key, by kind; version -1 is the key without one.
	Remaining map[int]map[string]int
}

// maxKinds and maxKind bound what a report makes of the status.
const (
	maxKinds = 16
	maxKind  = 64
)

// ParseRekeyReport reads a termination message. It is false for anything but a report.
func ParseRekeyReport(text string) (RekeyReport, bool) {
	var report config.RekeyReport
	if err := json.Unmarshal([]byte(strings.TrimSpace(text)), &report); err != nil {
		return RekeyReport{}, false
	}
	parsed := RekeyReport{Done: report.Rekeyed, Message: OneLine(report.Message), Remaining: map[int]map[string]int{}}
	for version, kinds := range report.Remaining {
		number, err := strconv.Atoi(version)
		if err != nil {
			number = unversioned
		}
		counts := parsed.Remaining[number]
		if counts == nil {
			counts = map[string]int{}
			parsed.Remaining[number] = counts
		}
		for kind, count := range kinds {
			if kind = OneLine(kind); count > 0 && len(counts) < maxKinds {
				counts[strings.ToValidUTF8(kind[:min(len(kind), maxKind)], "")] += count
			}
		}
	}
	return parsed, report.Rekeyed || report.Message != ""
}

// OneLine makes text fit for conditions and events: one line, not too long, no credentials of URLs.
func OneLine(text string) string {
	return Shorten(strings.Join(strings.Fields(withoutCredentials(text)), " "))
}

func withoutCredentials(text string) string {
	return credentials.ReplaceAllString(text, "://[redacted]@")
}

// Shorten cuts off what conditions and events do not hold.
func Shorten(text string) string {
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "…"
	}
	return text
}
