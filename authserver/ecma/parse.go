package ecma

import (
	"errors"
	"strconv"
	"strings"
	"unicode/utf8"
)

// ErrSyntax means that a text is not JSON.
var ErrSyntax = errors.New("invalid JSON")

// maxDepth bounds nesting, so that a small body cannot exhaust the stack.
const maxDepth = 128

// maxMembers bounds the members of one object: looking for duplicates is quadratic.
const maxMembers = 1024

// Parse reads one JSON text as JSON.parse does: a byte order mark is skipped, broken UTF-8 becomes U+FFFD, and of
// duplicate keys the last wins. Deeper nesting than 128 and objects with more than 1024 members are errors.
func Parse(data []byte) (Value, error) {
	text := strings.TrimPrefix(string(data), "\uFEFF")
	if !utf8.ValidString(text) {
		text = strings.ToValidUTF8(text, "\uFFFD")
	}
	p := &parser{text: text}
	value, err := p.value(0)
	if err != nil {
		return Value{}, err
	}
	if p.skipSpace(); p.at < len(p.text) {
		return Value{}, ErrSyntax
	}
	return value, nil
}

type parser struct {
	text string
	at   int
}

func (p *parser) skipSpace() {
	for p.at < len(p.text) {
		switch p.text[p.at] {
		case ' ', '\t', '\n', '\r':
			p.at++
		default:
			return
		}
	}
}

// peek returns the next byte after white space, 0 at the end.
func (p *parser) peek() byte {
	p.skipSpace()
	if p.at == len(p.text) {
		return 0
	}
	return p.text[p.at]
}

func (p *parser) value(depth int) (Value, error) {
	if depth > maxDepth {
		return Value{}, ErrSyntax
	}
	switch c := p.peek(); {
	case c == '{':
		return p.object(depth)
	case c == '[':
		return p.array(depth)
	case c == '"':
		text, err := p.string()
		return Value{kind: String, text: text}, err
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	default:
		return p.word()
	}
}

var words = []struct {
	text  string
	value Value
}{
	{"null", Value{kind: Null}},
	{"true", Value{kind: Boolean, truth: true}},
	{"false", Value{kind: Boolean}},
}

func (p *parser) word() (Value, error) {
	for _, w := range words {
		if strings.HasPrefix(p.text[p.at:], w.text) {
			p.at += len(w.text)
			return w.value, nil
		}
	}
	return Value{}, ErrSyntax
}

func (p *parser) object(depth int) (Value, error) {
	object := Value{kind: Object}
	p.at++
	if p.peek() == '}' {
		p.at++
		return object, nil
	}
	for {
		if p.peek() != '"' || len(object.keys) == maxMembers {
			return Value{}, ErrSyntax
		}
		key, err := p.string()
		if err != nil {
			return Value{}, err
		}
		if p.peek() != ':' {
			return Value{}, ErrSyntax
		}
		p.at++
		member, err := p.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		object.set(key, member)
		if done, err := p.next('}'); done || err != nil {
			object.orderIndexes()
			return object, err
		}
	}
}

func (p *parser) array(depth int) (Value, error) {
	array := Value{kind: Array}
	p.at++
	if p.peek() == ']' {
		p.at++
		return array, nil
	}
	for {
		item, err := p.value(depth + 1)
		if err != nil {
			return Value{}, err
		}
		array.items = append(array.items, item)
		if done, err := p.next(']'); done || err != nil {
			return array, err
		}
	}
}

// next reads the comma before another element, or the end of the array or object.
func (p *parser) next(end byte) (done bool, err error) {
	switch p.peek() {
	case end:
		p.at++
		return true, nil
	case ',':
		p.at++
		return false, nil
	default:
		return false, ErrSyntax
	}
}

func (p *parser) number() (Value, error) {
	start := p.at
	p.accept('-')
	if p.accept('0') {
		if p.digits() > 0 {
			return Value{}, ErrSyntax
		}
	} else if p.digits() == 0 {
		return Value{}, ErrSyntax
	}
	if p.accept('.') && p.digits() == 0 {
		return Value{}, ErrSyntax
	}
	if p.accept('e') || p.accept('E') {
		if !p.accept('+') {
			p.accept('-')
		}
		if p.digits() == 0 {
			return Value{}, ErrSyntax
		}
	}
	// A number out of range is ±Infinity, as in JavaScript; columns refuse it later.
	num, _ := strconv.ParseFloat(p.text[start:p.at], 64)
	return Value{kind: Number, num: num}, nil
}

func (p *parser) accept(c byte) bool {
	if p.at < len(p.text) && p.text[p.at] == c {
		p.at++
		return true
	}
	return false
}

func (p *parser) digits() int {
	start := p.at
	for p.at < len(p.text) && p.text[p.at] >= '0' && p.text[p.at] <= '9' {
		p.at++
	}
	return p.at - start
}
