package plugin

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestWrap(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"":                          "",
		"one":                       "one",
		"  a  b\n c ":               "a b c",
		"0123456789 x":              "0123456789|x",
		"0123456789abc tail":        "0123456789abc|tail",
		"ünï cödé wörds of 10":      "ünï cödé|wörds of|10",
		"a 0123456789abc b 12 4567": "a|0123456789abc|b 12 4567",
	} {
		if got := strings.Join(Wrap(text, 10), "|"); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

// Whatever the width, no line is longer than that, unless a word is; and no word is lost.
func TestTablesKeepTheirWidth(t *testing.T) {
	t.Parallel()
	written := &table{header: []string{"A", "B", "TEXT"}}
	written.add("├─ x", "yes", "some words that are wrapped at each of the widths")
	written.add("wörd", "no", "")
	for width := 20; width < 100; width++ {
		var text strings.Builder
		written.write(&text, width)
		for line := range strings.Lines(text.String()) {
			if utf8.RuneCountInString(strings.TrimSuffix(line, "\n")) > width || strings.HasSuffix(line, " \n") {
				t.Errorf("at %d: %q", width, line)
			}
		}
		const want = "A B TEXT ├─ x yes some words that are wrapped at each of the widths wörd no"
		if got := strings.Join(strings.Fields(text.String()), " "); got != want {
			t.Errorf("at %d: %s", width, text.String())
		}
	}
}
