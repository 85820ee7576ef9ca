package resources

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

func TestParseMigrationReport(t *testing.T) {
	t.Parallel()
	for reason, want := range map[config.MigrationReason]struct{ connected, reached bool }{
		config.Migrated:                     {true, true},
		config.DatabasePermissionDenied:     {true, true},
		config.MigrationRefused:             {true, true},
		config.MigrationFailed:              {true, true},
		config.DatabaseUnreachable:          {false, true},
		config.DatabaseAuthenticationFailed: {false, true},
		config.DatabaseSecretMalformed:      {false, true},
		config.DatabaseTLSFailed:            {false, true},
		config.DatabasePoolerUnsupported:    {false, true},
		config.InvalidConfiguration:         {false, false},
	} {
		text, err := json.Marshal(config.MigrationReport{Reason: reason, Message: "two\nlines", SchemaHash: "ab"})
		if err != nil {
			t.Fatal(err)
		}
		got, ok := ParseMigrationReport(string(text) + "\n")
		if !ok || got.Reason != string(reason) || got.Message != "two lines" || got.SchemaHash != "ab" ||
			got.Connected != want.connected || got.ReachedDatabase != want.reached {
			t.Errorf("%s: got %+v, %v", reason, got, ok)
		}
	}
}

// Whatever is not a report of ours is not shown: it may hold anything.
func TestParseMigrationReportOfSomethingElse(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "panic: postgres://u:p@h/db", "{", "[]", "7", `{"reason":7}`, `{"reason":"Surprise","message":"x"}`, `{"message":"x"}`,
		`{"reason":"Migrated"} trailing`,
	} {
		if report, ok := ParseMigrationReport(text); ok {
			t.Errorf("%q was taken for %+v", text, report)
		}
	}
}

func TestParseStartReport(t *testing.T) {
	t.Parallel()
	text, err := json.Marshal(config.StartReport{StartFailure: "client secret of google:\nis missing"})
	if err != nil {
		t.Fatal(err)
	}
	if cause, ok := ParseStartReport(string(text) + "\n"); !ok || cause != "client secret of google: is missing" {
		t.Errorf("got %q, %v", cause, ok)
	}
	for _, text := range []string{"", "panic: postgres://u:p@h/db", "{}", `{"startFailure":""}`, `{"startFailure":7}`, `{"reason":"Migrated"}`} {
		if cause, ok := ParseStartReport(text); ok {
			t.Errorf("%q was taken for %q", text, cause)
		}
	}
}

func TestOneLine(t *testing.T) {
	t.Parallel()
	got := OneLine("cannot reach postgres://user:p%40ss@db:5432/x\n\tor postgres://db/x ")
	if got != "cannot reach postgres://[redacted]@db:5432/x or postgres://db/x" {
		t.Errorf("got %q", got)
	}
	long := OneLine(strings.Repeat("é", maxMessage))
	if len(long) > maxMessage+len("…") || !utf8.ValidString(long) {
		t.Errorf("%d bytes, valid %v", len(long), utf8.ValidString(long))
	}
}
