package config_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/gatehouse-auth/gatehouse/authserver/config"
)

func TestOneLineFitsAReport(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"one line":                          "one line",
		"two\nlines\r\n":                    "two; lines",
		strings.Repeat("a", 600):            strings.Repeat("a", 600),
		strings.Repeat("a", 601):            strings.Repeat("a", 600) + "…",
		"a" + strings.Repeat("ä", 300):      "a" + strings.Repeat("ä", 299) + "…",
		"\n" + strings.Repeat("\x00", 1000): strings.Repeat("\x00", 600) + "…",
	} {
		got := config.OneLine(text)
		if got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
		report := config.CanaryReport{Canary: config.CanaryFailed, Message: got}
		if encoded, err := json.Marshal(report); err != nil || len(encoded) > 4096 {
			t.Errorf("%q makes a report of %d bytes, %v", text, len(encoded), err)
		}
	}
}
