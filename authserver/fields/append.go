package fields

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// Text is the text of a column value: that of a string, "" of none, and the JSON of any other, without quotes.
func Text(value any) string {
	switch v := value.(type) {
	case nil:
		return ""
	case string:
		return v
	case time.Time:
		text := ecma.AppendTime(nil, v)
		return string(text[1 : len(text)-1])
	}
	return string(Append(nil, value))
}

// Append appends the JSON of a column value.
func Append(dst []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return ecma.AppendString(dst, v)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case bool:
		return strconv.AppendBool(dst, v)
	case time.Time:
		return ecma.AppendTime(dst, v)
	case json.RawMessage:
		// PostgreSQL writes jsonb with spaces and its own number forms; clients get it as JavaScript would write it.
		parsed, err := ecma.Parse(v)
		if err != nil {
			return append(dst, "null"...)
		}
		return ecma.Append(dst, parsed)
	}
	return append(dst, "null"...)
}
