package fields

import (
	"encoding/json"
	"math"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// Restore returns the column value of which Append made the JSON value, and whether the field type has such values.
func Restore(t authserver.FieldType, value ecma.Value) (any, bool) {
	kind := value.Kind()
	switch kind {
	case ecma.Undefined:
		return nil, false
	case ecma.Null:
		return nil, true
	}
	switch t {
	case authserver.FieldString, authserver.FieldEnum:
		return value.Text(), kind == ecma.String
	case authserver.FieldNumber:
		n := value.Float()
		return int64(n), kind == ecma.Number && n == math.Trunc(n) && math.Abs(n) < 1<<53
	case authserver.FieldBoolean:
		return value.Bool(), kind == ecma.Boolean
	case authserver.FieldDate:
		date, ok := ecma.ParseDate(value.Text())
		return date, ok && kind == ecma.String
	case authserver.FieldStringArray, authserver.FieldNumberArray, authserver.FieldJSON:
		return json.RawMessage(ecma.Append(nil, value)), true
	}
	return nil, false
}
