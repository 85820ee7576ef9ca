package fields

import (
	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
)

// Update returns the changes that the body of an update asks for, in the order of the configuration. Its errors are coded:
// FIELD_NOT_ALLOWED, or VALIDATION_ERROR where Better-Auth would let the database refuse and answer an empty 500.
func Update(fields []authserver.Field, body ecma.Value) ([]authserver.Change, error) {
	for _, f := range fields {
		if !f.Input && body.Get(f.Name).Truthy() {
			return nil, authserver.FieldNotAllowed(f.Name)
		}
	}
	var changes []authserver.Change
	for _, f := range fields {
		value := body.Get(f.Name)
		if value.Kind() == ecma.Undefined || !f.Input {
			continue
		}
		column, err := replace(f, value)
		if err != nil {
			return nil, err
		}
		changes = append(changes, authserver.Change{Field: f.Name, Value: column})
	}
	return changes, nil
}

// replace returns the column value that an update sets.
func replace(f authserver.Field, value ecma.Value) (any, error) {
	if value.Kind() == ecma.Null && !f.Required {
		return nil, nil
	}
	if err := storable(f, value); err != nil {
		return nil, err
	}
	column, ok := Convert(f.Type, value)
	if !ok || value.Kind() == ecma.Null {
		return nil, invalid(f, inputs.WrongType(words[f.Type], value))
	}
	return column, nil
}

// words say what a field takes. A number may also come as text, so only its range is told.
var words = map[authserver.FieldType]string{
	authserver.FieldString:      "string",
	authserver.FieldEnum:        "string",
	authserver.FieldNumber:      "integer of 32 bits",
	authserver.FieldBoolean:     "boolean",
	authserver.FieldDate:        "ISO 8601 date",
	authserver.FieldStringArray: "JSON",
	authserver.FieldNumberArray: "JSON",
	authserver.FieldJSON:        "JSON",
}
