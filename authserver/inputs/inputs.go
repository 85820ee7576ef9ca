package inputs

import (
	"cmp"
	"slices"
	"strings"

	"github.com/gatehouse-auth/gatehouse/authserver"
	"github.com/gatehouse-auth/gatehouse/authserver/ecma"
)

// Property is one member that a schema knows; others are ignored.
type Property struct {
	Name     string
	Type     ecma.Kind
	Optional bool
	// Word is what a value should have been, in messages; "" is the name of Type.
	Word string
	// Vague leaves out of messages what the value should have been, as unions do.
	Vague bool
	// NonEmpty refuses an empty text.
	NonEmpty bool
	// Check returns the problem of a text of the right type, "" when there is none.
	Check func(text string) string
	// Within returns the problems inside a value of the right type, each with its path.
	Within func(path string, value ecma.Value) []string
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
	// Whole returns the problem of the value, "" when there is none, in the place of everything above.
	Whole func(value ecma.Value) string
}

// Has says whether the schema knows a member.
func (s Schema) Has(name string) bool {
	return slices.ContainsFunc(s.Properties, func(p Property) bool { return p.Name == name })
}

// Validate returns the VALIDATION_ERROR with all problems in the order of the schema, or nil.
// Where is what the value is: body or query.
func (s Schema) Validate(where string, value ecma.Value) error {
	if s.Optional && value.Kind() == ecma.Undefined {
		return nil
	}
	problems := s.problems(where, value)
	if len(problems) == 0 {
		return nil
	}
	return authserver.ValidationError(strings.Join(problems, "; "))
}

func (s Schema) problems(path string, value ecma.Value) (problems []string) {
	switch {
	case s.Whole != nil:
		if problem := s.Whole(value); problem != "" {
			problems = append(problems, at(path, problem))
		}
	case value.Kind() != ecma.Object:
		for _, word := range s.words() {
			problems = append(problems, at(path, WrongType(word, value)))
		}
	default:
		for _, p := range s.Properties {
			problems = append(problems, p.problems(path+"."+p.Name, value.Get(p.Name))...)
		}
	}
	return problems
}

func at(path, problem string) string { return "[" + path + "] " + problem }

func (s Schema) words() []string {
	if s.Words == nil {
		return []string{"object"}
	}
	return s.Words
}

func (p Property) problems(path string, value ecma.Value) []string {
	var problems []string
	if problem := p.problem(value); problem != "" {
		problems = append(problems, at(path, problem))
	}
	if p.NonEmpty && empty(value) {
		problems = append(problems, at(path, tooSmall[value.Kind()]))
	}
	if problems != nil || p.Within == nil || value.Kind() == ecma.Undefined {
		return problems
	}
	return p.Within(path, value)
}

// empty is said of whatever has a length in JavaScript, also where a text was wanted.
func empty(value ecma.Value) bool {
	return value.Kind() == ecma.String && value.Text() == "" || value.Kind() == ecma.Array && len(value.Items()) == 0
}

var tooSmall = map[ecma.Kind]string{
	ecma.String: "Too small: expected string to have >=1 characters",
	ecma.Array:  "Too small: expected array to have >=1 items",
}

func (p Property) problem(value ecma.Value) string {
	switch {
	case value.Kind() == ecma.Undefined && p.Optional:
		return ""
	case value.Kind() != p.Type && p.Vague:
		return Invalid
	case value.Kind() != p.Type:
		return WrongType(cmp.Or(p.Word, p.Type.String()), value)
	case !p.Secret && value.HasText(0):
		return NULProblem
	case p.Check != nil:
		return p.Check(value.Text())
	}
	return ""
}

// Invalid is the problem of a value that is none of several that are allowed.
const Invalid = "Invalid input"

// NULProblem is the problem of a text that PostgreSQL cannot hold.
const NULProblem = "Invalid input: must not contain the character U+0000"

// WrongType is the problem of a value of another type than the wanted one.
func WrongType(want string, value ecma.Value) string {
	return Invalid + ": expected " + want + ", received " + value.Kind().String()
}

// Email is the check of an e-mail address.
func Email(text string) string {
	if authserver.ValidEmail(text) {
		return ""
	}
	return "Invalid email address"
}
