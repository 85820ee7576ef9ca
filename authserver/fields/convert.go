package fields

import (
	"encoding/json"
	"slices"
	"strconv"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// Convert returns the column value of a JSON value that is neither null nor undefined, and whether it has one.
func Convert(t authserver.FieldType, value ecma.Value) (any, bool) {
	switch t {
	case authserver.FieldString:
		return text(value), true
	case authserver.FieldEnum:
		return value.Text(), value.Kind() == ecma.String
	case authserver.FieldNumber:
		return number(value)
	case authserver.FieldBoolean:
		return boolean(text(value))
	case authserver.FieldDate:
		date, ok := ecma.ParseDate(value.Text())
		return date, ok && value.Kind() == ecma.String
	case authserver.FieldStringArray, authserver.FieldNumberArray, authserver.FieldJSON:
		return jsonb(value)
	}
	return nil, false
}

// text is the text that the JavaScript driver sends for a value: an array is in PostgreSQL's notation.
func text(value ecma.Value) string {
	switch value.Kind() {
	case ecma.String:
		return value.Text()
	case ecma.Array:
		return string(appendArray(nil, value))
	}
	return string(ecma.Append(nil, value))
}

var quoted = strings.NewReplacer(`\`, `\\`, `"`, `\"`)

func appendArray(to []byte, array ecma.Value) []byte {
	to = append(to, '{')
	for i, item := range array.Items() {
		if i > 0 {
			to = append(to, ',')
		}
		switch item.Kind() {
		case ecma.Null:
			to = append(to, "NULL"...)
		case ecma.Array:
			to = appendArray(to, item)
		default:
			to = append(append(append(to, '"'), quoted.Replace(text(item))...), '"')
		}
	}
	return append(to, '}')
}

// number takes what PostgreSQL takes for an integer column: 32 bits, no fraction.
func number(value ecma.Value) (any, bool) {
	if kind := value.Kind(); kind != ecma.Number && kind != ecma.String {
		return nil, false
	}
	n, err := strconv.ParseInt(strings.Trim(text(value), " \t\n\r\v\f"), 10, 32)
	return n, err == nil
}

// boolean takes what PostgreSQL takes: true, yes, on, 1 and their opposites, and unambiguous beginnings of them.
func boolean(input string) (any, bool) {
	word := strings.ToLower(strings.Trim(input, " \t\n\r\v\f"))
	switch word {
	case "":
		return nil, false
	case "1", "on":
		return true, true
	case "0", "of", "off":
		return false, true
	}
	switch {
	case begins(word, "true", "yes"):
		return true, true
	case begins(word, "false", "no"):
		return false, true
	}
	return nil, false
}

// begins says whether one of the words begins with a beginning.
func begins(beginning string, words ...string) bool {
	return slices.ContainsFunc(words, func(word string) bool { return strings.HasPrefix(word, beginning) })
}

// jsonb takes any JSON; a string is the text of one, as in Better-Auth.
func jsonb(value ecma.Value) (any, bool) {
	if value.Kind() == ecma.String {
		parsed, err := ecma.Parse([]byte(value.Text()))
		if err != nil || parsed.HasText(0) {
			return nil, false
		}
		value = parsed
	}
	return json.RawMessage(ecma.Append(nil, value)), true
}
