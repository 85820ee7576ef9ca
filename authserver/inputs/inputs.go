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

// Schema is a body or a query that is an object.
type Schema struct {
	// Optional takes an absent body.
	Optional bool
	// Words are what a body that is no object should have been; nil is "object".
	Words      []string
	Properties []Property
}

// Validate returns the VALIDATION_ERROR with all problems in the order of the schema, or nil.
// Where is what the value is: body or query.
func (s Schema) Validate(where string, value ecma.Value) error {
	if s.Optional && value.Kind() == ecma.Undefined {
		return nil
	}
	var problems []string
	if value.Kind() != ecma.Object {
		for _, word := range s.words() {
			problems = append(problems, "["+where+"] "+WrongType(word, value))
		}
	} else {
		for _, p := range s.Properties {
			if problem := p.problem(value.Get(p.Name)); problem != "" {
				problems = append(problems, "["+where+"."+p.Name+"] "+problem)
			}
		}
	}
	if len(problems) == 0 {
		return nil
	}
	return authserver.ValidationError(strings.Join(problems, "; "))
}

func (s Schema) words() []string {
	if s.Words == nil {
		return []string{"object"}
	}
	return s.Words
}

func (p Property) problem(value ecma.Value) string {
	switch {
	case value.Kind() == ecma.Undefined && p.Optional:
		return ""
	case value.Kind() != p.Type:
		return WrongType(p.Type.String(), value)
	case !p.Secret && value.HasText(0):
		return NULProblem
	case p.Check != nil:
		return p.Check(value.Text())
	}
	return ""
}

// NULProblem is the problem of a text that PostgreSQL cannot hold.
const NULProblem = "Invalid input: must not contain the character U+0000"

// WrongType is the problem of a value of another type than the wanted one.
func WrongType(want string, value ecma.Value) string {
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
