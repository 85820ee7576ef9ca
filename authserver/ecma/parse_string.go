package ecma

import (
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// string reads a string whose opening quote is next. Without escapes it is a slice of the text.
func (p *parser) string() (string, error) {
	p.at++
	start := p.at
	for ; p.at < len(p.text); p.at++ {
		switch c := p.text[p.at]; {
		case c == '"':
			p.at++
			return p.text[start : p.at-1], nil
		case c == '\\':
			return p.escaped(start)
		case c < 0x20:
			return "", ErrSyntax
		}
	}
	return "", ErrSyntax
}

// escaped reads on from the first escape of a string that began at start.
func (p *parser) escaped(start int) (string, error) {
	out := []byte(p.text[start:p.at])
	for p.at < len(p.text) {
		c := p.text[p.at]
		p.at++
		switch {
		case c == '"':
			return string(out), nil
		case c < 0x20:
			return "", ErrSyntax
		case c != '\\':
			out = append(out, c)
		default:
			r, err := p.escape()
			if err != nil {
				return "", err
			}
			out = utf8.AppendRune(out, r)
		}
	}
	return "", ErrSyntax
}

func (p *parser) escape() (rune, error) {
	if p.at == len(p.text) {
		return 0, ErrSyntax
	}
	c := p.text[p.at]
	p.at++
	if c == 'u' {
		return p.unicode()
	}
	if i := strings.IndexByte(`"\/bfnrt`, c); i >= 0 {
		return rune("\"\\/\b\f\n\r\t"[i]), nil
	}
	return 0, ErrSyntax
}

// unicode reads the digits of \uXXXX and the second half of a surrogate pair; a lone half becomes U+FFFD, which is
// what JavaScript writes to the database for it.
func (p *parser) unicode() (rune, error) {
	first, err := p.hex4()
	if err != nil || !utf16.IsSurrogate(first) {
		return first, err
	}
	back := p.at
	if p.accept('\\') && p.accept('u') {
		second, err := p.hex4()
		if err != nil {
			return 0, err
		}
		if r := utf16.DecodeRune(first, second); r != utf8.RuneError {
			return r, nil
		}
	}
	p.at = back
	return utf8.RuneError, nil
}

func (p *parser) hex4() (rune, error) {
	if p.at+4 > len(p.text) {
		return 0, ErrSyntax
	}
	n, err := strconv.ParseUint(p.text[p.at:p.at+4], 16, 16)
	if err != nil {
		return 0, ErrSyntax
	}
	p.at += 4
	return rune(n), nil
}
