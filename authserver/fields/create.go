package fields

import (
	"slices"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
	"github.com/gatehouse-auth/gatehouse/authserver/inputs"
)

// Create returns the values of a new user's fields, in the order of the configuration, from the body of a sign-up.
// Its errors are coded: MISSING_FIELD, FIELD_NOT_ALLOWED, VALIDATION_ERROR or FAILED_TO_CREATE_USER.
func Create(fields []authserver.Field, body ecma.Value) ([]any, error) {
	sent := make([]ecma.Value, len(fields))
	for i, f := range fields {
		value, err := accept(f, body.Get(f.Name))
		if err != nil {
			return nil, err
		}
		sent[i] = value
	}
	values := make([]any, len(fields))
	for i, f := range fields {
		value, err := convert(f, sent[i])
		if err != nil {
			return nil, err
		}
		values[i] = value
	}
	return values, nil
}

// accept returns the value a client may have set; Undefined stands for the default.
func accept(f authserver.Field, value ecma.Value) (ecma.Value, error) {
	switch {
	case value.Kind() == ecma.Undefined:
		if f.Required && f.Default == nil {
			return value, authserver.MissingField(f.Name)
		}
		return value, nil
	case !f.Input:
		if f.Default == nil && value.Truthy() {
			return value, authserver.FieldNotAllowed(f.Name)
		}
		return ecma.Value{}, nil
	}
	return value, storable(f, value)
}

// storable refuses what no column of the field's type can or may hold.
func storable(f authserver.Field, value ecma.Value) error {
	switch {
	case value.HasText(0):
		return invalid(f, inputs.NULProblem)
	case f.Type == authserver.FieldEnum && value.Kind() == ecma.String && !slices.Contains(f.Values, value.Text()):
		return invalid(f, "Invalid option: expected one of "+options(f.Values))
	}
	return nil
}

func invalid(f authserver.Field, problem string) error {
	return authserver.ValidationError("[body." + f.Name + "] " + problem)
}

func options(values []string) string {
	var text []byte
	for i, value := range values {
		if i > 0 {
			text = append(text, '|')
		}
		text = ecma.AppendString(text, value)
	}
	return string(text)
}

func convert(f authserver.Field, value ecma.Value) (any, error) {
	switch value.Kind() {
	case ecma.Undefined:
		if f.Default == nil && f.Required {
			return nil, authserver.ErrFailedToCreateUser
		}
		return f.Default, nil
	case ecma.Null:
		if f.Required {
			return nil, authserver.ErrFailedToCreateUser
		}
		return nil, nil
	}
	column, ok := Convert(f.Type, value)
	if !ok {
		return nil, authserver.ErrFailedToCreateUser
	}
	return column, nil
}
