package inputs

import (
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// Property is one member that a schema knows; others are ignored.
type Property struct {
	Name     string
	Type     ecma.Kind
	Optional bool
	// Check returns the problem of a text of the right type, "" when there is none.
	Check func(text string) string
	// Secret texts are never stored as they are, so they may hold what a column cannot.
	Secret bool
}

// Schema is a body that is an object.
type Schema struct {
	// Optional takes an absent body.
	Optional bool
	// Record says that the body is also a record, which reports a body that is no object a second time.
	Record     bool
	Properties []Property
}

// Validate returns the VALIDATION_ERROR with all problems in the order of the schema, or nil.
func (s Schema) Validate(body ecma.Value) error {
	if s.Optional && body.Kind() == ecma.Undefined {
		return nil
	}
	var problems []string
	if body.Kind() != ecma.Object {
		problems = append(problems, "[body] "+wrongType("object", body))
		if s.Record {
			problems = append(problems, "[body] "+wrongType("record", body))
		}
	} else {
		for _, p := range s.Properties {
			if problem := p.problem(body.Get(p.Name)); problem != "" {
				problems = append(problems, "[body."+p.Name+"] "+problem)
			}
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return authserver.ValidationError(strings.Join(problems, "; "))
}

func (p Property) problem(value ecma.Value) string {
	switch {
	case value.Kind() == ecma.Undefined && p.Optional:
		return ""
	case value.Kind() != p.Type:
		return wrongType(p.Type.String(), value)
	case !p.Secret && value.HasText(0):
		return NULProblem
	case p.Check != nil:
		return p.Check(value.Text())
	}
	return ""
}

// NULProblem is the problem of a text that PostgreSQL cannot hold.
const NULProblem = "Invalid input: must not contain the character U+0000"

func wrongType(want string, value ecma.Value) string {
	return "Invalid input: expected " + want + ", received " + value.Kind().String()
}

// Email is the check of an e-mail address.
func Email(text string) string {
	if authserver.ValidEmail(text) {
		return ""
	}
	return "Invalid email address"
}

// NonEmpty is the check of a text that may not be empty.
func NonEmpty(text string) string {
	if text != "" {
		return ""
	}
	return "Too small: expected string to have >=1 characters"
}
