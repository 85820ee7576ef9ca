package plugin

import (
	"bytes"
	"io"
	"unicode"
)

// Printable hides control characters from a terminal: messages and logs have text of others in them. What passes is
// printable, or ends a line, or is a tab.
func Printable(w io.Writer) io.Writer { return printable{w} }

type printable struct{ to io.Writer }

func (p printable) Write(data []byte) (int, error) {
	shown := bytes.Map(func(r rune) rune {
		if unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Bidi_Control, r) {
			return unicode.ReplacementChar
		}
		return r
	}, data)
	if _, err := p.to.Write(shown); err != nil {
		return 0, err
	}
	return len(data), nil
}
