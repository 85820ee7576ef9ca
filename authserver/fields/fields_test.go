package fields

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

func field(name string, t authserver.FieldType, change func(*authserver.Field)) authserver.Field {
	f := authserver.Field{Name: name, Type: t, Input: true, Returned: true}
	if change != nil {
		change(&f)
	}
	return f
}

func create(t *testing.T, body string, fields ...authserver.Field) ([]any, string) {
	t.Helper()
	value, err := ecma.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	values, err := Create(fields, value)
	var coded *authserver.Error
	if err != nil && !errors.As(err, &coded) {
		t.Fatalf("an error without a code: %v", err)
	}
	if coded != nil {
		return nil, coded.Code + ": " + coded.Message
	}
	return values, ""
}

func TestCreateFollowsTheInputTable(t *testing.T) {
	required := func(f *authserver.Field) { f.Required = true }
	withDefault := func(f *authserver.Field) { f.Default = "user" }
	closed := func(f *authserver.Field) { f.Input = false }
	closedDefault := func(f *authserver.Field) { f.Input, f.Default = false, "user" }
	const name = "f"
	for _, c := range []struct {
		body   string
		change func(*authserver.Field)
		want   any
		code   string
	}{
		{`{}`, nil, nil, ""},
		{`{}`, withDefault, "user", ""},
		{`{"f":null}`, withDefault, nil, ""},
		{`{"f":"x"}`, withDefault, "x", ""},
		{`{}`, required, nil, "MISSING_FIELD: f is required"},
		{`{"f":null}`, required, nil, "FAILED_TO_CREATE_USER: Failed to create user"},
		{`{"f":""}`, required, "", ""},
		{`{"f":"x"}`, closed, nil, "FIELD_NOT_ALLOWED: f is not allowed to be set"},
		{`{"f":""}`, closed, nil, ""},
		{`{"f":0}`, closed, nil, ""},
		{`{"f":"x"}`, closedDefault, "user", ""},
		{`{}`, closedDefault, "user", ""},
		{`{"f":"a\u0000"}`, nil, nil, "VALIDATION_ERROR: [body.f] Invalid input: must not contain the character U+0000"},
		{`{"f":{"a":["\u0000"]}}`, nil, nil, "VALIDATION_ERROR: [body.f] Invalid input: must not contain the character U+0000"},
	} {
		values, code := create(t, c.body, field(name, authserver.FieldString, c.change))
		if code != c.code {
			t.Errorf("%s: %q, want %q", c.body, code, c.code)
			continue
		}
		if code == "" && values[0] != c.want {
			t.Errorf("%s: %v, want %v", c.body, values[0], c.want)
		}
	}
}

func TestAMissingFieldComesBeforeAWrongType(t *testing.T) {
	_, code := create(t, `{"a":"x"}`, field("a", authserver.FieldNumber, nil),
		field("b", authserver.FieldString, func(f *authserver.Field) { f.Required = true }))
	if code != "MISSING_FIELD: b is required" {
		t.Errorf("code %q", code)
	}
}

func TestConvertTakesWhatPostgreSQLTakes(t *testing.T) {
	const refused = "refused"
	date := time.Date(1990, 1, 2, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		t     authserver.FieldType
		value string
		want  any
	}{
		{authserver.FieldString, `5`, "5"}, {authserver.FieldString, `true`, "true"}, {authserver.FieldString, `{"a":1}`, `{"a":1}`},
		{authserver.FieldNumber, `31`, int64(31)}, {authserver.FieldNumber, `"31"`, int64(31)}, {authserver.FieldNumber, `" -1 "`, int64(-1)},
		{authserver.FieldNumber, `1.5`, refused}, {authserver.FieldNumber, `"abc"`, refused}, {authserver.FieldNumber, `true`, refused},
		{authserver.FieldNumber, `2147483648`, refused}, {authserver.FieldNumber, `[1]`, refused}, {authserver.FieldNumber, `""`, refused}, {authserver.FieldNumber, `1e300`, refused},
		{authserver.FieldBoolean, `true`, true}, {authserver.FieldBoolean, `"true"`, true}, {authserver.FieldBoolean, `"Y"`, true}, {authserver.FieldBoolean, `0`, false},
		{authserver.FieldBoolean, `"off"`, false}, {authserver.FieldBoolean, `"o"`, refused}, {authserver.FieldBoolean, `"maybe"`, refused}, {authserver.FieldBoolean, `2`, refused}, {authserver.FieldBoolean, `""`, refused},
		{authserver.FieldDate, `"1990-01-02"`, date}, {authserver.FieldDate, `"garbage"`, refused}, {authserver.FieldDate, `0`, refused},
		{authserver.FieldStringArray, `["a"]`, json.RawMessage(`["a"]`)}, {authserver.FieldStringArray, `[1,2]`, json.RawMessage(`[1,2]`)}, {authserver.FieldStringArray, `"x"`, refused},
		{authserver.FieldNumberArray, `"[1]"`, json.RawMessage(`[1]`)}, {authserver.FieldJSON, `{"b":1}`, json.RawMessage(`{"b":1}`)}, {authserver.FieldJSON, `"\"\\u0000\""`, refused},
		{authserver.FieldEnum, `"a"`, "a"}, {authserver.FieldEnum, `1`, refused},
	} {
		value, err := ecma.Parse([]byte(c.value))
		if err != nil {
			t.Fatal(err)
		}
		got, ok := Convert(c.t, value)
		if !ok {
			got = refused
		}
		if diff := cmp.Diff(got, c.want); diff != "" {
			t.Errorf("%s %s:\n%s", c.t, c.value, diff)
		}
	}
}

func TestAnEnumNamesItsValues(t *testing.T) {
	_, code := create(t, `{"f":"c"}`, field("f", authserver.FieldEnum, func(f *authserver.Field) { f.Values = []string{"a", "b"} }))
	if code != `VALIDATION_ERROR: [body.f] Invalid option: expected one of "a"|"b"` {
		t.Errorf("code %q", code)
	}
}

func TestAppendWritesWhatClientsExpect(t *testing.T) {
	for want, value := range map[string]any{
		`null`: nil, `"<x>"`: "<x>", `31`: int64(31), `true`: true, `"1990-01-02T00:00:00.000Z"`: time.Date(1990, 1, 2, 0, 0, 0, 0, time.UTC),
		`{"a":[1,2.5]}`: json.RawMessage(`{"a": [1, 2.50]}`),
	} {
		if got := string(Append(nil, value)); got != want {
			t.Errorf("Append(%v) = %s, want %s", value, got, want)
		}
	}
}
