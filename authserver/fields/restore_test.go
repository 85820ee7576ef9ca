package fields

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

func TestRestoreIsTheInverseOfAppend(t *testing.T) {
	moment := time.Date(2026, 1, 2, 3, 4, 5, 678_000_000, time.UTC)
	for fieldType, values := range map[authserver.FieldType][]any{
		authserver.FieldString:      {"", "5", `"ü"`, nil},
		authserver.FieldEnum:        {"user", nil},
		authserver.FieldNumber:      {int64(0), int64(-2147483648), int64(2147483647), nil},
		authserver.FieldBoolean:     {true, false, nil},
		authserver.FieldDate:        {moment, nil},
		authserver.FieldStringArray: {json.RawMessage(`["a","b"]`), nil},
		authserver.FieldNumberArray: {json.RawMessage(`[1,2.5]`), nil},
		authserver.FieldJSON:        {json.RawMessage(`"{}"`), json.RawMessage(`{"a":[null]}`), json.RawMessage(`5`), nil},
	} {
		for _, want := range values {
			text := Append(nil, want)
			value, err := ecma.Parse(text)
			if err != nil {
				t.Fatal(err)
			}
			got, ok := Restore(fieldType, value)
			if diff := cmp.Diff(want, got); !ok || diff != "" {
				t.Errorf("Restore(%s, %s) = %v, %v", fieldType, text, got, ok)
			}
		}
	}
}

func TestRestoreRefusesOtherTypes(t *testing.T) {
	for fieldType, texts := range map[authserver.FieldType][]string{
		authserver.FieldString: {`5`, `true`, `{}`}, authserver.FieldEnum: {`5`}, authserver.FieldBoolean: {`"true"`, `1`},
		authserver.FieldNumber: {`"5"`, `1.5`, `1e300`}, authserver.FieldDate: {`"x"`, `5`}, "unknown": {`"x"`},
	} {
		for _, text := range texts {
			value, err := ecma.Parse([]byte(text))
			if err != nil {
				t.Fatal(err)
			}
			if got, ok := Restore(fieldType, value); ok {
				t.Errorf("Restore(%s, %s) = %v", fieldType, text, got)
			}
		}
	}
	if _, ok := Restore(authserver.FieldJSON, ecma.Value{}); ok {
		t.Error("a value that is not there is restored")
	}
}
