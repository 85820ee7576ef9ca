package plugin_test

import (
	"bytes"
	"fmt"
	"testing"

	"github.com/gatehouse-auth/gatehouse/controllers/plugin"
)

func TestPrintable(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"two\n\tlines, ü ✓":        "two\n\tlines, ü ✓",
		"\x1b]0;title\a\x1b[2J":    "�]0;title��[2J",
		"over\rwritten\b\u009b31m": "over�written��31m",
		"abc\u202edef\xff":         "abc�def�",
	} {
		var shown bytes.Buffer
		n, err := fmt.Fprint(plugin.Printable(&shown), text)
		if err != nil || n != len(text) || shown.String() != want {
			t.Errorf("%q is shown as %q (%d, %v)", text, shown.String(), n, err)
		}
	}
}
