package fields

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// update returns the changes of one field, or the code and text of the error.
func update(t *testing.T, body string, f authserver.Field) ([]authserver.Change, string) {
	t.Helper()
	value, err := ecma.Parse([]byte(body))
	if err != nil {
		t.Fatal(err)
	}
	changes, err := Update([]authserver.Field{f}, value)
	var coded *authserver.Error
	if err != nil && !errors.As(err, &coded) {
		t.Fatalf("an error without a code: %v", err)
	}
	if coded != nil {
		return nil, coded.Code + ": " + coded.Message
	}
	return changes, ""
}

func TestUpdateFollowsTheInputTable(t *testing.T) {
	required := func(f *authserver.Field) { f.Required = true }
	withDefault := func(f *authserver.Field) { f.Default = "user" }
	closed := func(f *authserver.Field) { f.Input = false }
	closedDefault := func(f *authserver.Field) { f.Input, f.Default = false, "user" }
	const problem = "VALIDATION_ERROR: [body.f] Invalid input: "
	for _, c := range []struct {
		body   string
		kind   authserver.FieldType
		change func(*authserver.Field)
		want   []authserver.Change
		code   string
	}{
		{`{}`, authserver.FieldString, required, nil, ""},
		{`{}`, authserver.FieldString, withDefault, nil, ""},
		{`{"f":"x"}`, authserver.FieldString, nil, []authserver.Change{{Field: "f", Value: "x"}}, ""},
		{`{"f":5}`, authserver.FieldString, nil, []authserver.Change{{Field: "f", Value: "5"}}, ""},
		{`{"f":null}`, authserver.FieldString, withDefault, []authserver.Change{{Field: "f"}}, ""},
		{`{"f":null}`, authserver.FieldString, required, nil, problem + "expected string, received null"},
		{`{"f":null}`, authserver.FieldJSON, required, nil, problem + "expected JSON, received null"},
		{`{"f":"x"}`, authserver.FieldString, closed, nil, "FIELD_NOT_ALLOWED: f is not allowed to be set"},
		{`{"f":"x"}`, authserver.FieldString, closedDefault, nil, "FIELD_NOT_ALLOWED: f is not allowed to be set"},
		{`{"f":null}`, authserver.FieldString, closed, nil, ""},
		{`{"f":0}`, authserver.FieldString, closedDefault, nil, ""},
		{`{"f":"31"}`, authserver.FieldNumber, nil, []authserver.Change{{Field: "f", Value: int64(31)}}, ""},
		{`{"f":1.5}`, authserver.FieldNumber, nil, nil, problem + "expected integer of 32 bits, received number"},
		{`{"f":"abc"}`, authserver.FieldNumber, nil, nil, problem + "expected integer of 32 bits, received string"},
		{`{"f":[]}`, authserver.FieldBoolean, nil, nil, problem + "expected boolean, received array"},
		{`{"f":"soon"}`, authserver.FieldDate, nil, nil, problem + "expected ISO 8601 date, received string"},
		{`{"f":"["}`, authserver.FieldStringArray, nil, nil, problem + "expected JSON, received string"},
		{`{"f":"["}`, authserver.FieldNumberArray, nil, nil, problem + "expected JSON, received string"},
		{`{"f":5}`, authserver.FieldEnum, nil, nil, problem + "expected string, received number"},
		{`{"f":"c"}`, authserver.FieldEnum, nil, nil, "VALIDATION_ERROR: [body.f] Invalid option: expected one of "},
		{`{"f":"\u0000"}`, authserver.FieldString, nil, nil, problem + "must not contain the character U+0000"},
	} {
		changes, code := update(t, c.body, field("f", c.kind, c.change))
		if diff := cmp.Diff(c.want, changes); diff != "" || code != c.code {
			t.Errorf("%s of %s: %q, want %q\n%s", c.body, c.kind, code, c.code, diff)
		}
	}
}

func TestAClosedFieldComesBeforeAWrongType(t *testing.T) {
	body, err := ecma.Parse([]byte(`{"a":"x","b":"y"}`))
	if err != nil {
		t.Fatal(err)
	}
	closed := field("b", authserver.FieldString, func(f *authserver.Field) { f.Input = false })
	_, err = Update([]authserver.Field{field("a", authserver.FieldNumber, nil), closed}, body)
	var coded *authserver.Error
	if !errors.As(err, &coded) || *coded != *authserver.FieldNotAllowed("b") {
		t.Errorf("Update = %v", err)
	}
}
